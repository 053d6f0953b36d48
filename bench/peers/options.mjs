// The command line of the bench.
import { parseArgs } from "node:util";
import { CONTENDERS } from "./contenders.mjs";
import { SHAPES } from "./shapes.mjs";

/** How it is called. */
export const USAGE = `usage: node run.mjs [OPTIONS]

  --shape NAME      random weights of this shape: ${Object.keys(SHAPES).join(", ")} (default gpt2)
  --model DIR       a checkpoint in Hugging Face's layout, instead of --shape
  --prompt LIST     prompt lengths in tokens (default 128,900)
  --length N        tokens to write after each prompt (default 100)
  --rounds N        rounds; each runs every contender once (default 5)
  --threads N       threads that compute, for every engine (default 2)
  --only LIST       contenders: ${CONTENDERS.map(({ name }) => name).join(", ")}
  --no-check        do not compare the fp32 ids first
  --json            print JSON instead of tables
  --help            print this`;

/**
 * Reads `argv`. Throws an Error that says what is wrong; parseArgs does so for unknown options.
 *
 * @param {readonly string[]} argv
 */
export function parseOptions(argv) {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      shape: { type: "string" },
      model: { type: "string" },
      prompt: { type: "string", default: "128,900" },
      length: { type: "string", default: "100" },
      rounds: { type: "string", default: "5" },
      threads: { type: "string", default: "2" },
      only: { type: "string" },
      "no-check": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.shape !== undefined && values.model !== undefined) {
    throw new Error("--shape and --model exclude each other");
  }
  return {
    shape: oneOf(values.shape ?? "gpt2", Object.keys(SHAPES), "--shape"),
    model: values.model,
    prompts: values.prompt.split(",").map((one) => atLeast(1, one, "--prompt")),
    length: atLeast(2, values.length, "--length"),
    rounds: atLeast(1, values.rounds, "--rounds"),
    threads: atLeast(1, values.threads, "--threads"),
    contenders: chosen(values.only),
    check: !values["no-check"],
    json: values.json,
    help: values.help,
  };
}

function atLeast(least, text, option) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  throw new Error(`${option} wants a whole number from ${least}, got "${text}"`);
}

function oneOf(value, allowed, option) {
  if (allowed.includes(value)) return value;
  throw new Error(`${option} "${value}" is none of ${allowed.join(", ")}`);
}

function chosen(list) {
  if (list === undefined) return CONTENDERS;
  const names = CONTENDERS.map(({ name }) => name);
  const wanted = list.split(",").map((name) => oneOf(name.trim(), names, "--only"));
  return CONTENDERS.filter(({ name }) => wanted.includes(name));
}
