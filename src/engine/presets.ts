import { DEFAULT_SETTINGS, type NumericSetting, type SamplingSettings } from "./settings.ts";

/** Settings that go well together. */
export interface Preset {
  readonly name: string;
  /** In a line, what it is good for. */
  readonly reason: string;
  readonly settings: Readonly<Partial<Pick<SamplingSettings, NumericSetting>>>;
}

/** What a preset sets; what it does not name goes back to the default. */
const DIALS: readonly NumericSetting[] = [
  "temperature",
  "top_k",
  "top_p",
  "min_p",
  "typical_p",
  "repetition_penalty",
  "no_repeat_ngram_size",
  "listen",
  "guidance_scale",
];

/** Every preset, the plainest first. */
export const PRESETS: readonly Preset[] = [
  { name: "balanced", reason: "the defaults: lively, and mostly sensible", settings: {} },
  {
    name: "steady",
    reason: "keeps to the likely: plain prose that seldom goes astray",
    settings: { temperature: 0.6, top_p: 0.9 },
  },
  {
    name: "daring",
    reason: "rarer words and turns, with the nonsense cut off by min_p",
    settings: { temperature: 1.2, top_p: 1, min_p: 0.05 },
  },
  {
    name: "typical",
    reason: "neither the obvious nor the odd word: reads most like a person's",
    settings: { temperature: 1, top_p: 1, typical_p: 0.6 },
  },
  {
    name: "attentive",
    reason: "holds on to names and facts from further back",
    settings: { temperature: 0.8, top_p: 0.9, listen: 0.5 },
  },
  {
    name: "obedient",
    reason: "follows the note and keeps away from what is to be avoided",
    settings: { temperature: 0.8, top_p: 0.9, guidance_scale: 1.8 },
  },
  {
    name: "fresh",
    reason: "avoids saying again what was said, for scenes that circle",
    settings: { temperature: 0.9, repetition_penalty: 1.15, no_repeat_ngram_size: 4 },
  },
];

/** `settings` with the dials of a preset. */
export function withPreset<Settings extends SamplingSettings>(settings: Settings, preset: Preset): Settings {
  const dials = DIALS.map((key) => [key, preset.settings[key] ?? DEFAULT_SETTINGS[key]] as const);
  return { ...settings, ...Object.fromEntries(dials) };
}

/** Names of the settings that presets set. */
export function presetDials(): readonly NumericSetting[] {
  return DIALS;
}
