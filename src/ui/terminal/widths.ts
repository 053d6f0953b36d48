import { UNIT_CLASS } from "./cell-table.ts";
import { eachCluster, isPlainAt } from "./clusters.ts";
import { visible } from "./visible.ts";

export { visible } from "./visible.ts";

/**
 * Cells that a text takes in a row, with hidden characters shown as by {@link visible} and tabs reaching to the next
 * multiple of four.
 *
 * @param column column of the text's first cell, for tabs
 */
export function cellWidth(text: string, column = 0): number {
  return measure(visible(text), column);
}

/** The same for text that is visible already. */
export function measure(shown: string, column = 0): number {
  let cells = 0;
  let at = 0;
  while (at < shown.length && isPlainAt(shown, at)) cells += UNIT_CLASS[shown.charCodeAt(at++)] ?? 1;
  if (at === shown.length) return cells;
  const rest = at === 0 ? shown : shown.slice(at);
  eachCluster(
    rest,
    (_from, _to, width) => {
      cells += width;
      return true;
    },
    column + cells,
  );
  return cells;
}

/** The longest beginning of a text, in whole characters, that fits into so many cells; shown as by {@link visible}. */
export function fitCells(text: string, cells: number): string {
  const shown = visible(text);
  let end = 0;
  eachCluster(shown, (_from, to, width, column) => {
    if (column + width > cells) return false;
    end = to;
    return true;
  });
  return shown.slice(0, end);
}
