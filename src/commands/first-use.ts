import type { ModelCard } from "../engine/types.ts";
import { modelReadme, statedLimits } from "../models/readme.ts";
import type { CommandContext } from "./context.ts";
import { notice } from "./output.ts";

/** Characters of the makers' words that are quoted. */
const QUOTED = 400;

/**
 * Tells on stderr, before a model writes for the first time here, what models cannot do, and what the makers of this one
 * say of its limits.
 */
export async function tellLimits(context: CommandContext, card: ModelCard): Promise<void> {
  notice(
    context,
    `${card.name} writes here for the first time. It knows how texts sound, not what is true: it invents names and ` +
      "facts, loses the thread, can repeat texts that it learned from, and can write what hurts. Read before you keep.",
  );
  const readme = card.remote === undefined ? await modelReadme(card.folder) : null;
  const limits = readme === null ? null : statedLimits(readme, QUOTED);
  if (limits !== null) notice(context, `Its makers say: ${inOneLine(limits)}`);
}

/** Markdown as a line of plain text: without bullets and the stars of emphasis. */
function inOneLine(markdown: string): string {
  return markdown
    .replace(/^[-*] /gmu, "")
    .replaceAll(/\*\*?(\S(?:.*?\S)?)\*\*?/gu, "$1")
    .replaceAll(/\s+/gu, " ");
}
