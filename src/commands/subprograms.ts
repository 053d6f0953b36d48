import { type Command, Option } from "commander";
import type { Run } from "./context.ts";
import { precisionOption, wholeNumber } from "./flags.ts";

/** `--json`, as the listings have it. */
interface ListingFlags {
  readonly json?: boolean;
}

function listing(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).option("--json", "print JSON");
}

function family(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).usage("COMMAND [options]").helpCommand(false);
}

/** Adds `models list`, `info`, `pull`, `import`, `verify`, `use`, `remove` and `clean`. */
export function addModelsCommands(program: Command, run: Run): void {
  const models = family(program, "models", "the models that are here");
  listing(
    models,
    "list",
    "every model: parameters, context, size on disk, licence, last used, folder",
  ).action((flags: ListingFlags) =>
    run(async (context) => (await import("./models.ts")).showModels(context, flags)),
  );
  listing(models, "info", "one model: shape, memory that it needs, speed, licence, what its makers warn of")
    .argument("<NAME|DIR>", "a model's name, or the folder of a checkpoint")
    .action((name: string, flags: ListingFlags) =>
      run(async (context) => (await import("./models.ts")).showModel(context, name, flags)),
    );
  listing(models, "pull", "fetch a GPT-2 from the Hugging Face hub; goes on where it broke off")
    .argument("<NAME>", "distilgpt2, gpt2, gpt2-medium, gpt2-large, gpt2-xl, or OWNER/REPO[@REVISION]")
    .option("--dry-run", "only show what would come")
    .addHelpText(
      "after",
      `\nHF_ENDPOINT names another hub, HF_TOKEN holds a token, HTTPS_PROXY a proxy; HF_HUB_CACHE says where it goes.\n`,
    )
    .action((name: string, flags: import("./pull-model.ts").PullFlags) =>
      run(async (context) => (await import("./pull-model.ts")).pull(context, name, flags)),
    );
  listing(
    models,
    "import",
    "bring in a model that you have: a link to its folder, or a GGUF file turned into one",
  )
    .argument("<DIR|FILE.gguf>", "the folder of a GPT-2, or a GGUF file of one in F32, F16, BF16 or Q8_0")
    .option("--name <NAME>", "what to call it (default: as the folder or the file)")
    .option("--copy", "copy the folder's files instead of linking to it")
    .action((from: string, flags: import("./import-model.ts").ImportFlags) =>
      run(async (context) => (await import("./import-model.ts")).importModel(context, from, flags)),
    );
  listing(models, "verify", "look at all files of a model, and have it write")
    .argument("<NAME|DIR>", "a model's name, or the folder of a checkpoint")
    .action((name: string, flags: ListingFlags) =>
      run(async (context) => (await import("./verify-model.ts")).verifyModel(context, name, flags)),
    );
  models
    .command("use")
    .description("open this model from now on; the same as config set model")
    .argument("<NAME|DIR>", "a model's name, or the folder of a checkpoint")
    .action((name: string) =>
      run(async (context) => (await import("./use-model.ts")).useModel(context, name)),
    );
  listing(models, "remove", "delete a model that was fetched or brought in")
    .argument("<NAME>", "a model's name, as models list shows it")
    .option("--force", "also a folder of your own, with all that is in it")
    .action((name: string, flags: ListingFlags & { readonly force?: boolean }) =>
      run(async (context) => (await import("./remove-model.ts")).removeModel(context, name, flags)),
    );
  listing(models, "clean", "delete the quantised weights that are kept; they are made again when needed")
    .argument("[NAME|DIR]", "only those of this model")
    .action((name: string | undefined, flags: ListingFlags) =>
      run(async (context) => (await import("./clean-models.ts")).cleanModels(context, name, flags)),
    );
}

/** Adds `sessions list`, `show`, `takes`, `replay` and `export`. */
export function addSessionsCommands(program: Command, run: Run): void {
  const file = "a session (NAME.session.jsonl), or its story";
  const sessions = family(program, "sessions", "what was generated, and what became of it");
  listing(sessions, "list", "the sessions in a folder")
    .argument("[DIR]", "the folder (default: that of your stories, config stories)")
    .action((folder: string | undefined, flags: ListingFlags) =>
      run(async (context) => (await import("./sessions.ts")).listSessions(context, folder, flags)),
    );
  listing(sessions, "show", "every generation: time, model, settings, first words, outcome")
    .argument("<FILE>", file)
    .action((name: string, flags: ListingFlags) =>
      run(async (context) => (await import("./sessions.ts")).showSession(context, name, flags)),
    );
  listing(sessions, "takes", "every take as a tree: where it was asked for, and what was asked for behind it")
    .argument("<FILE>", file)
    .action((name: string, flags: ListingFlags) =>
      run(async (context) => (await import("./sessions-takes.ts")).showTakes(context, name, flags)),
    );
  listing(sessions, "replay", "apply the recorded edits again and compare with the story")
    .argument("<FILE>", file)
    .option("--verify", "also run the model again and compare every recorded token")
    .option("--model <NAME|DIR>", "verify with this model instead of the recorded one's name")
    .addOption(precisionOption("with weights held so instead of as recorded: auto, fp32, int8 or int4"))
    .action((name: string, flags: import("./replay.ts").ReplayFlags) =>
      run(async (context) => (await import("./replay.ts")).replaySession(context, name, flags)),
    );
  listing(sessions, "share", "who wrote how many words of the story, by chapter")
    .argument("<FILE>", file)
    .action((name: string, flags: ListingFlags) =>
      run(async (context) => (await import("./session-share.ts")).showShares(context, name, flags)),
    );
  sessions
    .command("export")
    .description("print the story with who wrote what")
    .argument("<FILE>", file)
    .addOption(
      new Option("--to <FORMAT>", "the format").choices(["md", "json", "html"]).makeOptionMandatory(),
    )
    .action((name: string, flags: { readonly to: "md" | "json" | "html" }) =>
      run(async (context) => (await import("./sessions.ts")).exportSession(context, name, flags.to)),
    );
}

/** Adds `config list`, `get`, `set`, `unset` and `path`. */
export function addConfigCommands(program: Command, run: Run): void {
  const config = family(program, "config", "your settings");
  listing(config, "list", "every setting with its value and what it does").action((flags: ListingFlags) =>
    run(async (context) => (await import("./config.ts")).listConfig(context, flags)),
  );
  listing(config, "get", "the value of one setting")
    .argument("<KEY>")
    .action((key: string, flags: ListingFlags) =>
      run(async (context) => (await import("./config.ts")).getConfig(context, key, flags)),
    );
  config
    .command("set")
    .description("change a setting")
    .argument("<KEY>")
    .argument("<VALUE>", "a number, true, false, null, a text, or a JSON list")
    .addHelpText(
      "after",
      "\nExamples:\n  inkwright config set temperature 0.9\n  inkwright config set model fable",
    )
    .action((key: string, value: string) =>
      run(async (context) => (await import("./config.ts")).setConfig(context, key, value)),
    );
  config
    .command("unset")
    .description("put a setting back to its default")
    .argument("<KEY>")
    .action((key: string) => run(async (context) => (await import("./config.ts")).unsetConfig(context, key)));
  config
    .command("path")
    .description("where the settings file is")
    .action(() => run(async (context) => (await import("./config.ts")).showConfigPath(context)));
}

/** Adds `keys`. */
export function addKeys(program: Command, run: Run): void {
  program
    .command("keys")
    .description("list the commands of the editor with their keys")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Keys of your own are the setting "keys", by the names that this lists; null takes a command's keys away:
  inkwright config set keys '{"continue": "ctrl+space", "find": ["ctrl+f", "f7"], "cut": null}'
  inkwright config set keymap vim          or emacs, or default`,
    )
    .action((options: { readonly json?: boolean }) =>
      run(async (context) => (await import("./keys.ts")).listKeys(context, options)),
    );
}

/** Adds `backups`. */
export function addBackups(program: Command, run: Run): void {
  program
    .command("backups")
    .description("list what a story's file held before it was saved over, or bring it back")
    .argument("[FILE]", "the story (default: all stories)")
    .option("--restore <N>", "write number N of the list to a file of its own", wholeNumber(1, 100_000))
    .option("--to <FILE>", "name of that file (default: the story's, with the time)")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Backups are kept in the data folder, at most one in ten minutes: the twelve newest of each story, and one
a day for a month. With --no-record none is kept.

Examples:
  inkwright backups story.md
  inkwright backups story.md --restore 2 --to story-of-monday.md`,
    )
    .action((file: string | undefined, options: import("./backups.ts").BackupsFlags) =>
      run(async (context) => (await import("./backups.ts")).showBackups(context, file, options)),
    );
}

/** Adds `styles`. */
export function addStyles(program: Command, run: Run): void {
  listing(program, "styles", "the styles in which a passage can be rewritten").action((flags: ListingFlags) =>
    run(async (context) => (await import("./templates.ts")).showStyles(context, flags)),
  );
}
