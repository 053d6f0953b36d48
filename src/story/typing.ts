import type { ChangeSet, Text } from "@codemirror/state";
import type { Edit } from "./edit.ts";
import { canGrow, currentRevision, type UndoTree } from "./history.ts";

/** Longest pause inside one revision of typing, in milliseconds. */
const PAUSE = 2000;
/** What one key types (with an input method, a short word) and deletes (a word) at most, in UTF-16 code units. */
const MOST_TYPED = 8;
const MOST_DELETED = 64;
/** A revision that is this long, in UTF-16 code units, does not grow any more. */
const MOST_IN_ALL = 200;

/**
 * Whether an edit goes on with the typing of the current revision: the writer's, at the place where that ended, of
 * the same kind, without a long pause, and not the start of a new word or paragraph.
 */
export function joinsTyping(tree: UndoTree, edit: Edit, at: number): boolean {
  const current = currentRevision(tree);
  if (!canGrow(tree, edit.origin) || at - current.at > PAUSE) return false;
  const now = onlyChange(edit.changes);
  const before = current.changes ? onlyChange(current.changes) : null;
  if (!now || !before) return false;
  const typed = before.inserted.length > 0;
  return now.inserted.length > 0 ? typed && typesOn(before, now) : !typed && deletesOn(before, now);
}

/**
 * Characters that came at once, as the keys that they would have been one by one; where there are more than anybody
 * types between two looks, as words.
 */
export function keysOf(text: string): readonly string[] {
  return text.length <= MOST_IN_ALL ? [...text] : (text.match(/\s*\S+\s*|\s+/gu) ?? []);
}

function typesOn(before: SingleChange, now: SingleChange): boolean {
  const { inserted } = before;
  if (now.from !== now.to || now.from !== before.from + inserted.length) return false;
  if (now.inserted.length > MOST_TYPED || now.inserted.lines > 1) return false;
  if (inserted.length > MOST_IN_ALL) return false;
  const last = inserted.sliceString(inserted.length - 1);
  return last !== "\n" && (!/\s/u.test(last) || /^\s/u.test(now.inserted.sliceString(0, 1)));
}

/** Backwards up to the place of the deletion before, or forwards from it. */
function deletesOn(before: SingleChange, now: SingleChange): boolean {
  const near = now.to === before.from || now.from === before.from;
  return near && now.to - now.from <= MOST_DELETED && before.to - before.from <= MOST_IN_ALL;
}

interface SingleChange {
  readonly from: number;
  readonly to: number;
  readonly inserted: Text;
}

/** The change of a set that has only one, else null. Positions are of the text before it. */
function onlyChange(changes: ChangeSet): SingleChange | null {
  const found: SingleChange[] = [];
  changes.iterChanges((from, to, _fromNew, _toNew, inserted) => found.push({ from, to, inserted }));
  return found.length === 1 ? (found[0] ?? null) : null;
}
