import { fuzzyFilter } from "../fuzzy.ts";
import type { Command } from "../keymap.ts";
import type { Model } from "../model.ts";
import { describeKeys } from "../terminal/keys.ts";
import type { PanelKind } from "./panel-kind.ts";

/** Every command by its words, with its keys: those used last come first, and only those that mean something now. */
export const PALETTE: PanelKind = {
  title: "Commands",
  verb: "run",
  nothing: "no command is called so",
  searchable: true,
  lines: (model, query) =>
    found(model, query).map(({ title, keys }) => ({
      text: title,
      detail: keys.slice(0, 1).map(describeKeys).join(""),
    })),
  first: () => 0,
  take(model, line, { panel }) {
    const command = found(model, panel.query)[line];
    return command ? { command: command.name } : [model, []];
  },
};

function found(model: Model, query: string): readonly Command[] {
  const possible = model.keymap.commands.filter(
    ({ name, context }) =>
      name !== "palette" &&
      (context === "story" || context === "anywhere" || (context === "offer" && model.offer)),
  );
  const used = model.recentCommands.flatMap(
    (name) => possible.find((command) => command.name === name) ?? [],
  );
  const others = possible.filter((command) => !used.includes(command));
  return fuzzyFilter([...used, ...others], query, ({ title }) => title);
}
