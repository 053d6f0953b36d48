import { eachCluster } from "./terminal/clusters.ts";
import { cellWidth, visible } from "./terminal/widths.ts";

/** The column of an offset in a line, in cells from the start of its row at `start`. */
export function columnOf(line: string, start: number, offset: number): number {
  return cellWidth(line.slice(start, offset));
}

/**
 * The offset in a row that is nearest to a column, always between characters; the left one if two are as near.
 *
 * @param row the row's own text
 * @param isLast whether the paragraph ends with this row: in any other, its end already belongs to the next row, and
 *   the last offset is the one before its last character
 */
export function offsetAt(row: string, column: number, isLast: boolean): number {
  const shown = visible(row);
  let offset = 0;
  let lastStart = 0;
  eachCluster(shown, (from, to, cells, at) => {
    lastStart = from;
    if (at + cells / 2 >= column) return false;
    offset = to;
    return true;
  });
  return isLast || offset < row.length ? offset : lastStart;
}
