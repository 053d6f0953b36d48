/** A row of wrapped text: which line of the text, counted from 1, and which of its rows, counted from 0. */
export interface Place {
  readonly line: number;
  readonly row: number;
}

/** One row on the page with its bounds in the text, in UTF-16 code units. */
export interface PageRow extends Place {
  readonly from: number;
  readonly to: number;
}

/** Whether a row stands above another. */
export function isAbove(place: Place, other: Place): boolean {
  return place.line < other.line || (place.line === other.line && place.row < other.row);
}
