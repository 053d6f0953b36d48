/**
 * How the next token is chosen, and when to stop. Names, meaning and order are those of Hugging Face's generation
 * settings, so that known results carry over; `length` is its `max_new_tokens`.
 */
export interface SamplingSettings {
  readonly temperature: number;
  readonly top_k: number;
  readonly top_p: number;
  readonly min_p: number;
  readonly typical_p: number;
  readonly repetition_penalty: number;
  readonly no_repeat_ngram_size: number;
  /** How much the short view of the last tokens is taken off: α of coherence boosting; 0 is plain decoding. */
  readonly listen: number;
  /** γ of classifier-free guidance: how much more the notes count than they would by themselves; 1 is plain decoding. */
  readonly guidance_scale: number;
  /** A rewrite ranks by how much of the passage's words it keeps, against how it reads: 0 to 1. */
  readonly closeness: number;
  /** Between which lengths a rewrite may end, in parts of its passage's. */
  readonly shortest: number;
  readonly longest: number;
  readonly length: number;
  /** Always the likeliest token: temperature and filters are ignored. */
  readonly greedy: boolean;
  /** After `length`, go on for up to 20 tokens until the sentence ends. */
  readonly finish_sentence: boolean;
  /** Exactly `length` tokens: the model may not end its text before. */
  readonly exact_length: boolean;
  /** Text that begins to repeat itself is taken back, and written on otherwise. */
  readonly break_loops: boolean;
  /** In the middle of a story the model reads what follows too, where it has learned to fill in. */
  readonly infill: boolean;
  /** Same seed, model, settings and prompt give the same text. null: draw one. */
  readonly seed: number | null;
  /** Generation ends before the first of these strings. */
  readonly stop: readonly string[];
}

/** Names of the settings that are numbers on a scale. */
export type NumericSetting = {
  [K in keyof SamplingSettings]: SamplingSettings[K] extends number ? K : never;
}[keyof SamplingSettings];

/** One row of {@link NUMERIC_SETTINGS}: from it the flag, the slider, the check and the help are made. */
export interface NumericSettingRow {
  readonly key: NumericSetting;
  /** Command-line flag, without its argument. */
  readonly flag: string;
  /** The flag's argument in help texts: N for whole numbers, X for others. */
  readonly argument: "N" | "X";
  /** Short name on the slider. */
  readonly label: string;
  /** One line for help and docs. */
  readonly description: string;
  readonly default: number;
  /** Smallest and largest value allowed anywhere. */
  readonly min: number;
  readonly max: number;
  /** The slider's own range and step: the useful part of the scale. */
  readonly slider: { readonly min: number; readonly max: number; readonly step: number };
  /** The value that switches the setting off, if it can be switched off. */
  readonly off?: number;
}

/** Every numeric setting, in the order in which the controls pane shows them. */
export const NUMERIC_SETTINGS: readonly NumericSettingRow[] = [
  {
    key: "temperature",
    flag: "--temperature",
    argument: "X",
    label: "temperature",
    description: "how daring: below 1 plainer, above 1 wilder; 0 always takes the likeliest token",
    default: 0.8,
    min: 0,
    max: 10,
    slider: { min: 0, max: 2, step: 0.05 },
  },
  {
    key: "length",
    flag: "--length",
    argument: "N",
    label: "length",
    description: "how many tokens to write at most (a token is about three quarters of a word)",
    default: 60,
    min: 1,
    max: 100_000,
    slider: { min: 5, max: 400, step: 5 },
  },
  {
    key: "top_p",
    flag: "--top-p",
    argument: "X",
    label: "top p",
    description: "keep the likeliest tokens that together reach this probability (nucleus); 1 keeps all",
    default: 0.95,
    min: 0,
    max: 1,
    slider: { min: 0.05, max: 1, step: 0.05 },
    off: 1,
  },
  {
    key: "top_k",
    flag: "--top-k",
    argument: "N",
    label: "top k",
    description: "keep only this many of the likeliest tokens; 0 keeps all",
    default: 0,
    min: 0,
    max: 1_000_000,
    slider: { min: 0, max: 200, step: 5 },
    off: 0,
  },
  {
    key: "min_p",
    flag: "--min-p",
    argument: "X",
    label: "min p",
    description: "drop tokens less likely than this share of the likeliest one; 0 drops none",
    default: 0,
    min: 0,
    max: 1,
    slider: { min: 0, max: 0.5, step: 0.01 },
    off: 0,
  },
  {
    key: "typical_p",
    flag: "--typical-p",
    argument: "X",
    label: "typical p",
    description: "keep the tokens of most typical surprise that together reach this probability; 1 keeps all",
    default: 1,
    min: 0,
    max: 1,
    slider: { min: 0.05, max: 1, step: 0.05 },
    off: 1,
  },
  {
    key: "repetition_penalty",
    flag: "--repetition-penalty",
    argument: "X",
    label: "repetition",
    description: "make tokens that already occurred less likely; 1 leaves them alone",
    default: 1,
    min: 0.01,
    max: 10,
    slider: { min: 1, max: 2, step: 0.05 },
    off: 1,
  },
  {
    key: "no_repeat_ngram_size",
    flag: "--no-repeat-ngram-size",
    argument: "N",
    label: "no-repeat",
    description: "never write a run of this many tokens twice; 0 allows it",
    default: 0,
    min: 0,
    max: 1_000,
    slider: { min: 0, max: 8, step: 1 },
    off: 0,
  },
  {
    key: "listen",
    flag: "--listen",
    argument: "X",
    label: "listen",
    description: "how closely to keep to what was said far back (coherence boosting); 0 is plain",
    default: 0,
    min: 0,
    max: 4,
    slider: { min: 0, max: 1.5, step: 0.05 },
    off: 0,
  },
  {
    key: "guidance_scale",
    flag: "--guidance-scale",
    argument: "X",
    label: "note strength",
    description:
      "how strongly to follow the note, and to avoid what is to be avoided (classifier-free guidance); 1 is plain",
    default: 1,
    min: 0,
    max: 10,
    slider: { min: 1, max: 3, step: 0.1 },
    off: 1,
  },
  {
    key: "closeness",
    flag: "--closeness",
    argument: "X",
    label: "keep words",
    description: "how many of your words a rewrite should keep: 0 surprises you, 1 stays close",
    default: 0.25,
    min: 0,
    max: 1,
    slider: { min: 0, max: 1, step: 0.05 },
  },
  {
    key: "shortest",
    flag: "--shortest",
    argument: "X",
    label: "shortest",
    description: "length from which a rewrite may end, in parts of the passage's",
    default: 0.6,
    min: 0,
    max: 1,
    slider: { min: 0.1, max: 1, step: 0.1 },
  },
  {
    key: "longest",
    flag: "--longest",
    argument: "X",
    label: "longest",
    description: "length by which a rewrite must end, in parts of the passage's",
    default: 1.5,
    min: 1,
    max: 10,
    slider: { min: 1, max: 4, step: 0.1 },
  },
];

/** What is in force where nobody said otherwise. */
export const DEFAULT_SETTINGS: SamplingSettings = {
  temperature: 0.8,
  top_k: 0,
  top_p: 0.95,
  min_p: 0,
  typical_p: 1,
  repetition_penalty: 1,
  no_repeat_ngram_size: 0,
  listen: 0,
  guidance_scale: 1,
  closeness: 0.25,
  shortest: 0.6,
  longest: 1.5,
  length: 60,
  greedy: false,
  finish_sentence: false,
  exact_length: false,
  break_loops: false,
  infill: false,
  seed: null,
  stop: [],
};

/** The row of a numeric setting. Throws a RangeError for a name that is none. */
export function settingRow(key: string): NumericSettingRow {
  const row = NUMERIC_SETTINGS.find((candidate) => candidate.key === key);
  if (!row) throw new RangeError(`no numeric setting is called "${key}"`);
  return row;
}

/** Whether a row takes whole numbers only. */
export function isWhole(row: NumericSettingRow): boolean {
  return row.argument === "N";
}

/**
 * What is wrong with `value` for this setting, as the end of a sentence ("must be …, got …"), or undefined.
 */
export function settingProblem(row: NumericSettingRow, value: unknown): string | undefined {
  const range = `a${isWhole(row) ? " whole" : ""} number from ${row.min} to ${row.max}`;
  const right =
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= row.min &&
    value <= row.max &&
    (!isWhole(row) || Number.isInteger(value));
  return right ? undefined : `must be ${range}, got ${JSON.stringify(value) ?? String(value)}`;
}

/** Fills the gaps of `partial` with the defaults. Throws a RangeError that quotes the first value out of range. */
export function completeSettings(partial: Partial<SamplingSettings> = {}): SamplingSettings {
  const settings = { ...DEFAULT_SETTINGS, ...partial };
  for (const row of NUMERIC_SETTINGS) {
    const problem = settingProblem(row, settings[row.key]);
    if (problem) throw new RangeError(`${row.key} ${problem}`);
  }
  const { seed } = settings;
  if (seed !== null && !(Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff)) {
    throw new RangeError(`seed must be a whole number from 0 to 4294967295, got ${seed}`);
  }
  return settings;
}
