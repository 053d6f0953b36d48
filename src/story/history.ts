import type { ChangeSet } from "@codemirror/state";
import type { StoryDocument } from "./document.ts";
import { applyEdit, type Edit } from "./edit.ts";
import { itemAt, type LongList, longList, withItem } from "./long-list.ts";
import type { Origin } from "./passages.ts";
import { cursor, type Selection } from "./selection.ts";

/** A state of the story that undo can come back to. */
export interface Revision {
  /**
   * Number of the revision it grew from. A root is its own parent: the first revision, and a text that was opened
   * from a file.
   */
  readonly parent: number;
  /** The child that redo goes to, the one visited last; null where there is none. */
  readonly next: number | null;
  readonly document: StoryDocument;
  /** After the edit that made it. */
  readonly selection: Selection;
  /** Before that edit: where undo puts the selection back. */
  readonly before: Selection;
  /** Milliseconds since the epoch of its last edit. */
  readonly at: number;
  readonly origin: Origin;
  /** From the text before it to this one's; null for the first revision. */
  readonly changes: ChangeSet | null;
}

/**
 * Every state that the story was in: a tree in a flat list, as in the Helix editor. Undo goes to the parent, redo to
 * the child visited last; an edit after undo begins a new branch and the old one stays.
 *
 * Revisions hold whole documents: these share nearly all of their text, about 2 KB each.
 */
export interface UndoTree {
  readonly revisions: LongList<Revision>;
  /** Number of the revision that is on the page. */
  readonly current: number;
}

/** How an edit enters the tree. */
export interface CommitOptions {
  /** Grow the current revision instead of adding one, if it can grow. */
  readonly join?: boolean;
  /** Make the new revision a root, which undo does not leave. */
  readonly root?: boolean;
  /** The selection before the edit; without it, the cursor at the place of the change. */
  readonly before?: Selection;
}

const WRITER: Origin = { by: "writer" };

/** A tree of one revision. `at` in milliseconds since the epoch. */
export function createHistory(document: StoryDocument, at: number): UndoTree {
  const none = cursor(0);
  const first: Revision = {
    parent: 0,
    next: null,
    document,
    selection: none,
    before: none,
    at,
    origin: WRITER,
    changes: null,
  };
  return { revisions: longList([first]), current: 0 };
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
 * Adds an edit of the current revision as a new revision, or, with `join`, lets the current one grow where
 * {@link canGrow} allows it. Throws a RangeError if the edit was made for a text of another length.
 */
export function commit(tree: UndoTree, edit: Edit, at: number, options: CommitOptions = {}): UndoTree {
  const current = currentRevision(tree);
  const document = applyEdit(current.document, edit);
  const { selection, origin } = edit;
  if (options.join && canGrow(tree, origin)) {
    const changes = current.changes?.compose(edit.changes) ?? edit.changes;
    const grown = { ...current, document, selection, at, changes };
    return { ...tree, revisions: withItem(tree.revisions, tree.current, grown) };
  }
  const number = tree.revisions.length;
  const before = options.before ?? placeOf(edit.changes);
  const parent = options.root ? number : tree.current;
  const revision = { parent, next: null, document, selection, before, at, origin, changes: edit.changes };
  const grown = options.root ? tree : leadTo(tree, tree.current, number);
  return { revisions: withItem(grown.revisions, number, revision), current: number };
}

/** One revision back; the same tree at a root. The selection belongs where {@link Revision.before} of the left one says. */
export function undo(tree: UndoTree): UndoTree {
  const { parent } = currentRevision(tree);
  return parent === tree.current ? tree : { ...tree, current: parent };
}

/** To the child visited last; the same tree where there is none. */
export function redo(tree: UndoTree): UndoTree {
  const { next } = currentRevision(tree);
  return next === null ? tree : { ...tree, current: next };
}

/** To any revision; redo will follow the way that leads there. Throws a RangeError for a number that is none. */
export function jump(tree: UndoTree, revision: number): UndoTree {
  const { parent, next } = currentRevision(tree);
  // The ways to and from the page lead there already.
  if (revision === parent || revision === next) return { ...tree, current: revision };
  let led = tree;
  for (let child = revision; ; ) {
    const above = revisionAt(tree, child).parent;
    if (above === child) return { ...led, current: revision };
    led = leadTo(led, above, child);
    child = above;
  }
}

/** Whether the current revision can grow by an edit: it is no root, has no children, and is by the same hand. */
export function canGrow(tree: UndoTree, { by }: Origin): boolean {
  const { parent, next, origin } = currentRevision(tree);
  return by === "writer" && origin.by === "writer" && parent !== tree.current && next === null;
}

/** The tree in which redo goes from `parent` to `child`. */
function leadTo(tree: UndoTree, parent: number, child: number): UndoTree {
  const revision = revisionAt(tree, parent);
  if (revision.next === child) return tree;
  return { ...tree, revisions: withItem(tree.revisions, parent, { ...revision, next: child }) };
}

/** A cursor behind the text that a change replaces first. */
function placeOf(changes: ChangeSet): Selection {
  let place: number | null = null;
  changes.iterChangedRanges((_from, to) => {
    place ??= to;
  });
  return cursor(place ?? 0);
}

function revisionAt(tree: UndoTree, number: number): Revision {
  const revision = itemAt(tree.revisions, number);
  if (!revision) throw new RangeError(`there is no revision ${number} among ${tree.revisions.length}`);
  return revision;
}
