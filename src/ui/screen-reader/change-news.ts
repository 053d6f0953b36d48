import type { ChangeSet, Text } from "@codemirror/state";
import { currentDocument, currentRevision } from "../../story/history.ts";
import { itemAt } from "../../story/long-list.ts";
import type { Model } from "../model.ts";

/** Longest piece of text that is told whole, in UTF-16 code units. */
const LONGEST = 300;

/** What became of the text by an undo, a redo, a jump in the history, or by deleting more than a character. */
export function changeNews(before: Model, after: Model): readonly string[] {
  const [old, now] = [before.tree, after.tree];
  if (old === now) return [];
  const [left, come] = [currentRevision(old), currentRevision(now)];
  const isNew = now.current >= old.revisions.length || now.current === old.current;
  if (isNew) return deletedNews(before, after);
  if (left.parent === now.current && left.changes)
    return [`Undone.${exchange(left.changes, come.document.text, { backwards: true })}`];
  if (come.parent === old.current && come.changes)
    return [`Redone.${exchange(come.changes, left.document.text, { backwards: false })}`];
  return itemAt(old.revisions, now.current) ? ["Another state of the story."] : [];
}

/** What was taken out when nothing was put in: a deletion leaves the cursor where the text was. */
function deletedNews(before: Model, after: Model): readonly string[] {
  const [was, is] = [currentDocument(before.tree).text, currentDocument(after.tree).text];
  const gone = was.length - is.length;
  if (gone < 2 || after.offer !== before.offer) return [];
  const { head } = after.selection;
  const news = quoted(was, head, head + gone);
  return news === "" ? [] : [`Deleted: ${news}`];
}

/** What a change, or its reverse, puts in and takes out; `text` is the one that it is for. */
function exchange(changes: ChangeSet, text: Text, { backwards }: { readonly backwards: boolean }): string {
  const came: string[] = [];
  const went: string[] = [];
  changes.iterChanges((from, to, _from, _to, inserted) => {
    if (from < to) (backwards ? came : went).push(quoted(text, from, to));
    if (inserted.length > 0) (backwards ? went : came).push(quoted(inserted, 0, inserted.length));
  });
  const told = (what: string, pieces: readonly string[]): string => {
    const words = pieces.filter((piece) => piece !== "");
    return words.length > 0 ? ` ${what}: ${words.slice(0, 3).join(", ")}` : "";
  };
  return told("Gone", went) + told("Back", came);
}

/** A stretch of a text in one line, its middle left out where it is long. */
export function quoted(text: Text, from: number, to: number): string {
  if (to - from <= LONGEST) return oneLine(text.sliceString(from, to));
  const half = LONGEST / 2;
  return `${oneLine(text.sliceString(from, from + half))} … ${oneLine(text.sliceString(to - half, to))}`;
}

/** Text as one line: every run of blanks and line ends is one blank. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim();
}
