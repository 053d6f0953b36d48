import type { ChangeSet, Text } from "@codemirror/state";
import type { StoryDocument } from "./document.ts";
import { applyEdit, type Edit } from "./edit.ts";
import type { Origin } from "./passages.ts";
import { cursor, type Selection } from "./selection.ts";

/** A state of the story that undo can come back to. */
export interface Revision {
  /** Number of the revision it grew from; its own for the first one. */
  readonly parent: number;
  readonly document: StoryDocument;
  /** After the edit that made it. */
  readonly selection: Selection;
  /** Milliseconds since the epoch of its last edit. */
  readonly at: number;
  readonly origin: Origin;
  /** From the parent's text to this one's; null for the first revision. */
  readonly changes: ChangeSet | null;
}

/**
 * Every state that the story was in: a tree in a flat array, as in the Helix editor. Undo goes to the parent, redo to
 * the child visited last; an edit after undo begins a new branch and the old one stays.
 *
 * Revisions hold whole documents: these share nearly all of their text, about 2 KB each.
 */
export interface UndoTree {
  readonly revisions: readonly Revision[];
  /** Number of the revision that is on the page. */
  readonly current: number;
  /** For a revision, the child that redo goes to. */
  readonly redo: ReadonlyMap<number, number>;
}

/** Longest pause inside one revision of typing, in milliseconds. */
const PAUSE = 2000;
const WRITER: Origin = { by: "writer" };

/** A tree of one revision. `at` in milliseconds since the epoch. */
export function createHistory(document: StoryDocument, at: number): UndoTree {
  const first: Revision = { parent: 0, document, selection: cursor(0), at, origin: WRITER, changes: null };
  return { revisions: [first], current: 0, redo: new Map() };
}

/** The revision on the page. */
export function currentRevision(tree: UndoTree): Revision {
  return revisionAt(tree, tree.current);
}

/** The document on the page. */
export function currentDocument(tree: UndoTree): StoryDocument {
  return currentRevision(tree).document;
}

/**
 * Adds an edit of the current revision as a new revision.
 *
 * With `join` the current revision itself grows instead, which needs a childless one that is not the first, by the
 * same origin; where that does not hold, a new one begins all the same.
 */
export function commit(
  tree: UndoTree,
  edit: Edit,
  at: number,
  options: { readonly join?: boolean } = {},
): UndoTree {
  const current = currentRevision(tree);
  const document = applyEdit(current.document, edit);
  const { selection, origin } = edit;
  if (options.join && canGrow(tree, origin)) {
    const changes = current.changes?.compose(edit.changes) ?? edit.changes;
    const revisions = [...tree.revisions];
    revisions[tree.current] = { ...current, document, selection, at, changes };
    return { ...tree, revisions };
  }
  const revision: Revision = { parent: tree.current, document, selection, at, origin, changes: edit.changes };
  const number = tree.revisions.length;
  return {
    revisions: [...tree.revisions, revision],
    current: number,
    redo: new Map(tree.redo).set(tree.current, number),
  };
}

/** One revision back; the same tree at the first one. */
export function undo(tree: UndoTree): UndoTree {
  const { parent } = currentRevision(tree);
  return parent === tree.current ? tree : { ...tree, current: parent };
}

/** To the child visited last; the same tree where there is none. */
export function redo(tree: UndoTree): UndoTree {
  const child = tree.redo.get(tree.current);
  return child === undefined ? tree : { ...tree, current: child };
}

/** To any revision; redo will follow the way that leads there. Throws a RangeError for a number that is none. */
export function jump(tree: UndoTree, revision: number): UndoTree {
  const ways = new Map(tree.redo);
  for (let child = revision; ; ) {
    const { parent } = revisionAt(tree, child);
    if (parent === child) break;
    ways.set(parent, child);
    child = parent;
  }
  return { ...tree, current: revision, redo: ways };
}

/**
 * Whether an edit goes on with the typing of the current revision: the writer's, at the place where that ended, of
 * the same kind, without a long pause, and not the start of a new word or paragraph.
 */
export function joinsTyping(tree: UndoTree, edit: Edit, at: number): boolean {
  const current = currentRevision(tree);
  if (edit.origin.by !== "writer" || !canGrow(tree, edit.origin) || at - current.at > PAUSE) return false;
  const now = onlyChange(edit.changes);
  const before = current.changes ? onlyChange(current.changes) : null;
  if (!now || !before) return false;
  if (now.inserted === "" && before.inserted === "") {
    // Deleting on: backwards up to the place, or forwards from it.
    return (now.to === before.from || now.from === before.from) && !now.acrossLines;
  }
  if (now.from !== now.to || now.inserted.length > 8 || now.inserted.includes("\n")) return false;
  const end = before.from + before.inserted.length;
  if (
    before.inserted === "" ||
    before.inserted.length > 200 ||
    before.inserted.endsWith("\n") ||
    now.from !== end
  )
    return false;
  return !(/\s$/u.test(before.inserted) && !/^\s/u.test(now.inserted));
}

function canGrow(tree: UndoTree, origin: Origin): boolean {
  const { origin: own, changes } = currentRevision(tree);
  return changes !== null && !tree.redo.has(tree.current) && own.by === "writer" && origin.by === "writer";
}

function revisionAt(tree: UndoTree, number: number): Revision {
  const revision = tree.revisions[number];
  if (!revision) throw new RangeError(`there is no revision ${number} among ${tree.revisions.length}`);
  return revision;
}

interface SingleChange {
  readonly from: number;
  readonly to: number;
  readonly inserted: string;
  readonly acrossLines: boolean;
}

/** The change of a set that has only one, else null. Positions are of the text before it. */
function onlyChange(changes: ChangeSet): SingleChange | null {
  let found: SingleChange | null = null;
  let count = 0;
  changes.iterChanges((from, to, _fromNew, _toNew, inserted: Text) => {
    found = { from, to, inserted: inserted.toString(), acrossLines: to - from > 64 };
    count++;
  });
  return count === 1 ? found : null;
}
