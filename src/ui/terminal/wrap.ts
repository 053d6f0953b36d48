import { unspacedWord } from "../../story/unspaced.ts";
import { UNIT_CLASS } from "./cell-table.ts";
import { type Cluster, clusterRun, isPlainAt, TAB_STOP } from "./clusters.ts";
import { visible } from "./visible.ts";

const TAB = 9;
const SPACE = 32;
const HYPHEN = 45;
const IDEOGRAPHIC_SPACE = 0x3000;
/** UTF-16 units compared at once. */
const BLOCK = 4096;
const NOTHING: readonly Cluster[] = [];

/** Characters that may not begin a row (kinsoku, JIS X 4051), with the closing marks of Western text. */
const NO_START = codes(
  "、。，．・：；？！」』】〉》）］｝〕ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…‥–—”’.,:;!?)]}%",
);
/** Characters that may not end a row. */
const NO_END = codes("「『【〈《（［｛〔“‘([{");

/**
 * Where the rows of a paragraph begin, as offsets in UTF-16 code units; the first is 0.
 *
 * Rows break after spaces, hyphens and dashes, between ideographs and between the words of Thai and its neighbours; a
 * word longer than a row breaks between characters, never inside one. Spaces at a row's end hang over its edge. A row holds at least one character, even
 * one wider than the row.
 *
 * @param width cells of a row, at least 1
 */
export function wrap(paragraph: string, width: number): number[] {
  checkWidth(width);
  const text = visible(paragraph);
  const starts = [0];
  for (let start = nextRow(text, 0, width); start < text.length; start = nextRow(text, start, width)) {
    starts.push(start);
  }
  return starts;
}

/**
 * The same as {@link wrap}, from the rows of a paragraph that differs in one stretch: only the rows at the change
 * are wrapped again, until they fall in with the old ones.
 */
export function rewrap(
  paragraph: string,
  width: number,
  old: string,
  oldStarts: readonly number[],
): number[] {
  checkWidth(width);
  const text = visible(paragraph);
  const same = commonStart(paragraph, old);
  const sameEnd = Math.min(commonEnd(paragraph, old), Math.min(paragraph.length, old.length) - same);
  const shift = paragraph.length - old.length;
  // A row's end depends on the word that did not fit, so the rows just before the change are made anew as well.
  const keep = Math.max(1, rowAt(oldStarts, same) - 1);
  const starts = oldStarts.slice(0, keep);
  const settled = paragraph.length - sameEnd;
  for (let start = starts[keep - 1] ?? 0; ; ) {
    start = nextRow(text, start, width);
    if (start >= text.length) return starts;
    if (start >= settled) {
      const row = rowAt(oldStarts, start - shift);
      if (oldStarts[row] === start - shift) {
        for (let rest = row; rest < oldStarts.length; rest++) starts.push((oldStarts[rest] ?? 0) + shift);
        return starts;
      }
    }
    starts.push(start);
  }
}

/** Length of the common beginning of two texts, compared in large blocks because they may be megabytes. */
function commonStart(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at + BLOCK <= shorter && a.slice(at, at + BLOCK) === b.slice(at, at + BLOCK)) at += BLOCK;
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

function commonEnd(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let length = 0;
  while (
    length + BLOCK <= shorter &&
    a.slice(a.length - length - BLOCK, a.length - length) ===
      b.slice(b.length - length - BLOCK, b.length - length)
  ) {
    length += BLOCK;
  }
  while (length < shorter && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length))
    length++;
  return length;
}

/** The row that holds an offset: the last one that begins at or before it. */
export function rowAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Start of the row after the one that begins at `start`, or the text's length. It looks at nothing before `start`. */
function nextRow(text: string, start: number, width: number): number {
  let column = 0;
  let best = -1;
  let ideographBefore = false;
  let openBefore = false;
  let run = NOTHING;
  let next = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const inRun = run[next];
    let end = at + 1;
    let cells: number;
    if (inRun) {
      next++;
      end = inRun.to;
      cells = code === TAB ? TAB_STOP - (column % TAB_STOP) : inRun.cells;
    } else if (isPlainAt(text, at)) {
      cells = UNIT_CLASS[code] ?? 1;
      if (cells === 1 && code > HYPHEN && code < 0x2000 && !ideographBefore && column < width) {
        column++;
        at++;
        openBefore = false;
        continue;
      }
    } else {
      run = clusterRun(text, at);
      next = 0;
      continue;
    }
    const space = end === at + 1 && (code === SPACE || code === TAB || code === IDEOGRAPHIC_SPACE);
    const ideograph = cells === 2 && isIdeographic(code);
    if ((ideograph || ideographBefore) && at > start && !openBefore && !NO_START.has(code)) best = at;
    if (column + cells > width && !space && at > start) {
      const last = Math.max(best, isSouthEast(code) ? unspacedWord(text, at).from : -1);
      return last > start ? last : at;
    }
    column += cells;
    if (space || (breaksAfter(code) && at > start && !NO_START.has(text.charCodeAt(end)))) {
      if (space || text.charCodeAt(at - 1) !== SPACE) best = end;
    }
    ideographBefore = ideograph;
    openBefore = NO_END.has(code);
    at = end;
  }
  return text.length;
}

/** Thai, Lao, Myanmar and Khmer: words without spaces, which no row should cut. */
function isSouthEast(code: number): boolean {
  return (
    (code >= 0x0e00 && code < 0x0f00) ||
    (code >= 0x1000 && code < 0x10a0) ||
    (code >= 0x1780 && code < 0x1800)
  );
}

function breaksAfter(code: number): boolean {
  return code === HYPHEN || code === 0x2010 || code === 0x2013 || code === 0x2014;
}

/** CJK blocks, and the surrogates of planes 2 and 3. */
function isIdeographic(code: number): boolean {
  return (
    (code >= 0x2e80 && code < 0xd800) ||
    (code >= 0xd840 && code <= 0xd8bf) ||
    (code >= 0xf900 && code < 0xffe7)
  );
}

function codes(characters: string): ReadonlySet<number> {
  return new Set([...characters].map((character) => character.charCodeAt(0)));
}

function checkWidth(width: number): void {
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`a row cannot be ${width} cells wide`);
}
