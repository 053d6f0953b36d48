import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../errors.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import type { SharedFlags } from "./flags.ts";

/** `write`: opens the editor. Rejects with a UserError where the story or the terminal does not allow it. */
export async function openEditor(
  context: CommandContext,
  file: string | undefined,
  flags: SharedFlags,
): Promise<ExitCode> {
  const { write } = await import("./write.tsx");
  await write(file, { ...flags, record: flags.record && context.settings.values.record }, context);
  return 0;
}

/**
 * Guards `inkwright WORD` against a mistyped command: throws a UserError (exit code 2) where no file is called so
 * and a command nearly is. `inkwright write WORD` takes any name.
 */
export function checkStoryName(context: CommandContext, word: string, commands: readonly string[]): void {
  if (!/^[a-z]+$/.test(word) || existsSync(resolve(context.cwd, word))) return;
  const near = commands.find((command) => distance(word, command) <= (command.length > 4 ? 2 : 1));
  if (near === undefined) return;
  throw new UserError(`No command and no file is called "${word}". Did you mean ${near}?`, {
    hint: `inkwright write ${word} begins a story of that name.`,
    exitCode: 2,
  });
}

/**
 * How many letters must be inserted, deleted, replaced or swapped with their neighbour to turn one word into the
 * other (optimal string alignment, Boytsov 2011).
 */
export function distance(a: string, b: string): number {
  let older: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, (older[column - 2] ?? 0) + 1);
      next.push(best);
    }
    older = last;
    last = next;
  }
  return last[b.length] ?? 0;
}
