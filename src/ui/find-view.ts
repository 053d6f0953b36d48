import { replacementOf } from "../story/find.ts";
import { fieldView } from "./field.ts";
import { type Find, findField, matchIndex } from "./find.ts";
import { geometry } from "./geometry.ts";
import type { Model } from "./model.ts";

/** Cells left of what is typed: ` Replace › `. */
export const FIND_LABEL = 11;

/** Cells for what is typed, the cursor behind it included. */
export function findWidth(columns: number): number {
  return Math.max(
    4,
    Math.min(columns - FIND_LABEL - 1, Math.max(16, Math.floor(columns * 0.4) - FIND_LABEL)),
  );
}

/** Where the cursor is while the search is open, in cells of the screen; null where the screen has no room for it. */
export function findCursor(model: Model, find: Find): { readonly x: number; readonly y: number } | null {
  const { find: rows, dialog, status } = geometry(model);
  const row = rows > 1 && find.field === "replacement" ? 1 : 0;
  if (rows === 0) return null;
  const { column } = fieldView(findField(find), findWidth(model.columns));
  return {
    x: Math.min(model.columns - 1, FIND_LABEL + column),
    y: model.rows - status - dialog - rows + row,
  };
}

/** `3 of 12`, or why there is nothing to count. */
export function findCount(find: Find, selection: Model["selection"]): string {
  return findCounts(find, selection)[0];
}

/** The same, and again in the fewest words. */
export function findCounts(
  { query, result, within }: Find,
  selection: Model["selection"],
): readonly [string, string] {
  const { matches, more, late, empty, problem } = result;
  if (problem !== null) return [problem, "not yet"];
  if (query.text === "") return ["", ""];
  const where = within ? "in the selection" : "in the story";
  if (matches.length === 0) {
    if (late) return ["stopped: it takes too long", "stopped"];
    return empty ? ["finds only empty places", "only empty"] : [`not ${where}`, "not found"];
  }
  const index = matchIndex(matches, selection);
  const all = `${matches.length.toLocaleString("en")}${more || late ? "+" : ""}`;
  const counted = index < 0 ? all : `${(index + 1).toLocaleString("en")} of ${all}`;
  const stopped = late ? " · stopped: it takes too long" : "";
  return [`${counted}${within ? ` ${where}` : ""}${stopped}`, counted];
}

/** A match and what it would become, with the words around it. */
export interface Replaced {
  readonly before: string;
  readonly match: string;
  readonly becomes: string;
  readonly after: string;
  /** It is the selected one. */
  readonly current: boolean;
}

/** Code units of the text around a match that are shown. */
const AROUND = 30;
/** Code units of a match and of what it becomes that are shown. */
const LONGEST = 40;

/** What so many matches from the selected one on would become. */
export function replacedOnes(
  { query, replacement, result }: Find,
  selection: Model["selection"],
  count: number,
): readonly Replaced[] {
  const { text, matches, pattern } = result;
  if (!pattern) return [];
  const chosen = matchIndex(matches, selection);
  const first = Math.max(0, Math.min(chosen, matches.length - count));
  return matches.slice(first, first + count).map((match, i): Replaced => {
    const line = text.lineAt(match.from);
    return {
      before: tail(text.sliceString(Math.max(line.from, match.from - AROUND), match.from)),
      match: shortened(text.sliceString(match.from, Math.min(match.to, match.from + LONGEST + 1))),
      becomes: shortened(replacementOf(text, match, pattern, query, replacement)),
      after: text.sliceString(match.to, Math.min(line.to, match.to + AROUND)),
      current: first + i === chosen,
    };
  });
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Without the half of a surrogate pair that a cut left at the start. */
function tail(text: string): string {
  return /^[\udc00-\udfff]/u.test(text) ? text.slice(1) : text;
}
