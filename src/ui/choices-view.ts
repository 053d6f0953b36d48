import type { Offer } from "./offer.ts";

/** Narrowest column in which a choice can be read, and what stands between two, in cells: three fit into 76. */
const NARROWEST = 24;
const GAP = 2;

/** So many must have room beside each other; of more, those around the shown one are there. */
const FEW = 3;

/** Most rows of a choice beside others. */
const MOST_ROWS = 6;

/** A pane narrower than this shows no choices: the page does, one after another. */
const FOLDED = 36;

/** How the choices stand below the page. */
export interface ChoicesView {
  /** How many there are, or will be: those that are asked for have their places from the beginning. */
  readonly count: number;
  /** How many stand beside each other; 1: below each other, a row each. */
  readonly columns: number;
  /** Cells of a column. */
  readonly width: number;
  /** Rows below the headline that they want. */
  readonly rows: number;
}

/** How choices stand in a pane of so many cells on a screen of so many rows; null where there are none to show. */
export function choicesView(offer: Offer | null, width: number, rows: number): ChoicesView | null {
  if (!offer || rows < 12 || width < FOLDED) return null;
  const count = offeredCount(offer);
  if (count === 0 || (count === 1 && offer.task === "continue")) return null;
  const quarter = Math.floor(rows / 4);
  const fitting = Math.floor((width + GAP) / (NARROWEST + GAP));
  // Two of three beside each other would hide the third.
  const columns = fitting >= Math.min(count, FEW) ? Math.min(count, fitting) : 1;
  if (columns === 1) return { count, columns, width, rows: Math.min(count, quarter) };
  const column = Math.floor((width - GAP * (columns - 1)) / columns);
  return { count, columns, width: column, rows: Math.min(MOST_ROWS, quarter) };
}

/** Choices that are there, and those that the running generation will add. */
function offeredCount({ task, choices, running, progress }: Offer): number {
  if (task === "rewrite" || !running) return Math.max(choices.length, progress ? 1 : 0);
  return choices.filter(({ generation }) => generation !== running.id).length + running.count;
}
