import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { PRECISIONS, type PrecisionChoice } from "../engine/precision.ts";
import { PRESETS, withPreset } from "../engine/presets.ts";
import {
  completeSettings,
  isWhole,
  NUMERIC_SETTINGS,
  type NumericSetting,
  type SamplingSettings,
  settingProblem,
} from "../engine/settings.ts";

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

type NumericFlags = { readonly [K in NumericSetting as CamelCase<K>]?: number };

/** The flags that every command with a model takes, as commander hands them over. */
export interface SharedFlags extends NumericFlags {
  readonly model?: string;
  /** Address of a server that writes instead. */
  readonly engineUrl?: string;
  /** Name of a preset. */
  readonly preset?: string;
  readonly seed?: number;
  readonly greedy?: boolean;
  readonly finishSentence?: boolean;
  readonly exactLength?: boolean;
  readonly breakLoops?: boolean;
  readonly infill?: boolean;
  readonly stop?: readonly string[];
  readonly count?: number;
  readonly threads?: number;
  readonly precision?: PrecisionChoice;
  readonly json?: boolean;
  /** The editor tells in lines what it would paint. */
  readonly screenReader?: boolean;
  /** False after `--no-record`. */
  readonly record: boolean;
}

/** The property under which commander keeps a setting's flag: `top_p` is kept as `topP`. */
function flagProperty(key: NumericSetting): keyof NumericFlags {
  return key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) as keyof NumericFlags;
}

/** The settings in force: what the flags say, else their preset, else what the user's settings say. */
export function samplingSettings(flags: SharedFlags, defaults: SamplingSettings): SamplingSettings {
  const preset = PRESETS.find(({ name }) => name === flags.preset);
  const base = preset ? withPreset(defaults, preset) : defaults;
  const numbers = NUMERIC_SETTINGS.map(({ key }) => [key, flags[flagProperty(key)] ?? base[key]]);
  return completeSettings({
    ...Object.fromEntries(numbers),
    greedy: flags.greedy ?? base.greedy,
    finish_sentence: flags.finishSentence ?? base.finish_sentence,
    exact_length: flags.exactLength ?? base.exact_length,
    break_loops: flags.breakLoops ?? base.break_loops,
    infill: flags.infill ?? base.infill,
    seed: flags.seed ?? base.seed,
    stop: flags.stop ?? base.stop,
  });
}

/** Reads a number as it is written in decimal; anything else is undefined, also `0x10` and the empty text. */
function decimal(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** A reader of whole numbers from `min` to `max`, for commander. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = decimal(text);
    if (value !== undefined && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** The flag of each numeric setting, with its check and its help, from the table of settings. */
function numericOptions(): Option[] {
  return NUMERIC_SETTINGS.map((row) => {
    const option = new Option(
      `${row.flag} <${row.argument}>`,
      `${row.description} (default: ${row.default})`,
    );
    // Commander takes a flag that begins with --no- for the opposite of another.
    option.negate = false;
    return option.argParser((text) => {
      const value = decimal(text);
      if (value !== undefined && settingProblem(row, value) === undefined) return value;
      const range = `from ${row.min} to ${row.max}`;
      throw new InvalidArgumentError(`It must be a${isWhole(row) ? " whole" : ""} number ${range}.`);
    });
  });
}

/** `--precision`, as every command with a model takes it. */
export function precisionOption(
  description = "how the weights are held: auto, fp32, int8 or int4 (default: config precision)",
): Option {
  return new Option("--precision <NAME>", description).argParser((text): PrecisionChoice => {
    const found = text === "auto" ? text : PRECISIONS.find((precision) => precision === text);
    if (found === undefined) throw new InvalidArgumentError("It must be auto, fp32, int8 or int4.");
    return found;
  });
}

/** Adds `--model`, `--precision`, `--threads` and, unless only a model of this machine will do, `--engine-url`. */
export function addModelFlags(command: Command, { remote = true } = {}): Command {
  command
    .optionsGroup("Model:")
    .option("--model <NAME|DIR>", "a model's name, or the folder of a checkpoint (default: config model)");
  if (remote) {
    command.option(
      "--engine-url <URL>",
      "a server that writes, with its --model and the key in INKWRIGHT_API_KEY (default: config engine.url)",
    );
  }
  return command
    .addOption(precisionOption())
    .addOption(
      new Option(
        "--threads <N>",
        "threads of the model; 0 leaves it to the engine (default: config threads)",
      ).argParser(wholeNumber(0, 256)),
    );
}

/**
 * Adds the flags of the sampling settings. With `manyStops` one `--stop` takes several texts; the command then asks
 * {@link fileBehindStops} whether the last one was its FILE.
 */
export function addSamplingFlags(command: Command, { manyStops = false } = {}): Command {
  command.optionsGroup("Sampling (defaults can be changed with inkwright config set):");
  const names = PRESETS.map(({ name }) => name);
  command.addOption(
    new Option("--preset <NAME>", `settings that go well together: ${names.join(", ")}`).choices(names),
  );
  for (const option of numericOptions()) command.addOption(option);
  return command
    .addOption(
      new Option("--seed <N>", "same seed, model, settings and prompt give the same text").argParser(
        wholeNumber(0, 0xffff_ffff),
      ),
    )
    .option("--greedy", "always the likeliest token; temperature and filters are ignored")
    .addOption(new Option("--no-greedy").hideHelp())
    .addOption(
      new Option(
        manyStops ? "--stop <TEXT...>" : "--stop <TEXT>",
        "end before this text; may be given several times",
      ).argParser((text: string, before: readonly string[] | undefined) => {
        if (text === "") throw new InvalidArgumentError("It must be a text of one character or more.");
        return [...(before ?? []), text];
      }),
    )
    .option("--finish-sentence", "after the length, go on for up to 20 tokens until the sentence ends")
    .addOption(new Option("--no-finish-sentence").hideHelp())
    .option("--exact-length", "write exactly as many tokens as --length says")
    .addOption(new Option("--no-exact-length").hideHelp())
    .addOption(new Option("--break-loops").hideHelp())
    .option("--no-break-loops", "let the model repeat itself (default: config break_loops)")
    .addOption(new Option("--infill").hideHelp())
    .option(
      "--no-infill",
      "read only what stands before the place, not what follows (default: config infill)",
    );
}

/**
 * The FILE of `--stop TEXT FILE`, which commander takes for one more text, and the texts without it: the last of
 * several, where no FILE was given and there is such a file. `-` is standard input.
 */
export function fileBehindStops<Flags extends Pick<SharedFlags, "stop">>(
  file: string | undefined,
  flags: Flags,
  { cwd }: { readonly cwd: string },
): { readonly file: string | undefined; readonly flags: Flags } {
  const { stop = [] } = flags;
  const last = stop.at(-1);
  if (file !== undefined || stop.length < 2 || last === undefined) return { file, flags };
  if (last !== "-" && !existsSync(resolve(cwd, last))) return { file, flags };
  return { file: last, flags: { ...flags, stop: stop.slice(0, -1) } };
}

/** Adds `--count`, described for this command. */
export function addCountFlag(command: Command, description: string): Command {
  return command.addOption(new Option("--count <N>", description).argParser(wholeNumber(1, 64)));
}

/** Adds `--json` and, for commands that generate, `--no-record`. */
export function addOutputFlags(command: Command, generates: boolean): Command {
  command.optionsGroup("Output:").option("--json", "print JSON");
  return generates ? command.option("--no-record", "leave no trace in the story's session") : command;
}
