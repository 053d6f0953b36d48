import type { ChangeDesc } from "@codemirror/state";

/** A selection in UTF-16 code units: it was begun at `anchor`, and `head` is where the cursor is. */
export interface Selection {
  readonly anchor: number;
  readonly head: number;
}

/** A cursor with nothing selected. */
export function cursor(pos: number): Selection {
  return { anchor: pos, head: pos };
}

/** The selection's bounds in order. */
export function selectionRange({ anchor, head }: Selection): { readonly from: number; readonly to: number } {
  return { from: Math.min(anchor, head), to: Math.max(anchor, head) };
}

/** The selection after a change made elsewhere: text inserted at its place pushes it on. */
export function mapSelection({ anchor, head }: Selection, changes: ChangeDesc): Selection {
  return { anchor: changes.mapPos(anchor, 1), head: changes.mapPos(head, 1) };
}
