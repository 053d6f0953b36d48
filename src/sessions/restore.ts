import { Text } from "@codemirror/state";
import { changesBetween } from "../story/difference.ts";
import { documentText } from "../story/document.ts";
import { type Edit, replaceRange } from "../story/edit.ts";
import { commit, currentDocument, currentRevision, jump, type UndoTree } from "../story/history.ts";
import { cursor, mapSelection } from "../story/selection.ts";
import { type FoldedSession, foldSession } from "./fold.ts";
import { readSession } from "./read.ts";
import { sessionPath } from "./recorder.ts";
import type { EditRecord, SessionRecord } from "./records.ts";
import { readStory, type StoredStory, type StoryFormat } from "./story-file.ts";

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
  /** What the file held, where the story was restored to a later text; null otherwise. */
  readonly unsaved: Text | null;
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
 *   stays in the undo tree;
 * - the session cannot be followed: it begins anew with the file's text.
 *
 * `more`: records that were written elsewhere, after those of the session.
 *
 * Throws a UserError where the file or the session cannot be read.
 */
export async function openStory(
  path: string,
  now: () => Date,
  more: readonly SessionRecord[] = [],
): Promise<OpenedStory> {
  const found = await readSession(sessionPath(path));
  const session = { ...found, records: [...found.records, ...more] };
  const { stored, folded } = foldWith(await readStory(path), session.records);
  const { format, sha256, exists } = stored;
  const { tree, problem, saved } = folded;
  const story = {
    tree,
    format,
    sha256,
    savedText: null,
    past: session.records,
    records: [],
    unsaved: null,
    notices: damage(session.damagedLines, problem),
  };
  const { text } = currentDocument(tree);
  if (problem === null && text.eq(linesOf(stored.text))) return { ...story, savedText: exists ? text : null };
  // What counts is the text: a session that lost records in the middle (a full disk) must not undo a saved file, and
  // a file that holds a later text of the session was written just before a crash.
  // A save took the text as it was when it began; what is recorded before its record may be later.
  const asSaved = folded.seenBefore && saved?.sha256 === sha256;
  const unchanged = exists ? folded.seen || asSaved : saved === null || more.length > 0;
  if (problem === null && folded.hasText && unchanged) {
    const notice = "restored what was not saved when Inkwright last ended; undo goes back through it";
    const held = linesOf(stored.text);
    const savedText = exists ? (saved?.text.eq(held) ? saved.text : held) : null;
    return { ...story, savedText, unsaved: held, notices: [...story.notices, notice] };
  }
  const external = problem === null && folded.hasText;
  const next = external ? takeOver(tree, stored.text, now()) : begin(tree, stored.text, now());
  const notice =
    saved?.sha256 === sha256 && exists
      ? "the session lacks a part of this story, which is as it was saved"
      : "another program changed this story; undo brings the earlier text back";
  const { at } = next.record;
  return {
    ...story,
    tree: next.tree,
    savedText: exists ? currentDocument(next.tree).text : null,
    records: [next.record, ...(sha256 === null ? [] : [{ type: "saved", at, sha256 } as const])],
    notices: external ? [...story.notices, notice] : story.notices,
  };
}

/**
 * The session, folded, and the file as the session reads it: one in which every line ends in `\r\n` by now, while in
 * the session the `\r` is still a part of the text, keeps it there.
 */
function foldWith(
  stored: StoredStory,
  records: readonly SessionRecord[],
): { readonly stored: StoredStory; readonly folded: FoldedSession } {
  const folded = foldSession(records, linesOf(stored.text));
  const kept = /\r$/mu.test(documentText(currentDocument(folded.tree)));
  if (stored.format.lineBreak === "\n" || !kept) return { stored, folded };
  const format = { ...stored.format, lineBreak: "\n" } as const;
  const again = { ...stored, format, text: stored.text.replaceAll("\n", "\r\n") };
  return { stored: again, folded: foldSession(records, linesOf(again.text)) };
}

function damage(lines: number, problem: string | null): readonly string[] {
  const passed = lines === 1 ? "1 damaged line was" : `${lines} damaged lines were`;
  return [
    ...(lines > 0 ? [`${passed} passed over in the session`] : []),
    ...(problem ? [`the session cannot be followed to its end and begins anew: ${problem}`] : []),
  ];
}

/** The file's text as the session's first: undo does not go behind it. */
function begin(tree: UndoTree, text: string, now: Date): Entered {
  const empty = jump(tree, 0);
  const { changes } = replaceRange(currentDocument(empty), 0, 0, text, WRITER);
  // The cursor waits where the story goes on.
  return enter(empty, { changes, selection: cursor(text.trimEnd().length), origin: WRITER }, "opened", now);
}

/** The file's text on top of the session's: what both have keeps its marks. */
function takeOver(tree: UndoTree, text: string, now: Date): Entered {
  const changes = changesBetween(currentDocument(tree).text, linesOf(text));
  const selection = mapSelection(currentRevision(tree).selection, changes);
  return enter(tree, { changes, selection, origin: WRITER }, "external", now);
}

interface Entered {
  readonly tree: UndoTree;
  readonly record: EditRecord;
}

function enter(tree: UndoTree, edit: Edit, cause: "opened" | "external", now: Date): Entered {
  const { changes, selection, origin } = edit;
  return {
    tree: commit(tree, edit, now.getTime(), { root: cause === "opened" }),
    record: {
      type: "edit",
      at: now.toISOString(),
      changes: changes.toJSON(),
      origin,
      selection: [selection.anchor, selection.head],
      cause,
    },
  };
}

function linesOf(text: string): Text {
  return Text.of(text.split("\n"));
}
