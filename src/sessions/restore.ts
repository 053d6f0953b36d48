import { ChangeSet, Text } from "@codemirror/state";
import { documentText } from "../story/document.ts";
import { commit, currentDocument, jump, type UndoTree } from "../story/history.ts";
import { cursor } from "../story/selection.ts";
import { foldSession } from "./fold.ts";
import { readSession } from "./read.ts";
import { sessionPath } from "./recorder.ts";
import type { EditRecord, SessionRecord } from "./records.ts";
import { readStory, type StoryFormat } from "./story-file.ts";

/** A story ready to be edited, with its past. */
export interface OpenedStory {
  readonly tree: UndoTree;
  readonly format: StoryFormat;
  /** Of the file's bytes; null where there is no file yet. */
  readonly sha256: string | null;
  /** The text that the file holds, as one of the tree's own where it is there; null where there is no file. */
  readonly savedText: Text | null;
  /** The session as it was read. */
  readonly past: readonly SessionRecord[];
  /** What the session lacks to stand for this story; to be appended. */
  readonly records: readonly SessionRecord[];
  /** What the writer should know. */
  readonly notices: readonly string[];
}

const WRITER = { by: "writer" } as const;

/**
 * Opens a story and its session and brings the two together:
 *
 * - the session's text is the file's: everything is as it was left, with its marks and its undo tree;
 * - the file is as last saved, and the session holds more (a crash): the session's text is restored;
 * - the file is not as last saved (another program): its text becomes an edit on top, and whatever was in the session
 *   stays in the undo tree.
 *
 * Throws a UserError where the file or the session cannot be read.
 */
export async function openStory(path: string, now: () => Date): Promise<OpenedStory> {
  const stored = await readStory(path);
  const session = await readSession(sessionPath(path));
  const folded = foldSession(session.records, Text.of(stored.text.split("\n")));
  const { format, sha256 } = stored;
  const past = session.records;
  const notices = [
    ...(session.damagedLines > 0
      ? [`${session.damagedLines} damaged lines of the session were passed over`]
      : []),
    ...(folded.problem ? [`the session cannot be followed to its end: ${folded.problem}`] : []),
  ];
  const text = documentText(currentDocument(folded.tree));
  if (folded.problem === null && text === stored.text) {
    const savedText = stored.exists ? currentDocument(folded.tree).text : null;
    return { tree: folded.tree, format, sha256, savedText, past, records: [], notices };
  }
  // Without a record of its own, a file that holds a text of the session was written just before a crash.
  const unchanged = stored.exists ? folded.saved?.sha256 === sha256 || folded.seen : folded.saved === null;
  if (folded.problem === null && folded.hasText && unchanged) {
    return {
      tree: folded.tree,
      format,
      sha256,
      savedText: stored.exists ? (folded.saved?.text ?? null) : null,
      past,
      records: [],
      notices: [...notices, "restored what was not saved when Inkwright last ended; undo takes it back"],
    };
  }
  const cause = folded.hasText ? "external" : "opened";
  const from = folded.problem === null ? folded.tree : jump(folded.tree, 0);
  const { tree, record } = replaceText(from, stored.text, cause, now());
  const goBack: SessionRecord[] = folded.problem === null ? [] : [{ type: "jump", at: record.at, to: 0 }];
  const changed = folded.hasText
    ? ["another program changed this story; undo brings the earlier text back"]
    : [];
  return {
    tree,
    format,
    sha256,
    savedText: stored.exists ? currentDocument(tree).text : null,
    past,
    records: [
      ...goBack,
      record,
      ...(sha256 === null ? [] : [{ type: "saved", at: record.at, sha256 } as const]),
    ],
    notices: [...notices, ...changed],
  };
}

/** One edit that turns the story into `text`, leaving alone what both begin and end with. */
function replaceText(
  tree: UndoTree,
  text: string,
  cause: "opened" | "external",
  now: Date,
): { readonly tree: UndoTree; readonly record: EditRecord } {
  const old = documentText(currentDocument(tree));
  let from = 0;
  while (from < old.length && from < text.length && old[from] === text[from]) from++;
  let end = 0;
  const most = Math.min(old.length, text.length) - from;
  while (end < most && old[old.length - 1 - end] === text[text.length - 1 - end]) end++;
  const insert = Text.of(text.slice(from, text.length - end).split("\n"));
  const changes = ChangeSet.of({ from, to: old.length - end, insert }, old.length);
  const selection = cursor(cause === "opened" ? 0 : from);
  const edit = { changes, selection, origin: WRITER };
  return {
    tree: commit(tree, edit, now.getTime()),
    record: {
      type: "edit",
      at: now.toISOString(),
      changes: changes.toJSON(),
      origin: WRITER,
      selection: [selection.anchor, selection.head],
      cause,
    },
  };
}
