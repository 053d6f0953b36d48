import type { Text } from "@codemirror/state";
import { isAbove, type PageRow, type Place } from "./place.ts";
import { columnOf, offsetAt } from "./row-columns.ts";
import { rowAt } from "./terminal/wrap.ts";
import { createWrapCache } from "./wrap-cache.ts";

/**
 * To which row a position between two rows of a paragraph belongs: 1 to the one that begins there, -1 to the one that
 * ends there.
 */
export type Affinity = -1 | 1;

/** Where a position stands: its row, and its column in cells from the row's start, at most the width. */
export interface Located extends Place {
  readonly column: number;
}

/**
 * The text as rows of so many cells. Positions are UTF-16 code units of the text, widths and columns cells, heights
 * rows. Only what is asked for is wrapped, and a paragraph only once.
 */
export interface Layout {
  /** Starts of a line's rows, in code units from its own start. */
  rowsOf(line: string, width: number): readonly number[];
  locate(text: Text, pos: number, width: number, affinity?: Affinity): Located;
  /** The position nearest to a column of a row, never inside a character and never past the row's last one. */
  positionAt(text: Text, place: Place, column: number, width: number): number;
  /** The row so many rows further, or back; the text's first or last row at most. */
  step(text: Text, place: Place, rows: number, width: number): Place;
  /**
   * Moves a position by rows towards a column, its own one if `goalColumn` is null. Beyond the first row it goes to the
   * text's start, beyond the last to its end.
   */
  visualMove(
    text: Text,
    pos: number,
    deltaRows: number,
    goalColumn: number | null,
    width: number,
  ): { pos: number; goalColumn: number };
  /** First and last position in the row of `pos`. */
  rowBounds(text: Text, pos: number, width: number): { from: number; to: number };
  /** The rows on a page; fewer than `height` at the text's end. */
  visibleRows(text: Text, top: Place, width: number, height: number): readonly PageRow[];
  /**
   * The top row of a page that shows `pos`, scrolled as little as possible.
   *
   * @param margin rows to keep above and below it, as far as the height allows
   */
  scrollTo(text: Text, top: Place, pos: number, width: number, height: number, margin?: number): Place;
  /** How many paragraphs were wrapped so far, for tests. */
  readonly wrappedParagraphs: number;
}

/** A layout with a cache of its own. */
export function createLayout(): Layout {
  const cache = createWrapCache();

  function rowCount(text: Text, line: number, width: number): number {
    return cache.rowsOf(text.line(line).text, width).length;
  }

  /** A place that exists in this text: it may have changed since the place was noted. */
  function settle(text: Text, place: Place, width: number): Place {
    const line = Math.max(1, Math.min(text.lines, place.line));
    const row = Math.max(0, Math.min(rowCount(text, line, width) - 1, place.row));
    return line === place.line && row === place.row ? place : { line, row };
  }

  function locate(text: Text, pos: number, width: number, affinity: Affinity = 1): Located {
    const { from, number, text: line } = text.lineAt(pos);
    const starts = cache.rowsOf(line, width);
    let row = rowAt(starts, pos - from);
    if (affinity < 0 && row > 0 && starts[row] === pos - from) row--;
    const column = columnOf(line, starts[row] ?? 0, pos - from);
    return { line: number, row, column: Math.min(column, width) };
  }

  function bounds(text: Text, place: Place, width: number): PageRow {
    const { from, text: line } = text.line(place.line);
    const starts = cache.rowsOf(line, width);
    const to = starts[place.row + 1] ?? line.length;
    return { ...place, from: from + (starts[place.row] ?? 0), to: from + to };
  }

  function positionAt(text: Text, place: Place, column: number, width: number): number {
    const settled = settle(text, place, width);
    const { from, to } = bounds(text, settled, width);
    const isLast = to === text.line(settled.line).to;
    return from + offsetAt(text.sliceString(from, to), column, isLast);
  }

  function step(text: Text, place: Place, rows: number, width: number): Place {
    let { line, row } = settle(text, place, width);
    for (let left = rows; left > 0; left--) {
      if (row + 1 < rowCount(text, line, width)) row++;
      else if (line < text.lines) {
        line++;
        row = 0;
      } else break;
    }
    for (let left = rows; left < 0; left++) {
      if (row > 0) row--;
      else if (line > 1) {
        line--;
        row = rowCount(text, line, width) - 1;
      } else break;
    }
    return { line, row };
  }

  return {
    rowsOf: cache.rowsOf,
    locate,
    positionAt,
    step,
    visualMove(text, pos, deltaRows, goalColumn, width) {
      const here = locate(text, pos, width);
      const goal = goalColumn ?? here.column;
      const there = step(text, here, deltaRows, width);
      if (there.line === here.line && there.row === here.row && deltaRows !== 0) {
        return { pos: deltaRows < 0 ? 0 : text.length, goalColumn: goal };
      }
      return { pos: positionAt(text, there, goal, width), goalColumn: goal };
    },
    rowBounds(text, pos, width) {
      const here = locate(text, pos, width);
      const { from } = bounds(text, here, width);
      return { from, to: positionAt(text, here, Number.POSITIVE_INFINITY, width) };
    },
    visibleRows(text, top, width, height) {
      const rows: PageRow[] = [];
      let { line, row } = settle(text, top, width);
      for (; rows.length < height && line <= text.lines; line++) {
        const count = rowCount(text, line, width);
        for (; row < count && rows.length < height; row++) rows.push(bounds(text, { line, row }, width));
        row = 0;
      }
      return rows;
    },
    scrollTo(text, top, pos, width, height, margin = 0) {
      const kept = Math.max(0, Math.min(margin, Math.floor((height - 1) / 2)));
      const place = locate(text, pos, width);
      const here = { line: place.line, row: place.row };
      const first = settle(text, top, width);
      const highest = step(text, here, -kept, width);
      if (isAbove(highest, first)) return highest;
      const lowest = step(text, here, kept + 1 - height, width);
      // Near the end of the text there are no rows left to keep below.
      return isAbove(first, lowest) ? limitToEnd(text, first, lowest, here, height, width) : first;
    },
    get wrappedParagraphs() {
      return cache.wrapped;
    },
  };

  /** Does not scroll past the page that ends with the text's last row, unless `here` asks for it. */
  function limitToEnd(
    text: Text,
    first: Place,
    wanted: Place,
    here: Place,
    height: number,
    width: number,
  ): Place {
    const last = step(text, here, height, width);
    const lowest = step(text, last, 1 - height, width);
    const limited = isAbove(lowest, wanted) ? lowest : wanted;
    return isAbove(limited, first) ? first : limited;
  }
}
