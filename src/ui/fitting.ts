import { measure } from "./terminal/widths.ts";

/** As many of some facts as have room in a row, most wanted first: none is shown in part. */
export function fitting(facts: readonly string[], room: number): string {
  let row = "";
  for (const fact of facts) {
    const longer = row === "" ? fact : `${row} · ${fact}`;
    if (measure(longer) > room) break;
    row = longer;
  }
  return row;
}
