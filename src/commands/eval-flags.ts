import { type Command, Option } from "commander";
import type { Run } from "./context.ts";
import { addModelFlags, addOutputFlags, addSamplingFlags, wholeNumber } from "./flags.ts";

/** Adds `eval perplexity`, `eval lambada` and `eval rewrite`. */
export function addEvalCommands(program: Command, run: Run): void {
  const family = program
    .command("eval")
    .description("how good a model is at foreseeing text, at each precision")
    .usage("COMMAND [options]")
    .helpCommand(false);
  addPerplexity(family, run);
  addLambada(family, run);
  addRewrite(family, run);
}

function addRewrite(family: Command, run: Run): void {
  const command = addModelFlags(
    family.command("rewrite").description("how much better a ranked rewrite leads on than a single sample"),
  );
  command
    .optionsGroup("Passages:")
    .requiredOption("--text <FILE>", "stories that the model has not seen; - is standard input")
    .addOption(
      new Option("--passages <N>", "sentences that are cut out of it (default: 100)").argParser(
        wholeNumber(1, 100_000),
      ),
    )
    .addOption(
      new Option("--candidates <N>", "candidates for each (default: 16)").argParser(wholeNumber(2, 256)),
    );
  addSamplingFlags(command);
  addOutputFlags(command, false)
    .addHelpText(
      "after",
      `
The fit is the mean log-probability of the first 40 tokens behind the passage, in nats: for the
passage itself, the first sample, the choice that is ranked first, and the first that was written
with both sides in view, where the model has learned to fill in. Kept is the share of the passage's
content words. The interval is a bootstrap's of the difference for each passage.

Example:
  inkwright eval rewrite --text held-out.txt --passages 100 --json`,
    )
    .action((flags: import("./eval-rewrite.ts").EvalRewriteFlags) =>
      run(async (context) => (await import("./eval-rewrite.ts")).evalRewrite(context, flags)),
    );
}

function addPerplexity(family: Command, run: Run): void {
  const command = addModelFlags(
    family.command("perplexity").description("perplexity of a long text, read in windows"),
  );
  command
    .optionsGroup("Text:")
    .requiredOption("--text <FILE>", "the text; - is standard input")
    .addOption(
      new Option(
        "--window <N>",
        "tokens read at most before one (default: all that the model can)",
      ).argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(
      new Option("--stride <N>", "tokens by which the window advances (default: half of it)").argParser(
        wholeNumber(1, 1_000_000),
      ),
    );
  addOutputFlags(command, false)
    .addHelpText(
      "after",
      `
Each token but the first is scored once, with at least window - stride tokens before it. Published
figures of GPT-2 on WikiText are without overlap: --stride equal to the window, 1024.

Example:
  inkwright eval perplexity --model gpt2 --precision int8 --text wiki.test.raw --stride 1024`,
    )
    .action((flags: import("./eval-perplexity.ts").PerplexityFlags) =>
      run(async (context) => (await import("./eval-perplexity.ts")).evalPerplexity(context, flags)),
    );
}

function addLambada(family: Command, run: Run): void {
  const command = addModelFlags(
    family.command("lambada").description("how often the last word of a passage is foreseen"),
  );
  command
    .optionsGroup("Passages:")
    .requiredOption("--file <FILE>", 'the test set: {"text": …} on each line')
    .addOption(
      new Option("--limit <N>", "only the first so many passages").argParser(wholeNumber(1, 1_000_000)),
    );
  addOutputFlags(command, false)
    .addHelpText(
      "after",
      `
The last word is what follows the last space. It is foreseen where each of its tokens is the
likeliest one after the passage and the tokens before it. Curly quotes are made straight first, as
OpenAI prepared the set. The perplexity is that of a word: e to the mean of -log of its probability.

Example:
  inkwright eval lambada --model gpt2 --precision int8 --file lambada_test.jsonl`,
    )
    .action((flags: import("./eval-lambada.ts").LambadaFlags) =>
      run(async (context) => (await import("./eval-lambada.ts")).evalLambada(context, flags)),
    );
}
