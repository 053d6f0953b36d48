import { NUMERIC_SETTINGS, type NumericSettingRow, type SamplingSettings } from "../engine/settings.ts";
import type { Model } from "./model.ts";

/** One line of the controls pane. */
export type Control =
  | { readonly kind: "slider"; readonly row: NumericSettingRow }
  | { readonly kind: "choices"; readonly label: string; readonly description: string }
  | {
      readonly kind: "switch";
      readonly key: "greedy" | "finish_sentence" | "exact_length" | "break_loops";
      readonly label: string;
      readonly description: string;
    };

/** Most choices that the pane asks for at once. */
export const MAX_CHOICES = 8;

/** Every control, in the order of the pane. */
export const CONTROLS: readonly Control[] = [
  ...NUMERIC_SETTINGS.map((row): Control => ({ kind: "slider", row })),
  { kind: "choices", label: "choices", description: "how many continuations Tab asks for at once" },
  {
    kind: "switch",
    key: "finish_sentence",
    label: "end sentence",
    description: "after the length, go on for up to 20 tokens until the sentence ends",
  },
  {
    kind: "switch",
    key: "exact_length",
    label: "exact length",
    description: "write exactly as many tokens as the length says: the model may not end before",
  },
  {
    kind: "switch",
    key: "break_loops",
    label: "break loops",
    description: "take text back that begins to repeat itself, and write on otherwise",
  },
  {
    kind: "switch",
    key: "greedy",
    label: "greedy",
    description: "always the likeliest token; sliders above are ignored",
  },
];

/** A control's name on screen. */
export function controlLabel(control: Control): string {
  return control.kind === "slider" ? control.row.label : control.label;
}

/** What a control does, in one line. */
export function controlDescription(control: Control): string {
  return control.kind === "slider" ? control.row.description : control.description;
}

/** The value as the pane shows it: `0.80`, `60`, `off`, `on`. */
export function controlValue(control: Control, model: Pick<Model, "settings" | "choices">): string {
  if (control.kind === "choices") return String(model.choices);
  if (control.kind === "switch") return model.settings[control.key] ? "on" : "off";
  const { row } = control;
  const value = model.settings[row.key];
  if (value === row.off) return "off";
  return row.argument === "N" ? String(value) : value.toFixed(2);
}

/** How full the slider is, 0 to 1. */
export function controlFill(control: Control, model: Pick<Model, "settings" | "choices">): number {
  if (control.kind === "choices") return (model.choices - 1) / (MAX_CHOICES - 1);
  if (control.kind === "switch") return model.settings[control.key] ? 1 : 0;
  const { min, max } = control.row.slider;
  return Math.min(1, Math.max(0, (model.settings[control.row.key] - min) / (max - min)));
}

/** A changed setting: the model's new part, and what to remember under which name. */
export interface ControlChange {
  readonly part: Partial<Pick<Model, "settings" | "choices">>;
  readonly key: string;
  readonly value: number | boolean;
}

/** Moves a control by so many steps; a switch goes on with a positive number and off with a negative one. */
export function moveControl(
  control: Control,
  model: Pick<Model, "settings" | "choices">,
  steps: number,
): ControlChange {
  if (control.kind === "choices") {
    const choices = Math.min(MAX_CHOICES, Math.max(1, model.choices + Math.sign(steps)));
    return { part: { choices }, key: "choices", value: choices };
  }
  if (control.kind === "switch") return settingChange(model.settings, control.key, steps > 0);
  const { key, slider } = control.row;
  const moved = Math.round(model.settings[key] / slider.step + steps) * slider.step;
  const value = Number(Math.min(slider.max, Math.max(slider.min, moved)).toFixed(4));
  return settingChange(model.settings, key, value);
}

/** Puts a control back to its default. */
export function resetControl(control: Control, model: Pick<Model, "settings" | "choices">): ControlChange {
  if (control.kind === "choices") return { part: { choices: 1 }, key: "choices", value: 1 };
  if (control.kind === "switch")
    return settingChange(model.settings, control.key, control.key === "break_loops");
  return settingChange(model.settings, control.row.key, control.row.default);
}

function settingChange(
  settings: SamplingSettings,
  key: keyof SamplingSettings,
  value: number | boolean,
): ControlChange {
  return { part: { settings: { ...settings, [key]: value } }, key, value };
}
