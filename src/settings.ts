import * as z from "zod";
import { PRECISIONS, type PrecisionChoice } from "./engine/precision.ts";
import {
  DEFAULT_SETTINGS,
  type NumericSetting,
  type SamplingSettings,
  settingProblem,
  settingRow,
} from "./engine/settings.ts";
import { UserError } from "./errors.ts";

/** Everything that can be set, by its key in the settings file. */
export interface Settings extends SamplingSettings {
  /** Name of a model, or the path of its folder. */
  readonly model: string;
  /** Address of a server that writes instead of a model of this machine; null for none. */
  readonly "engine.url": string | null;
  /** Name of the server's model; null for its first. */
  readonly "engine.model": string | null;
  /** Name of a theme; `auto` goes by the terminal's background. */
  readonly theme: string;
  /** Which keys the editor has. */
  readonly keymap: "default" | "emacs" | "vim";
  /** Keys of the user's own, by the command's name. */
  readonly keys: Readonly<Record<string, string | readonly string[] | null>>;
  /** What the editor leaves undimmed. */
  readonly focus: "off" | "paragraph" | "sentence";
  /** Whether the cursor's row stays in the middle of the page. */
  readonly typewriter: boolean;
  /** Whether the editor tells in lines what it would paint. */
  readonly screen_reader: boolean;
  /** Whether nothing moves on the screen but what is written. */
  readonly reduced_motion: boolean;
  /** Whether the editor makes straight quotes curly as they are typed. */
  readonly smart_quotes: boolean;
  /** Name of the dictionary by which spelling is checked; `off` for none. */
  readonly spelling: string;
  /** Words to write in a day, and in a story; 0 for no goal. */
  readonly daily_goal: number;
  readonly story_goal: number;
  /** Folder of the user's stories; `~` stands for the home folder. */
  readonly stories: string;
  /** Threads of the model; 0 leaves it to the engine. */
  readonly threads: number;
  /** How the model's weights are held. */
  readonly precision: PrecisionChoice;
  /** How many choices are offered at once. */
  readonly choices: number;
  /** Whether what is generated is recorded in sessions. */
  readonly record: boolean;
  /** Seconds after the last change until a story is saved by itself; 0 never. */
  readonly autosave_seconds: number;
  /** The story that was open last; the program sets it. */
  readonly last_story: string | null;
  /** Whether the welcome was shown; the program sets it. */
  readonly welcomed: boolean;
}

/** Name of a setting. */
export type SettingKey = keyof Settings;

/** One row of {@link SETTINGS}: from it the check, the listing and the documentation are made. */
export interface SettingRow<T> {
  /** One line for listings and docs. */
  readonly description: string;
  /** What a value must be, as the end of a sentence. */
  readonly expects: string;
  readonly default: T;
  readonly schema: z.ZodType<T>;
}

function whole(min: number, max: number, description: string, value: number): SettingRow<number> {
  return {
    description,
    expects: `a whole number from ${min} to ${max}`,
    default: value,
    schema: z.int().min(min).max(max),
  };
}

function flag(description: string, value: boolean): SettingRow<boolean> {
  return { description, expects: "true or false", default: value, schema: z.boolean() };
}

function numeric(key: NumericSetting): SettingRow<number> {
  const row = settingRow(key);
  return {
    description: row.description,
    expects: `a${row.argument === "N" ? " whole" : ""} number from ${row.min} to ${row.max}`,
    default: row.default,
    schema: z.number().refine((value) => settingProblem(row, value) === undefined),
  };
}

/** Every setting, in the order in which listings show them. */
export const SETTINGS: { readonly [K in SettingKey]: SettingRow<Settings[K]> } = {
  model: {
    description: "name of the model that writes, or the path of its folder",
    expects: "the name of a model or the path of its folder",
    default: "fable",
    schema: z.string().min(1),
  },
  "engine.url": {
    description: "address of a server that writes instead of this machine: your text is sent there",
    expects: "the address of an OpenAI-compatible server, such as http://localhost:8000/v1, or null for none",
    default: null,
    schema: z
      .string()
      .regex(/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#@]*)?$/iu)
      .nullable(),
  },
  "engine.model": {
    description: "name of the model of engine.url; null takes the first that it has",
    expects: "the name of a model, or null",
    default: null,
    schema: z.string().min(1).nullable(),
  },
  theme: {
    description: "colours of the editor",
    expects: "auto, dark, dusk, contrast, light, paper, mono or the name of a theme of your own",
    default: "auto",
    schema: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u),
  },
  keymap: {
    description: "keys of the editor: the common ones, or those of Emacs or vi",
    expects: "default, emacs or vim",
    default: "default",
    schema: z.enum(["default", "emacs", "vim"]),
  },
  keys: {
    description:
      'keys of your own, by the names that inkwright keys lists: {"continue": "ctrl+space", "cut": null}',
    expects: "a JSON object of keys, lists of keys or null by the commands' names",
    default: {},
    schema: z.record(z.string(), z.union([z.string(), z.array(z.string()).readonly(), z.null()])),
  },
  focus: {
    description:
      "what the editor leaves undimmed: everything, or the paragraph or the sentence at the cursor",
    expects: "off, paragraph or sentence",
    default: "off",
    schema: z.enum(["off", "paragraph", "sentence"]),
  },
  typewriter: flag("keep the cursor's row in the middle of the page", false),
  screen_reader: flag("tell everything in lines, for a screen reader; nothing is painted", false),
  reduced_motion: flag("nothing moves on the screen but what is written", false),
  smart_quotes: flag(
    "make typed quotes curly, -- a dash and ... an ellipsis; undo gives back what was typed",
    false,
  ),
  spelling: {
    description: "the dictionary by which the editor marks misspelled words",
    expects: "off, en, en-us, en-gb or the name of a dictionary of your own",
    default: "off",
    schema: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}_.@-]*$/u),
  },
  daily_goal: whole(0, 1_000_000, "words that you mean to write in a day; 0 for no goal", 0),
  story_goal: whole(0, 100_000_000, "words that your story is to have; 0 for no goal", 0),
  stories: {
    description: "folder of your stories",
    expects: "the path of a folder",
    default: "~/Inkwright",
    schema: z.string().min(1),
  },
  threads: whole(0, 256, "threads of the model; 0 leaves it to the engine", 0),
  precision: {
    description: "how the model's weights are held; auto chooses by the model's size and the free memory",
    expects: "auto, fp32, int8 or int4",
    default: "auto",
    schema: z.enum(["auto", ...PRECISIONS]),
  },
  choices: whole(1, 16, "how many choices the editor offers at once", 3),
  record: flag("record everything generated in sessions", true),
  autosave_seconds: {
    description: "seconds after the last change until the editor saves by itself; 0 never",
    expects: "a number from 0 to 3600",
    default: 2,
    schema: z.number().min(0).max(3600),
  },
  temperature: numeric("temperature"),
  length: numeric("length"),
  top_p: numeric("top_p"),
  top_k: numeric("top_k"),
  min_p: numeric("min_p"),
  typical_p: numeric("typical_p"),
  repetition_penalty: numeric("repetition_penalty"),
  no_repeat_ngram_size: numeric("no_repeat_ngram_size"),
  listen: numeric("listen"),
  guidance_scale: numeric("guidance_scale"),
  closeness: numeric("closeness"),
  shortest: numeric("shortest"),
  longest: numeric("longest"),
  greedy: flag("always the likeliest token; temperature and filters are ignored", DEFAULT_SETTINGS.greedy),
  finish_sentence: flag(
    "after the length, go on for up to 20 tokens until the sentence ends",
    DEFAULT_SETTINGS.finish_sentence,
  ),
  exact_length: flag(
    "write exactly as many tokens as the length says: the model may not end before",
    DEFAULT_SETTINGS.exact_length,
  ),
  break_loops: flag("take text back that begins to repeat itself, and write on otherwise", true),
  infill: flag(
    "in the middle of a story, let a model that has learned to fill in read what follows too",
    true,
  ),
  seed: {
    description: "same seed, model, settings and prompt give the same text; null draws a new one each time",
    expects: "a whole number from 0 to 4294967295, or null",
    default: DEFAULT_SETTINGS.seed,
    schema: z.int().min(0).max(0xffff_ffff).nullable(),
  },
  stop: {
    description: "generation ends before the first of these texts",
    expects: 'a text, or a JSON list of texts such as ["The End"]',
    default: DEFAULT_SETTINGS.stop,
    schema: z.array(z.string().min(1)).readonly(),
  },
  last_story: {
    description: "the story that was open last; set by the editor",
    expects: "the path of a story, or null",
    default: null,
    schema: z.string().min(1).nullable(),
  },
  welcomed: flag("whether the welcome was shown; set by the editor", false),
};

/** Names of all settings, in the order of {@link SETTINGS}. */
export const SETTING_KEYS: readonly SettingKey[] = Object.keys(SETTINGS).filter(isSettingKey);

/** What is in force where nothing was set. */
export const DEFAULTS: Settings = checkedSettings({}).values;

/** Whether a setting is called `key`. */
export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key);
}

/** `key` as the name of a setting. Throws a UserError (exit code 2) that lists the names. */
export function settingKey(key: string): SettingKey {
  if (isSettingKey(key)) return key;
  throw new UserError(`No setting is called "${key}".`, {
    hint: `The settings are ${SETTING_KEYS.join(", ")}.`,
    exitCode: 2,
  });
}

/**
 * Reads what was typed for a setting: JSON where it fits (`0.8`, `true`, `null`, `["a", "b"]`), otherwise the text
 * as it is. Throws a UserError (exit code 2) that quotes the value and says what it must be.
 */
export function parseSetting<K extends SettingKey>(key: K, typed: string): Settings[K] {
  for (const candidate of [jsonValue(typed), typed, [typed]]) {
    const checked = SETTINGS[key].schema.safeParse(candidate);
    if (checked.success) return checked.data;
  }
  const quoted = jsonValue(typed) === undefined ? JSON.stringify(typed) : typed;
  throw new UserError(`${key} must be ${SETTINGS[key].expects}, got ${quoted}.`, { exitCode: 2 });
}

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The good values of a settings file with defaults in the gaps, and which keys were `bad`, with what is wrong. */
export function checkedSettings(found: Readonly<Record<string, unknown>>): {
  readonly values: Settings;
  readonly bad: ReadonlyMap<SettingKey, string>;
} {
  const bad = new Map<SettingKey, string>();
  const value = <K extends SettingKey>(key: K): Settings[K] => {
    const row = SETTINGS[key];
    if (!Object.hasOwn(found, key)) return row.default;
    const checked = row.schema.safeParse(found[key]);
    if (checked.success) return checked.data;
    bad.set(key, `${key} must be ${row.expects}, got ${JSON.stringify(found[key])}`);
    return row.default;
  };
  const entries = Object.keys(SETTINGS)
    .filter(isSettingKey)
    .map((key) => [key, value(key)]);
  return { values: Object.fromEntries(entries), bad };
}
