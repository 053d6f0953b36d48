import type { ChangeSet, Text } from "@codemirror/state";
import { changesBetween } from "./difference.ts";

/**
 * What must be changed in `ours` so that it has what `theirs` changed of `base` too; null where both changed the same
 * place. Two insertions at one place, and changes that touch, are the same place: which comes first nobody can tell.
 */
export function mergeChanges(base: Text, ours: Text, theirs: Text): ChangeSet | null {
  if (ours.eq(theirs)) return changesBetween(ours, theirs);
  const own = changesBetween(base, ours);
  const other = changesBetween(base, theirs);
  return touches(own, other) ? null : other.map(own);
}

function touches(a: ChangeSet, b: ChangeSet): boolean {
  const ranges: { readonly from: number; readonly to: number }[] = [];
  a.iterChangedRanges((from, to) => ranges.push({ from, to }), true);
  let touched = false;
  b.iterChangedRanges((from, to) => {
    touched ||= ranges.some((range) => from <= range.to && to >= range.from);
  }, true);
  return touched;
}
