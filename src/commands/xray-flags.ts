import { type Command, Option } from "commander";
import type { Run } from "./context.ts";
import { addModelFlags, addOutputFlags, wholeNumber } from "./flags.ts";

/** Adds `xray` and `alternatives`. */
export function addXRayCommands(program: Command, run: Run): void {
  addXRay(program, run);
  addAlternatives(program, run);
}

function addXRay(program: Command, run: Run): void {
  const command = addModelFlags(
    program
      .command("xray")
      .description("how likely each word of a story is to the model, and its oddest and flattest sentences")
      .argument(
        "[FILE|-]",
        "the story; - or a pipe: what comes through standard input (default: the last story)",
      ),
  );
  command
    .optionsGroup("Story:")
    .option("--chapter <TITLE>", "only what stands under this heading (default: all of it)");
  addOutputFlags(command, false)
    .addHelpText(
      "after",
      `
On a terminal the text is coloured by the rank of each token: expected is among the model's first 10,
likely among 100, rare among 1,000, odd beyond. Elsewhere the sentences at both ends are listed: a
chance of 1 in 40 is the geometric mean of those of the sentence's tokens. In JSON positions are in
characters, mean_surprisal in nats for each token.

Examples:
  inkwright xray story.md
  inkwright xray story.md --chapter "The Lamp" | head
  inkwright xray story.md --json > xray.json`,
    )
    .action((file: string | undefined, flags: import("./xray.ts").XRayFlags) =>
      run(async (context) => (await import("./xray.ts")).xrayStory(context, file, flags)),
    );
}

function addAlternatives(program: Command, run: Run): void {
  const command = addModelFlags(
    program
      .command("alternatives")
      .description("what the model would most likely put at a place, and how likely what stands there is")
      .argument(
        "[FILE|-]",
        "the story; - or a pipe: what comes through standard input (default: the last story)",
      ),
  );
  command
    .optionsGroup("Place:")
    .addOption(
      new Option("--at <N>", "the place in characters: 0 is before the first (default: the end)").argParser(
        wholeNumber(0, 1e9),
      ),
    )
    .addOption(
      new Option("--count <N>", "how many tokens to list (default: 10)").argParser(wholeNumber(1, 1000)),
    );
  addOutputFlags(command, false)
    .addHelpText(
      "after",
      `
Tokens have the space in front of their word: behind a space those are listed that begin with one.

Examples:
  echo -n "The sea was" | inkwright alternatives
  inkwright alternatives story.md --at 120 --count 5 --json`,
    )
    .action((file: string | undefined, flags: import("./alternatives.ts").AlternativesFlags) =>
      run(async (context) => (await import("./alternatives.ts")).showAlternatives(context, file, flags)),
    );
}
