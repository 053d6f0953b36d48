import { COMMAND_WORDS } from "../command-words.ts";
import { fuzzyFilter } from "../fuzzy.ts";
import type { Command } from "../keymap.ts";
import type { Model } from "../model.ts";
import { describeKeys } from "../terminal/keys.ts";
import type { PanelKind } from "./panel-kind.ts";
import { keepTheme, themeLines } from "./themes.ts";

/**
 * Every command by its words, with its keys: those used last come first, and only those that mean something now. Once
 * something is typed, themes too.
 */
export const PALETTE: PanelKind = {
  title: "Commands",
  verb: "run",
  nothing: "no command is called so",
  searchable: true,
  lines: (model, query) =>
    found(model, query).map((item) =>
      "theme" in item
        ? { text: item.title, detail: "theme" }
        : { text: item.title, detail: item.keys.slice(0, 1).map(describeKeys).join("") },
    ),
  first: () => 0,
  take(model, line, { panel }) {
    const item = found(model, panel.query)[line];
    if (!item) return [model, []];
    return "theme" in item ? keepTheme(model, item.theme) : { command: item.name };
  },
};

/** A theme, by its name. */
interface ThemeItem {
  readonly theme: string;
  readonly title: string;
}

function found(model: Model, query: string): readonly (Command | ThemeItem)[] {
  const possible = model.keymap.commands.filter(
    ({ name, context }) =>
      name !== "palette" &&
      (context === "story" || context === "anywhere" || (context === "offer" && model.offer)),
  );
  const used = model.recentCommands.flatMap(
    (name) => possible.find((command) => command.name === name) ?? [],
  );
  const others = possible.filter((command) => !used.includes(command));
  const themes = query === "" ? [] : themeLines(model).map(([theme, title]) => ({ theme, title }));
  return fuzzyFilter<Command | ThemeItem>([...used, ...others, ...themes], query, (item) =>
    "theme" in item
      ? [item.title, `theme ${item.theme}`]
      : [item.title, `${item.name} ${COMMAND_WORDS[item.name] ?? ""}`],
  );
}
