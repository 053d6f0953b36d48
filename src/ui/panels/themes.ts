import type { Model } from "../model.ts";
import { MONO_NAME, themeNames } from "../themes.ts";
import type { Step } from "../update/step.ts";
import type { PanelKind } from "./panel-kind.ts";

/** The themes; the screen shows the chosen one at once. */
export const THEMES: PanelKind = {
  title: "Themes",
  verb: "keep",
  nothing: "no theme is called so",
  searchable: true,
  lines: (model, query) =>
    found(model, query).map((name) => ({
      text: titleOf(model, name),
      detail: name,
      current: name === model.panel?.back.theme,
    })),
  first: (model) => Math.max(0, namesOf(model).indexOf(model.theme)),
  preview(model, line) {
    const theme = found(model, model.panel?.query ?? "")[line];
    return [theme === undefined ? model : { ...model, theme }, []];
  },
  take(model, line, { panel }) {
    const theme = found(model, panel.query)[line];
    if (theme === undefined) return [model, []];
    return keepTheme(model, theme);
  },
};

/** Shows a theme, now and at the next start. */
export function keepTheme(model: Model, theme: string): Step {
  return [{ ...model, theme }, [{ type: "remember", key: "theme", value: theme }]];
}

/** The names of all themes, each with its title. */
export function themeLines(model: Model): readonly (readonly [name: string, title: string])[] {
  return namesOf(model).map((name) => [name, titleOf(model, name)]);
}

function namesOf({ palettes }: Model): readonly string[] {
  return ["auto", ...themeNames(palettes)];
}

function found(model: Model, query: string): readonly string[] {
  const wanted = query.toLowerCase();
  return namesOf(model).filter((name) => `${name} ${titleOf(model, name)}`.toLowerCase().includes(wanted));
}

function titleOf({ palettes }: Model, name: string): string {
  if (name === "auto") return "Auto: as the terminal is";
  return name === MONO_NAME ? "Mono: no colours" : (palettes[name]?.title ?? name);
}
