import type { PageStyle, Span } from "../rows.ts";
import { UNIT_CLASS } from "./cell-table.ts";
import { eachCluster, isUnsupported } from "./clusters.ts";
import { fitCells, measure } from "./widths.ts";

/** A row of the page as it stands, or shall stand, on the screen. */
export interface RowImage {
  readonly text: string;
  /** The styles of its runs, and where each run ends in `text`: `# [runs]` both. */
  readonly styles: readonly PageStyle[];
  readonly ends: readonly number[];
  readonly cells: number;
}

/** A row of blanks. */
export const EMPTY_ROW: RowImage = { text: "", styles: [], ends: [], cells: 0 };

/** The image of some spans, cut off at `width` cells. */
export function rowImage(spans: readonly Span[], width: number): RowImage {
  const whole = spans.map((span) => span.text).join("");
  const fits = measure(whole) <= width;
  const text = fits ? whole : fitCells(whole, width);
  const styles: PageStyle[] = [];
  const ends: number[] = [];
  let end = 0;
  for (const span of spans) {
    if (end >= text.length) break;
    end = Math.min(text.length, end + span.text.length);
    styles.push(span.style);
    ends.push(end);
  }
  return { text, styles, ends, cells: measure(text) };
}

/** Where two images begin to differ, at a boundary of characters in both; null if they are the same. */
export function firstDifference(old: RowImage, next: RowImage): number | null {
  const shorter = Math.min(old.text.length, next.text.length);
  let at = 0;
  while (at < shorter && old.text.charCodeAt(at) === next.text.charCodeAt(at)) at++;
  at = Math.min(at, firstStyleDifference(old, next));
  if (at === old.text.length && at === next.text.length) return null;
  while (!isBoundary(old.text, at) || !isBoundary(next.text, at)) at--;
  return at;
}

/**
 * What writes an image from an offset on, the cursor being there and all styles being off; they are off again after it.
 *
 * After every character about whose width terminals may disagree the cursor is put where it belongs, so that the
 * rest of the row cannot shift; cells that a narrower glyph would leave untouched are erased first. A character that
 * begins in one run and ends in the next is written in the style of the first.
 *
 * @param sgr the escape sequence of a style, empty for none
 */
export function writeRow(image: RowImage, from: number, sgr: (style: PageStyle) => string): string {
  const { styles, ends } = image;
  const rest = image.text.slice(from);
  let output = "";
  let active = "";
  let run = 0;
  eachCluster(
    rest,
    (start, end, cells, column) => {
      while ((ends[run] ?? Number.POSITIVE_INFINITY) <= from + start) run++;
      const sequence = sgr(styles[run] ?? "text");
      if (sequence !== active) output += (active === "" ? "" : "\x1b[0m") + sequence;
      active = sequence;
      const cluster = rest.slice(start, end);
      output += isCertain(cluster) ? cluster : anchored(cluster, cells, column + cells);
      return true;
    },
    measure(image.text.slice(0, from)),
  );
  return active === "" ? output : `${output}\x1b[0m`;
}

function firstStyleDifference(old: RowImage, next: RowImage): number {
  let start = 0;
  for (let run = 0; run < next.styles.length && run < old.styles.length; run++) {
    if (old.styles[run] !== next.styles[run]) return start;
    const oldEnd = old.ends[run] ?? 0;
    const nextEnd = next.ends[run] ?? 0;
    if (oldEnd !== nextEnd) return Math.min(oldEnd, nextEnd);
    start = nextEnd;
  }
  return start;
}

/** Whether characters certainly meet here, and no mark can follow that would join what stands before. */
function isBoundary(text: string, at: number): boolean {
  if (at === 0) return true;
  if (UNIT_CLASS[text.charCodeAt(at - 1)] === 0) return false;
  return at >= text.length || UNIT_CLASS[text.charCodeAt(at)] !== 0;
}

/** A character of uncertain width, with the cursor put behind it. */
function anchored(cluster: string, cells: number, nextColumn: number): string {
  const erased = cells > 1 ? `\x1b[${cells}X` : "";
  return `${erased}${isUnsupported(cluster) ? `\u25cc${cluster}` : cluster}\x1b[${nextColumn + 1}G`;
}

/** Whether every terminal gives a cluster the same width: plain units and single letters. */
function isCertain(cluster: string): boolean {
  return cluster.length === 1 && (UNIT_CLASS[cluster.charCodeAt(0)] !== 0 || /\p{L}/u.test(cluster));
}
