import type { Text } from "@codemirror/state";
import { changesBetween } from "./difference.ts";

/** A stretch in which two texts differ, widened to whole words. */
export interface ChangedStretch {
  /** Where it is in the newer text, in UTF-16 code units. */
  readonly from: number;
  readonly to: number;
  readonly removed: string;
  readonly inserted: string;
}

/** Unchanged code units between two changes that are told as one. */
const GAP = 16;

/** What became of `old` in `next`, stretch by stretch; changes that are near each other are one. */
export function changedStretches(old: Text, next: Text): readonly ChangedStretch[] {
  const ranges: { fromOld: number; toOld: number; from: number; to: number }[] = [];
  changesBetween(old, next).iterChanges((fromOld, toOld, from, to) => {
    const last = ranges.at(-1);
    if (last && from - last.to <= GAP) Object.assign(last, { toOld, to });
    else ranges.push({ fromOld, toOld, from, to });
  });
  return ranges.map(({ fromOld, toOld, from, to }) => {
    const before = wordBefore(next, from);
    const behind = wordAfter(next, to);
    return {
      from: from - before,
      to: to + behind,
      removed: old.sliceString(Math.max(0, fromOld - before), Math.min(old.length, toOld + behind)),
      inserted: next.sliceString(from - before, to + behind),
    };
  });
}

/** Code units of the word that ends at `pos`. */
function wordBefore(text: Text, pos: number): number {
  const line = text.lineAt(pos);
  return /[\p{L}\p{N}\p{M}'’-]*$/u.exec(line.text.slice(0, pos - line.from))?.[0].length ?? 0;
}

/** Code units of the word that goes on at `pos`. */
function wordAfter(text: Text, pos: number): number {
  const line = text.lineAt(pos);
  return /^[\p{L}\p{N}\p{M}'’-]*/u.exec(line.text.slice(pos - line.from))?.[0].length ?? 0;
}
