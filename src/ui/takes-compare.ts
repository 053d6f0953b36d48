import { Text } from "@codemirror/state";
import { changesBetween } from "../story/difference.ts";
import { wordRows } from "./foot.ts";
import type { ComparedTake } from "./takes.ts";
import { visible } from "./terminal/widths.ts";

/** A row of the comparison: one cell for each take, or one for both where they stand below each other. */
export interface ComparedRow {
  readonly cells: readonly (readonly ComparedSpan[])[];
  readonly isTitle: boolean;
}

/** A stretch of a row; `own`: only this take has it. It is in brackets, too. */
export interface ComparedSpan {
  readonly text: string;
  readonly own: boolean;
}

/** Narrowest column in which prose can be read, in cells. */
const NARROWEST = 24;
const GAP = 3;

/** What only one take has stands between these. */
const OPEN = "⟦";
const CLOSE = "⟧";

/** Two takes side by side, or below each other where the width does not allow it, with what differs in brackets. */
export function comparedRows(left: ComparedTake, right: ComparedTake, width: number): readonly ComparedRow[] {
  const { left: mine, right: theirs } = wordDifference(left.text, right.text);
  const column = Math.floor((width - GAP) / 2);
  if (column < NARROWEST) {
    return [
      title([left.title]),
      ...cellRows(mine, width).map((cell) => ({ cells: [cell], isTitle: false })),
      { cells: [[]], isTitle: false },
      title([right.title]),
      ...cellRows(theirs, width).map((cell) => ({ cells: [cell], isTitle: false })),
    ];
  }
  const [a, b] = [cellRows(mine, column), cellRows(theirs, column)];
  const count = Math.max(a.length, b.length);
  return [
    title([left.title, right.title]),
    ...Array.from({ length: count }, (_, i) => ({ cells: [a[i] ?? [], b[i] ?? []], isTitle: false })),
  ];
}

/** Cells of a column of {@link comparedRows} in a row of so many. */
export function columnWidth(width: number, columns: number): number {
  return columns === 1 ? width : Math.floor((width - GAP) / 2);
}

/** The comparison in words. */
export function comparedWords(compared: {
  readonly left: ComparedTake;
  readonly right: ComparedTake;
}): readonly string[] {
  const { left, right } = compared;
  const words = wordDifference(left.text, right.text);
  const only = (text: string): string =>
    [...text.matchAll(/⟦([^⟧]*)⟧/gu)].map(([, own = ""]) => `“${own}”`).join(", ");
  const told = (one: ComparedTake, text: string): string =>
    `Only in ${one.title}: ${only(text) === "" ? "nothing" : only(text)}.`;
  return [told(left, words.left), told(right, words.right), "Esc goes back."];
}

/** Both texts, with what the other one has not in brackets. */
export function wordDifference(
  left: string,
  right: string,
): { readonly left: string; readonly right: string } {
  const [a, b] = [wordsOf(left), wordsOf(right)];
  const changes = changesBetween(Text.of(a.length > 0 ? a : [""]), Text.of(b.length > 0 ? b : [""]));
  const ranges: { from: number; to: number; newFrom: number; newTo: number }[] = [];
  changes.iterChangedRanges((from, to, newFrom, newTo) => ranges.push({ from, to, newFrom, newTo }));
  return {
    left: bracketed(
      a,
      ranges.map(({ from, to }) => [from, to]),
    ),
    right: bracketed(
      b,
      ranges.map(({ newFrom, newTo }) => [newFrom, newTo]),
    ),
  };
}

/** Words, and a sign for each break between paragraphs. */
function wordsOf(text: string): readonly string[] {
  return visible(text.trim().replaceAll(/\s*\n\s*/gu, " ¶ "))
    .split(/\s+/u)
    .filter((word) => word !== "");
}

/** Words with those in brackets that a change, in positions of the words one a line, touches. */
function bracketed(words: readonly string[], ranges: readonly (readonly [number, number])[]): string {
  let at = 0;
  let isOpen = false;
  const parts: string[] = [];
  for (const word of words) {
    const end = at + word.length;
    const own = ranges.some(([from, to]) => from < end && to > at);
    if (own !== isOpen) {
      if (isOpen) parts[parts.length - 1] += CLOSE;
      parts.push(own ? OPEN + word : word);
    } else parts.push(word);
    isOpen = own;
    at = end + 1;
  }
  const text = parts.join(" ");
  return isOpen ? text + CLOSE : text;
}

/** Text in brackets as rows of spans: a bracket may be open from one row to the next. */
function cellRows(text: string, width: number): readonly (readonly ComparedSpan[])[] {
  let own = false;
  return wordRows(text, width).map((row) =>
    row.split(/(?=⟦)|(?<=⟧)/u).map((part) => {
      if (part.startsWith(OPEN)) own = true;
      const span = { text: part, own };
      if (part.endsWith(CLOSE)) own = false;
      return span;
    }),
  );
}

function title(titles: readonly string[]): ComparedRow {
  return { cells: titles.map((text) => [{ text, own: false }]), isTitle: true };
}
