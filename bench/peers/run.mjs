// Inkwright beside node-llama-cpp and transformers.js: the same weights, the same prompts, one run. See README.md.
import { cpus } from "node:os";
import { basename, join } from "node:path";
import { findDifference } from "./agreement.mjs";
import { FOLDER, openFiles } from "./checkpoint-files.mjs";
import { EXACT } from "./contenders.mjs";
import { runRounds } from "./measure.mjs";
import { parseOptions, USAGE } from "./options.mjs";
import { makeCheckpoint } from "./shapes.mjs";
import { compare, summarise } from "./summary.mjs";
import { mainTable, ratioTable } from "./tables.mjs";
import { startWorker } from "./worker.mjs";

process.exitCode = await main(process.argv.slice(2));

async function main(argv) {
  let options;
  try {
    options = parseOptions(argv);
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const folder = options.model ?? join(FOLDER, "shapes", options.shape);
  if (options.model === undefined) await makeCheckpoint(options.shape, folder);
  const { contenders, prompts, length, rounds, threads } = options;
  const { config, prepare } = await openFiles(folder);
  const longest = Math.max(...prompts) + length;
  if (longest > config.n_positions) {
    console.error(
      `${longest} tokens are more than the model's ${config.n_positions}: shorten --prompt or --length`,
    );
    return 2;
  }
  const sources = await prepare([...new Set([...contenders, ...(options.check ? EXACT : [])])]);
  const settings = ({ name }) => ({ source: sources.get(name), threads, contextLength: config.n_positions });

  if (options.check) {
    console.error(`comparing the ids of ${EXACT.map(({ name }) => name).join(", ")}`);
    const difference = await findDifference(EXACT, prompts, length, settings, config);
    if (difference !== null) {
      console.error(difference);
      return 1;
    }
  }
  // What an engine makes for itself when it first opens a model does not count.
  for (const contender of contenders) {
    console.error(`opening ${contender.name}`);
    await (await startWorker(contender, settings(contender))).close();
  }
  const plan = { contenders, prompts, length, rounds, config, settings };
  const results = await runRounds(plan, (line) => console.error(line));
  const summaries = contenders.map((one) => summarise(one, results.get(one.name), prompts));
  const about = {
    model: options.model === undefined ? options.shape : basename(options.model),
    processor: cpus()[0].model,
    node: process.version,
    ...{ threads, length, rounds, idsAgree: options.check },
  };
  print(about, summaries, prompts, options.json);
  return 0;
}

function print(about, summaries, prompts, json) {
  const comparisons = compare(summaries);
  if (json) {
    console.log(JSON.stringify({ ...about, contenders: summaries, ratios: comparisons }, null, 2));
    return;
  }
  const { model, processor, node, threads, length, rounds } = about;
  console.log(
    `${model}, ${length} tokens after prompts of ${prompts.join(" and ")}, greedy, ${threads} threads, ` +
      `${rounds} rounds: median (least–most); decode and prefill in tokens a second. ${processor}, Node ${node}.\n`,
  );
  console.log(mainTable(summaries, prompts));
  if (comparisons.length > 0) console.log(`\n${ratioTable(comparisons, prompts)}`);
}
