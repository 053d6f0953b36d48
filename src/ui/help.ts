import type { Keymap } from "./bindings.ts";
import { COMMAND_WORDS } from "./command-words.ts";
import { describeKeys } from "./terminal/keys.ts";

/** A line of the help page: a heading, or a command with its keys. */
export type HelpLine =
  | { readonly heading: string }
  | { readonly keys: readonly string[]; readonly title: string };

/** The help page, made from the table of commands: all of it, or what has all words of `query`. */
export function helpLines({ commands: all }: Keymap, query = ""): readonly HelpLine[] {
  const wanted = query.toLowerCase().split(/\s+/u);
  const commands = all.filter(({ name, title, group, keys }) => {
    const told =
      `${name} ${title} ${group} ${COMMAND_WORDS[name] ?? ""} ${keys.map(describeKeys).join(" ")}`.toLowerCase();
    return wanted.every((word) => told.includes(word));
  });
  const groups = [...new Set(commands.map((command) => command.group))];
  return groups.flatMap((group): HelpLine[] => [
    { heading: group },
    ...commands
      .filter((command) => command.group === group)
      .map((command) => ({
        keys: command.keys.slice(0, 2).map(describeKeys),
        title: command.title,
      })),
  ]);
}
