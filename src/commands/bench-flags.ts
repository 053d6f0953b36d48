import { type Command, InvalidArgumentError, Option } from "commander";
import { PRECISIONS, type PrecisionChoice } from "../engine/precision.ts";
import type { Run } from "./context.ts";
import { addOutputFlags, wholeNumber } from "./flags.ts";

/** A reader of lists such as `128,900`. */
function list<T>(read: (text: string) => T): (text: string) => readonly T[] {
  return (text) => text.split(",").map((part) => read(part.trim()));
}

function precision(text: string): PrecisionChoice {
  const found = text === "auto" ? text : PRECISIONS.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError("It must be of auto, fp32, int8 and int4.");
  return found;
}

/** Adds `bench`. */
export function addBench(program: Command, run: Run): void {
  const command = program
    .command("bench")
    .description("time a model: prompts, new tokens, opening, memory")
    .optionsGroup("Model:")
    .addOption(
      new Option("--model <NAME|DIR>", "a model's name, or its folder (default: config model)").conflicts(
        "shape",
      ),
    )
    .addOption(
      new Option(
        "--shape <NAME>",
        "random weights of this shape instead: distilgpt2, gpt2, gpt2-medium, gpt2-large or gpt2-xl",
      ),
    )
    .addOption(
      new Option("--precision <LIST>", "precisions, with commas (default: fp32,int8,int4)").argParser(
        list(precision),
      ),
    )
    .addOption(
      new Option("--threads <N>", "threads of the model; 0 leaves it to the engine").argParser(
        wholeNumber(0, 256),
      ),
    )
    .optionsGroup("Measurement:")
    .addOption(
      new Option(
        "--prompt <LIST>",
        "tokens of the prompt, with commas (default: 128,900, or less where the window is smaller)",
      ).argParser(list(wholeNumber(1, 100_000))),
    )
    .addOption(
      new Option("--length <N>", "new tokens of each choice").argParser(wholeNumber(2, 100_000)).default(100),
    )
    .addOption(
      new Option("--count <LIST>", "choices that are written at once, with commas")
        .argParser(list(wholeNumber(1, 64)))
        .default([1, 4], "1,4"),
    )
    .addOption(
      new Option("--rounds <N>", "times that each is measured").argParser(wholeNumber(1, 1000)).default(5),
    );
  addOutputFlags(command, false)
    .addHelpText(
      "after",
      `
Each precision runs in a process of its own, its configurations in turn, one round after another.
Prompts are random tokens, new tokens are the likeliest. Shown are the median and, in brackets, the
least and the most of all rounds: tokens a second of the prompt and of all choices together, the
milliseconds to the first token and to open the model from weights that are ready (not the start of
the process, nor the tokenizer, which a vocabulary of 50,257 makes 0.15 s more), the most memory,
and the bytes of weights and cache that a token reads. Random weights cost what trained ones do;
they stay in the temporary folder, with up to 6 GB for gpt2-xl.

Examples:
  inkwright bench --precision fp32,int8 --prompt 100 --rounds 3
  inkwright bench --shape gpt2 --json > bench.json`,
    )
    .action((flags: import("./bench.ts").BenchFlags) =>
      run(async (context) => (await import("./bench.ts")).bench(context, flags)),
    );
}
