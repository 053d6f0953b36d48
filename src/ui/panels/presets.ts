import { PRESETS, type Preset, presetDials, withPreset } from "../../engine/presets.ts";
import { fuzzyFilter } from "../fuzzy.ts";
import type { Model } from "../model.ts";
import type { PanelKind } from "./panel-kind.ts";

/** Settings that go well together, each with a reason; the sliders show at once what one sets. */
export const PRESETS_PANEL: PanelKind = {
  title: "Presets",
  verb: "set the dials",
  nothing: "no preset is called so",
  searchable: true,
  hints({ panel }) {
    const preset = panel && found(panel.query)[panel.chosen];
    return preset ? `${preset.name}: ${preset.reason} · Enter set the dials · Esc back` : "Esc back";
  },
  lines: (model, query) =>
    found(query).map((preset) => ({
      text: preset.name,
      detail: preset.reason,
      current: isInForce(model, preset),
    })),
  first: (model) =>
    Math.max(
      0,
      PRESETS.findIndex((preset) => isInForce(model, preset)),
    ),
  take(model, line, { panel }) {
    const preset = found(panel.query)[line];
    if (!preset) return [model, []];
    const settings = withPreset(model.settings, preset);
    return [
      { ...model, settings },
      presetDials().map((key) => ({ type: "remember", key, value: settings[key] }) as const),
    ];
  },
};

function found(query: string): readonly Preset[] {
  return fuzzyFilter(PRESETS, query, ({ name, reason }) => `${name} ${reason}`);
}

function isInForce({ settings }: Model, preset: Preset): boolean {
  const set = withPreset(settings, preset);
  return presetDials().every((key) => set[key] === settings[key]);
}
