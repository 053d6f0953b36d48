import { eastAsianWidth } from "get-east-asian-width";
import { UNIT_CLASS } from "./cell-table.ts";

/** What the reader sees as one character. */
export interface Cluster {
  /** Offsets in UTF-16 code units. */
  readonly from: number;
  readonly to: number;
  /** Cells on screen; a tab's depend on its column, here it has 0. */
  readonly cells: number;
}

/** Cells from one tab stop to the next. */
export const TAB_STOP = 4;

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Longest stretch handed to the segmenter at once, in UTF-16 units: a row needs no more. */
const LONGEST_RUN = 128;

/** Whether the unit at `at` is a character of its own, so that its class in {@link UNIT_CLASS} is its width. */
export function isPlainAt(text: string, at: number): boolean {
  if (UNIT_CLASS[text.charCodeAt(at)] === 0) return false;
  return at + 1 >= text.length || UNIT_CLASS[text.charCodeAt(at + 1)] !== 0;
}

/**
 * The clusters from `from`, a cluster boundary, up to a place where two plain units meet: at least one, at most
 * about 128 units of them. `text` is visible text, see `visible.ts`.
 */
export function clusterRun(text: string, from: number): readonly Cluster[] {
  const limit = Math.min(text.length, from + LONGEST_RUN);
  let end = from + 1;
  while (end < limit && !(UNIT_CLASS[text.charCodeAt(end - 1)] && UNIT_CLASS[text.charCodeAt(end)])) end++;
  const cut = end === limit && end < text.length && !meetsPlainly(text, end);
  if (cut && isLowSurrogate(text.charCodeAt(end))) end++;
  const run: Cluster[] = [];
  for (const { segment, index } of segmenter.segment(text.slice(from, end))) {
    run.push({ from: from + index, to: from + index + segment.length, cells: clusterCells(segment) });
  }
  // The last cluster of a cut run may go on behind the cut.
  if (cut && run.length > 1) run.pop();
  return run;
}

/**
 * Visits the clusters of a piece of a row in order, each with the column where it starts. A visitor that returns
 * false ends the visit.
 *
 * @param text visible text, see `visible.ts`
 * @param column column of the text's first cell, for tabs
 */
export function eachCluster(
  text: string,
  visit: (from: number, to: number, cells: number, column: number) => boolean,
  column = 0,
): void {
  let at = 0;
  while (at < text.length) {
    if (isPlainAt(text, at)) {
      const cells = UNIT_CLASS[text.charCodeAt(at)] ?? 1;
      if (!visit(at, at + 1, cells, column)) return;
      column += cells;
      at++;
      continue;
    }
    for (const { from, to, cells } of clusterRun(text, at)) {
      const width = text.charCodeAt(from) === 9 ? TAB_STOP - (column % TAB_STOP) : cells;
      if (!visit(from, to, width, column)) return;
      column += width;
      at = to;
    }
  }
}

/** The flag that knows emoji sequences; younger than the language level compiled to, so not in a literal. */
const UNICODE_SETS = "v";
const EMOJI = new RegExp(
  "^(?:\\p{RGI_Emoji}|\\p{Extended_Pictographic}.*\\ufe0f|\\p{Emoji_Presentation})",
  UNICODE_SETS,
);
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7ff]$/u;
/** Widths seen so far: property lookups are slow, and a text has few different clusters. */
const known = new Map<string, number>();

/**
 * Cells of one cluster of visible text.
 *
 * An emoji sequence is two. Other clusters are the sum of their code points' widths as most terminals add them up:
 * nothing for marks without width, format characters and the vowels and tails of conjoining Hangul. Where terminals
 * disagree the larger number is taken: a gap is legible, an overlap is not. A mark with nothing to stand on is one
 * cell, and the painter gives it a dotted circle.
 */
export function clusterCells(cluster: string): number {
  if (cluster === "\t") return 0;
  const found = known.get(cluster);
  if (found !== undefined) return found;
  const cells = computeCells(cluster);
  if (known.size > 10_000) known.clear();
  known.set(cluster, cells);
  return cells;
}

/** Whether a cluster consists only of code points without width, so that it needs something to stand on. */
export function isUnsupported(cluster: string): boolean {
  for (const character of cluster) if (!ZERO.test(character)) return false;
  return true;
}

function computeCells(cluster: string): number {
  if (cluster.length > 1 && EMOJI.test(cluster)) return 2;
  let cells = 0;
  for (const character of cluster) {
    if (!ZERO.test(character)) cells += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return Math.max(1, cells);
}

function meetsPlainly(text: string, at: number): boolean {
  return UNIT_CLASS[text.charCodeAt(at - 1)] !== 0 && UNIT_CLASS[text.charCodeAt(at)] !== 0;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
