import type { Model } from "../model.ts";
import { PALETTES, THEME_NAMES, type ThemeName } from "../themes.ts";
import type { PanelKind } from "./panel-kind.ts";

/** The themes; the screen shows the chosen one at once. */
export const THEMES: PanelKind = {
  title: "Themes",
  verb: "keep",
  nothing: "no theme is called so",
  searchable: true,
  lines: (model, query) =>
    found(query).map((name) => ({
      text: titleOf(name),
      detail: name,
      current: name === model.panel?.back.theme,
    })),
  first: (model) => Math.max(0, NAMES.indexOf(model.theme)),
  preview(model, line) {
    const theme = found(model.panel?.query ?? "")[line];
    return [theme === undefined ? model : { ...model, theme }, []];
  },
  take(model, line, { panel }) {
    const theme = found(panel.query)[line];
    if (theme === undefined) return [model, []];
    return [{ ...model, theme }, [{ type: "remember", key: "theme", value: theme }]];
  },
};

const NAMES: readonly Model["theme"][] = ["auto", ...THEME_NAMES];

function found(query: string): readonly Model["theme"][] {
  const wanted = query.toLowerCase();
  return NAMES.filter((name) => `${name} ${titleOf(name)}`.toLowerCase().includes(wanted));
}

function titleOf(name: "auto" | ThemeName): string {
  if (name === "auto") return "Auto: dark or light, as the terminal is";
  return name === "mono" ? "Mono: no colours" : PALETTES[name].title;
}
