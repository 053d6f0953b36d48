import { ChangeSet, type Text } from "@codemirror/state";
import { errorMessage } from "../errors.ts";
import { createDocument } from "../story/document.ts";
import {
  commit,
  createHistory,
  currentDocument,
  currentRevision,
  jump,
  type UndoTree,
} from "../story/history.ts";
import { cursor } from "../story/selection.ts";
import type { EditRecord, GenerationRecord, OutcomeRecord, SessionRecord } from "./records.ts";

/** What a session amounts to. */
export interface FoldedSession {
  /** Revision 0 is the empty story; a text that was opened from its file is a root, which undo does not leave. */
  readonly tree: UndoTree;
  /** In order of time. */
  readonly generations: readonly GenerationRecord[];
  /** By the generation's name; the last word counts. */
  readonly outcomes: ReadonlyMap<string, OutcomeRecord>;
  /** The last save, and the text it held; null where nothing was saved. */
  readonly saved: { readonly sha256: string; readonly text: Text } | null;
  /** Whether the story had the text asked for at the last save or at any moment since. */
  readonly seen: boolean;
  /** Whether it had it between the save before and the last one: while a save runs, the writer goes on. */
  readonly seenBefore: boolean;
  /** Whether the session holds any edit at all. */
  readonly hasText: boolean;
  /** Why the rest of the edits could not be applied; null if all could. */
  readonly problem: string | null;
}

/**
 * Plays a session's edits, undos and jumps again, without a model.
 *
 * @param wanted a text to look out for, see {@link FoldedSession.seen}
 */
export function foldSession(records: readonly SessionRecord[], wanted?: Text): FoldedSession {
  let tree = createHistory(createDocument(""), 0);
  const generations: GenerationRecord[] = [];
  const outcomes = new Map<string, OutcomeRecord>();
  let saved: FoldedSession["saved"] = null;
  let problem: string | null = null;
  let hasText = false;
  let seen = false;
  let seenBefore = false;
  const look = (): boolean => {
    const { text } = currentDocument(tree);
    return wanted !== undefined && text.length === wanted.length && text.eq(wanted);
  };
  for (const [index, record] of records.entries()) {
    switch (record.type) {
      case "header":
      case "take":
        break;
      case "generation":
        generations.push(record);
        break;
      case "outcome":
        outcomes.set(record.generation, record);
        break;
      case "saved":
        saved = { sha256: record.sha256, text: currentDocument(tree).text };
        seenBefore = seen;
        seen = look();
        break;
      case "edit":
      case "jump":
        // From a file's text the session goes on, whatever did not fit before it.
        if (record.type === "edit" && record.cause === "opened") problem = null;
        if (problem !== null) break;
        try {
          tree = record.type === "edit" ? applyRecord(tree, record) : jump(tree, record.to);
          hasText = true;
          seen ||= look();
        } catch (error) {
          problem = `record ${index + 1} does not fit the text before it (${errorMessage(error)})`;
        }
        break;
    }
  }
  return { tree, generations, outcomes, saved, seen, seenBefore, hasText, problem };
}

function applyRecord(before: UndoTree, record: EditRecord): UndoTree {
  const root = record.cause === "opened";
  const tree = root ? jump(before, 0) : before;
  const changes = ChangeSet.fromJSON(record.changes);
  const { length } = currentDocument(tree).text;
  if (changes.length !== length) {
    throw new RangeError(`an edit of a text of ${changes.length} units, but the story has ${length}`);
  }
  const [anchor, head] = record.selection ?? [changes.newLength, changes.newLength];
  const inside = Math.max(anchor, head) <= changes.newLength && Math.min(anchor, head) >= 0;
  const selection = inside ? { anchor, head } : cursor(changes.newLength);
  const time = Date.parse(record.at);
  const at = Number.isNaN(time) ? currentRevision(tree).at : time;
  const edit = { changes, selection, origin: record.origin };
  return commit(tree, edit, at, { root, join: record.joins === true });
}
