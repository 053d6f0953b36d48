import { ChangeSet, Text } from "@codemirror/state";
import type { StoryDocument } from "./document.ts";
import { mapPassages, type Origin } from "./passages.ts";
import { cursor, type Selection } from "./selection.ts";

/** One change of a story, by whom, and where the selection stands afterwards. */
export interface Edit {
  readonly changes: ChangeSet;
  readonly selection: Selection;
  readonly origin: Origin;
}

/**
 * Puts `insert` in place of what stands between two positions, in UTF-16 code units.
 *
 * @param selection after the edit; without it the cursor stands behind what was inserted
 * @throws RangeError if the positions are not in the story
 */
export function replaceRange(
  document: StoryDocument,
  from: number,
  to: number,
  insert: string,
  origin: Origin,
  selection?: Selection,
): Edit {
  if (!(from >= 0 && from <= to && to <= document.text.length)) {
    throw new RangeError(`an edit of ${from} to ${to} in a story of ${document.text.length} units`);
  }
  const lines = Text.of(insert.split("\n"));
  const changes = ChangeSet.of({ from, to, insert: lines }, document.text.length);
  return { changes, selection: selection ?? cursor(from + lines.length), origin };
}

/** The story after an edit. Throws a RangeError if the edit was made for a text of another length. */
export function applyEdit(document: StoryDocument, edit: Pick<Edit, "changes" | "origin">): StoryDocument {
  return {
    text: edit.changes.apply(document.text),
    passages: mapPassages(document.passages, edit.changes, edit.origin),
  };
}
