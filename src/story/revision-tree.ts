import type { Revision, UndoTree } from "./history.ts";
import { itemAt } from "./long-list.ts";
import type { Origin } from "./passages.ts";

/** A revision as a line of the history. */
export interface RevisionLine {
  /** Its number in the tree. */
  readonly revision: number;
  /** 0 on the way that undo and redo take from root to tip; 1 on a branch from that, and so on. */
  readonly depth: number;
  readonly by: Origin["by"];
  /** Milliseconds since the epoch; 0 where nobody knows. */
  readonly at: number;
  /** What it inserted, or what it deleted after a minus, cut short, on one line. */
  readonly words: string;
}

/** Characters of a change that are told. */
const LONGEST = 60;

/**
 * A tree of revisions as lines, each above the one that it grew from. The way that redo takes comes last, so that a
 * line stands right above its parent unless branches stand between the two:
 *
 *     ● went down to the sea
 *     │ ● climbed the stairs      (left by an undo)
 *     ● She
 *     ● the empty story
 */
export function revisionLines(tree: UndoTree): readonly RevisionLine[] {
  const children = childrenOf(tree);
  const lines: RevisionLine[] = [];
  // What is still to be told, the next one last: whole branches, and single revisions between them.
  const left: { readonly revision: number; readonly depth: number; readonly branch: boolean }[] = [];
  for (const root of children.roots) left.push({ revision: root, depth: 0, branch: true });
  for (let next = left.pop(); next; next = left.pop()) {
    const { revision, depth, branch } = next;
    if (!branch) {
      lines.push(lineOf(tree, revision, depth));
      continue;
    }
    for (let on: number | null = revision; on !== null; ) {
      const here: number = on;
      const all: readonly number[] = children.of(here);
      const ahead: number | null = itemAt(tree.revisions, here)?.next ?? all.at(-1) ?? null;
      left.push({ revision: here, depth, branch: false });
      for (const child of all)
        if (child !== ahead) left.push({ revision: child, depth: depth + 1, branch: true });
      on = ahead;
    }
  }
  return lines;
}

function childrenOf({ revisions }: UndoTree): {
  readonly roots: readonly number[];
  of(revision: number): readonly number[];
} {
  const roots: number[] = [];
  const children = new Map<number, number[]>();
  for (let number = 0; number < revisions.length; number++) {
    const parent = itemAt(revisions, number)?.parent ?? number;
    if (parent === number) roots.push(number);
    else children.set(parent, [...(children.get(parent) ?? []), number]);
  }
  return { roots, of: (revision) => children.get(revision) ?? [] };
}

function lineOf(tree: UndoTree, number: number, depth: number): RevisionLine {
  const revision = itemAt(tree.revisions, number);
  if (!revision) throw new RangeError(`there is no revision ${number} among ${tree.revisions.length}`);
  const { at, origin } = revision;
  return { revision: number, depth, by: origin.by, at, words: wordsOf(tree, revision, number) };
}

function wordsOf(tree: UndoTree, { changes, parent }: Revision, number: number): string {
  if (changes === null) return "(the empty story)";
  const before = itemAt(tree.revisions, parent)?.document.text;
  let inserted = "";
  let deleted = "";
  changes.iterChanges((from, to, _from, _to, text) => {
    if (inserted.length < LONGEST) inserted += ` ${text.sliceString(0, LONGEST)}`;
    if (deleted.length < LONGEST && parent !== number)
      deleted += ` ${before?.sliceString(from, Math.min(to, from + LONGEST)) ?? ""}`;
  });
  const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").trim().slice(0, LONGEST);
  if (oneLine(inserted) !== "") return oneLine(inserted);
  return oneLine(deleted) === "" ? "(white space)" : `− ${oneLine(deleted)}`;
}
