import { type Command, InvalidArgumentError, Option } from "commander";
import { addBench } from "./bench-flags.ts";
import type { Run } from "./context.ts";
import { addEvalCommands } from "./eval-flags.ts";
import {
  addCountFlag,
  addModelFlags,
  addOutputFlags,
  addSamplingFlags,
  fileBehindStops,
  type SharedFlags,
  wholeNumber,
} from "./flags.ts";
import { parseRange } from "./selection.ts";
import { addServe } from "./serve-flags.ts";
import { addSteeringFlags } from "./steering-flags.ts";
import {
  addBackups,
  addConfigCommands,
  addKeys,
  addModelsCommands,
  addSessionsCommands,
  addStyles,
} from "./subprograms.ts";
import { addXRayCommands } from "./xray-flags.ts";

/**
 * Makes `program` the command line: names, arguments, flags and help. It reads arguments only; each command's own
 * module is loaded when that command is called.
 */
export function addCommands(program: Command, version: string, run: Run): void {
  program
    .description(
      "A terminal writing assistant: open a story, and a GPT-2 on your own machine continues it\n" +
        "or rewrites the passage you select.",
    )
    .usage("[FILE] [options]\n       inkwright COMMAND [options]")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .configureHelp({ subcommandTerm: termOf })
    .addHelpText("after", PROGRAM_EXAMPLES);
  program.commandsGroup("Writing:");
  addWrite(program, run);
  addContinue(program, run);
  addRewrite(program, run);
  addStyles(program, run);
  addContext(program, run);
  addScore(program, run);
  addXRayCommands(program, run);
  program.commandsGroup("Keeping order:");
  addModelsCommands(program, run);
  addBench(program, run);
  addEvalCommands(program, run);
  addServe(program, run);
  addSessionsCommands(program, run);
  addConfigCommands(program, run);
  addBackups(program, run);
  addKeys(program, run);
  program.helpCommand("help [COMMAND]", "show the help of a command");
}

/** A command in a listing: its name and its arguments, or the commands that it has. */
function termOf(command: Command): string {
  const parts = command.commands.length > 0 ? command.commands.map((part) => part.name()).join("|") : "";
  const args = command.registeredArguments.map((argument) =>
    argument.required ? argument.name() : `[${argument.name()}]`,
  );
  return [command.name(), parts, ...args].filter((word) => word !== "").join(" ");
}

const PROGRAM_EXAMPLES = `
Examples:
  inkwright story.md                            open a story in the editor
  inkwright continue story.md --length 80       print how it could go on
  echo "The sea was" | inkwright continue       continue what comes through a pipe
  inkwright rewrite story.md --select "It rained." --count 5

Exit codes: 0 done, 1 it could not be done, 2 wrong usage, 130 interrupted by Ctrl+C.`;

function addWrite(program: Command, run: Run): void {
  const write = program
    .command("write", { isDefault: true })
    .description("open a story in the editor (this is what inkwright FILE does)")
    .argument("[FILE]", "the story; a new one is made when it is first saved (default: the last story)");
  addModelFlags(write);
  addSamplingFlags(write, { manyStops: true });
  addCountFlag(write, "how many choices are offered at once (default: config choices)");
  write
    .optionsGroup("Screen:")
    .option(
      "--screen-reader",
      "tell everything in lines, for a screen reader (default: config screen_reader)",
    );
  write.optionsGroup("Session:").option("--no-record", "leave no trace in the story's session");
  write.action((argument: string | undefined, given: SharedFlags) => {
    const named = program.args[0] === "write";
    const names = program.commands.map((command) => command.name());
    return run(
      async (context) => {
        const { file, flags } = fileBehindStops(argument, given, context);
        const { checkStoryName, openEditor } = await import("./open-editor.ts");
        if (file !== undefined && !named) checkStoryName(context, file, names);
        return openEditor(context, file, flags);
      },
      { editor: true },
    );
  });
}

function addContinue(program: Command, run: Run): void {
  const command = program
    .command("continue")
    .description("print how a story could go on; the story itself is not changed")
    .argument(
      "[FILE|-]",
      "the story; - or a pipe: what comes through standard input (default: the last story)",
    );
  addModelFlags(command);
  addSamplingFlags(command, { manyStops: true });
  addCountFlag(command, "how many continuations (default: 1)");
  addSteeringFlags(command);
  addOutputFlags(command, true)
    .addHelpText(
      "after",
      `
The text appears on stdout as it is written. Several continuations are separated by an empty line;
the lines "--- 2 ---" that number them go to stderr. --json prints everything at the end.

Examples:
  inkwright continue story.md --temperature 1 --finish-sentence
  cat story.md | inkwright continue --stop "." >> story.md
  inkwright continue story.md --greedy --length 40 --json`,
    )
    .action((argument: string | undefined, given: SharedFlags) => {
      return run(async (context) => {
        const { file, flags } = fileBehindStops(argument, given, context);
        return (await import("./continue.ts")).continueStory(context, file, flags);
      });
    });
}

function addRewrite(program: Command, run: Run): void {
  const command = program
    .command("rewrite")
    .description("print other ways to put a passage, best first; the story itself is not changed")
    .argument("<FILE>", "the story; - is standard input")
    .optionsGroup("Passage (one of them):")
    .option("--select <TEXT>", "the passage's exact text, where the story holds it once")
    .addOption(
      new Option("--range <FROM:TO>", "its place in characters: the first counts 0, TO is one past the last")
        .argParser((text) => {
          const range = parseRange(text);
          if (range) return range;
          throw new InvalidArgumentError("It must be two whole numbers, such as 120:164.");
        })
        .conflicts("select"),
    )
    .optionsGroup("Style:")
    .option("--style <NAME>", "say it again in a style: inkwright styles lists them");
  addModelFlags(command);
  addSamplingFlags(command);
  addCountFlag(command, "how many candidates to print (default: 3)");
  addSteeringFlags(command);
  addOutputFlags(command, true)
    .addHelpText(
      "after",
      `
Candidates are sampled, then ranked by how well the text after the passage follows them: the fit,
in nats for each following token; higher is better. The passage says how long a candidate is and
where it ends: --length, --stop and --finish-sentence change nothing here. Candidates are separated
by an empty line; the lines that number them go to stderr.

Examples:
  inkwright rewrite story.md --select "It was raining."
  inkwright rewrite story.md --select "It was raining." --style vivid
  inkwright rewrite story.md --range 120:164 --count 8 --closeness 0.8 --json`,
    )
    .action((file: string, flags: SharedFlags & import("./rewrite.ts").PassageFlags) =>
      run(async (context) => (await import("./rewrite.ts")).rewritePassage(context, file, flags)),
    );
}

function addContext(program: Command, run: Run): void {
  const command = program
    .command("context")
    .description("print exactly what the model would see to go on, and what is left out")
    .argument(
      "[FILE|-]",
      "the story; - or a pipe: what comes through standard input (default: the last story)",
    )
    .optionsGroup("Place:")
    .addOption(
      new Option("--at <N>", "in characters from the start (default: the end)").argParser(
        wholeNumber(0, Number.MAX_SAFE_INTEGER),
      ),
    );
  addModelFlags(command);
  addSamplingFlags(command);
  addSteeringFlags(command);
  addOutputFlags(command, false).action(
    (file: string | undefined, flags: import("./show-context.ts").ContextFlags) =>
      run(async (context) => (await import("./show-context.ts")).showContext(context, file, flags)),
  );
}

function addScore(program: Command, run: Run): void {
  const command = program
    .command("score")
    .description("print how likely a text is to the model, token by token")
    .argument(
      "[FILE|-]",
      "the text; - or a pipe: what comes through standard input (default: the last story)",
    );
  addModelFlags(command);
  command
    .optionsGroup("Scoring:")
    .option("--bos", "put the beginning-of-text token in front, so that the first token is scored too");
  addOutputFlags(command, false)
    .addHelpText(
      "after",
      `
Examples:
  inkwright score story.md | tail -5
  inkwright score story.md --json > score.json`,
    )
    .action((file: string | undefined, flags: import("./score.ts").ScoreFlags) =>
      run(async (context) => (await import("./score.ts")).scoreText(context, file, flags)),
    );
}
