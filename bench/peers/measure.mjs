// The rounds.
import { promptIds } from "./prompts.mjs";
import { startWorker } from "./worker.mjs";

/** Tokens written after each prompt before it counts: what an engine prepares at its first run is not measured. */
const WARM_UP = 8;

/**
 * Runs every contender once a round, each in a fresh process, one after the other, beginning with another one each
 * time. Returns what was measured: for each contender one entry a round.
 *
 * @param {object} plan contenders, prompts, length, rounds, config, settings: see run.mjs
 * @param {(line: string) => void} report told what runs
 */
export async function runRounds({ contenders, prompts, length, rounds, config, settings }, report) {
  const results = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < contenders.length; place++) {
      const contender = contenders[(place + round) % contenders.length];
      report(`round ${round + 1} of ${rounds}: ${contender.name}`);
      const worker = await startWorker(contender, settings(contender));
      const runs = new Map();
      for (const tokens of prompts) {
        await worker.ask(promptIds(config, tokens, 2 * round + 1), WARM_UP);
        runs.set(tokens, await worker.ask(promptIds(config, tokens, 2 * round), length));
      }
      await worker.close();
      const { load_ms, start_ms } = worker;
      results.get(contender.name).push({ load_ms, start_ms, runs });
    }
  }
  return results;
}
