import { createKeymap } from "../ui/bindings.ts";
import type { Command } from "../ui/keymap.ts";
import { describeKeys } from "../ui/terminal/keys.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { table, writeJson, writeOut } from "./output.ts";

/**
 * `keys`: every command of the editor with the keys in force. What is wrong with the user's own, and what these were
 * taken from, goes to stderr.
 */
export async function listKeys(
  context: CommandContext,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const { values } = context.settings;
  const { keymap, problems, taken } = createKeymap(values.keymap, values.keys);
  for (const problem of [...problems, ...taken]) context.stderr.write(`inkwright: ${problem}\n`);
  if (options.json) {
    await writeJson(context, keymap.commands);
    return 0;
  }
  const listing = table<Command>(keymap.commands, [
    { title: "COMMAND", value: ({ name }) => name },
    { title: "KEYS", value: ({ keys }) => keys.map(describeKeys).join(", ") || "-" },
    { title: "WHERE", value: ({ context }) => context },
    { title: "WHAT IT DOES", value: ({ title }) => title },
  ]);
  await writeOut(context, listing);
  return 0;
}
