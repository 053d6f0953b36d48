import { COMMANDS } from "./keymap.ts";
import { describeKeys } from "./terminal/keys.ts";

/** The keymap as Markdown, for the README. Selecting with Shift is one line: it goes with every motion. */
export function keyTable(): string {
  const groups = [...new Set(COMMANDS.map((command) => command.group))];
  const tables = groups.map((group) => {
    const rows = COMMANDS.filter(
      (command) =>
        command.keys.length > 0 &&
        command.group === group &&
        !command.keys.every((key) => key.startsWith("shift+")),
    ).map((command) => `| ${command.keys.map(describeKeys).join(", ")} | ${command.title} |`);
    if (group === "Moving") rows.push("| Shift + any of these | select on the way |");
    return [`**${group}**`, "", "| key | what it does |", "|---|---|", ...rows].join("\n");
  });
  return tables.join("\n\n");
}
