import type { ChangeSet, Text } from "@codemirror/state";
import type { EditRecord } from "../../sessions/records.ts";
import { type Edit, replaceRange } from "../../story/edit.ts";
import {
  commit,
  currentDocument,
  currentRevision,
  jump,
  redo,
  type UndoTree,
  undo,
} from "../../story/history.ts";
import { nextGrapheme, nextWord, previousGrapheme, previousWord } from "../../story/motions.ts";
import { selectionRange } from "../../story/selection.ts";
import { nextSentence, previousSentence } from "../../story/sentence.ts";
import { joinsTyping, keysOf } from "../../story/typing.ts";
import { smartened } from "../../story/typography.ts";
import type { Model } from "../model.ts";
import { mapOffer, remainingText } from "../offer.ts";
import { dropOffer } from "./drop.ts";
import { andThen, isoTime, type Step, warn } from "./step.ts";

const WRITER = { by: "writer" } as const;
const READ_ONLY = "open in another Inkwright: F10 takes it over, F2 saves a copy";

/** Puts an edit into the story, its history and its session; what is on offer moves along. */
export function changeStory(model: Model, edit: Edit, at: number, cause?: EditRecord["cause"]): Step {
  if (model.file.readOnly) return warn(model, READ_ONLY);
  if (edit.changes.empty) return [{ ...model, selection: edit.selection, goalColumn: null }, []];
  const stayed = model.selection.head === currentRevision(model.tree).selection.head;
  const join = stayed && joinsTyping(model.tree, edit, at);
  const changed: Model = {
    ...model,
    tree: commit(model.tree, edit, at, { join, before: model.selection }),
    selection: edit.selection,
    goalColumn: null,
    notice: null,
  };
  const record: EditRecord = {
    type: "edit",
    at: isoTime(at),
    changes: edit.changes.toJSON(),
    origin: edit.origin,
    selection: [edit.selection.anchor, edit.selection.head],
    ...(join ? { joins: true } : {}),
    ...(cause ? { cause } : {}),
  };
  return andThen([changed, [{ type: "record", record }]], (next) => moveOffer(next, edit.changes, at));
}

/** The writer's text in place of the selection. */
export function insertText(model: Model, text: string, at: number): Step {
  const { from, to } = selectionRange(model.selection);
  const edit = replaceRange(currentDocument(model.tree), from, to, text, WRITER);
  const { offer } = model;
  if (offer?.task !== "continue" || from !== to || from !== offer.from || model.file.readOnly) {
    return changeStory(model, edit, at);
  }
  // Typed where the offer stands: what agrees with it uses it up, anything else means to go on without it.
  if (!remainingText(offer).startsWith(text))
    return andThen(dropOffer(model, at), (next) => changeStory(next, edit, at));
  return andThen(changeStory(model, edit, at), (next) => [
    { ...next, offer: next.offer && { ...next.offer, taken: next.offer.taken + text.length } },
    [],
  ]);
}

/** Text from the keyboard: however many of its keys came at once, they are typed one by one. */
export function typeText(model: Model, text: string, at: number): Step {
  return keysOf(text).reduce<Step>(
    (step, key) =>
      andThen(step, (before) =>
        andThen(insertText(before, key, at), (after) =>
          after.tree === before.tree ? [after, []] : smarten(after, key, at),
        ),
      ),
    [model, []],
  );
}

/** A new paragraph. */
export function breakParagraph(model: Model, at: number): Step {
  return andThen(smarten(model, "", at), (next) => insertText(next, "\n", at));
}

/** Makes typed quotes, dashes and dots those of print, where the writer wants that: an edit of its own, for undo. */
function smarten(model: Model, typed: string, at: number): Step {
  const { head, anchor } = model.selection;
  if (!model.smartQuotes || model.offer || head !== anchor) return [model, []];
  const document = currentDocument(model.tree);
  const line = document.text.lineAt(head);
  const found = smartened(line.text.slice(0, head - line.from), typed);
  if (!found) return [model, []];
  return changeStory(model, replaceRange(document, head - found.replaced, head, found.insert, WRITER), at);
}

/** How far a deletion goes, backward and forward. */
const DELETIONS = {
  grapheme: [previousGrapheme, nextGrapheme],
  word: [previousWord, nextWord],
  sentence: [previousSentence, nextSentence],
  // A second press takes the line break too.
  paragraph: [
    (text: Text, pos: number) =>
      pos > text.lineAt(pos).from ? text.lineAt(pos).from : previousGrapheme(text, pos),
    (text: Text, pos: number) => (pos < text.lineAt(pos).to ? text.lineAt(pos).to : nextGrapheme(text, pos)),
  ],
} as const;

/** Deletes the selection, or else up to where `motion` leads from the cursor. */
export function deleteTo(model: Model, motion: keyof typeof DELETIONS, forward: boolean, at: number): Step {
  const { from, to } = deletedRange(model, motion, forward);
  if (from === to) return [model, []];
  return changeStory(model, replaceRange(currentDocument(model.tree), from, to, "", WRITER), at);
}

/** Deletes more than a character: with Emacs' keys for both clipboards too, after what was killed just before. */
export function kill(model: Model, motion: keyof typeof DELETIONS, forward: boolean, at: number): Step {
  const { from, to } = deletedRange(model, motion, forward);
  const { killed, clipboard, keymap } = model;
  const done = deleteTo(model, motion, forward, at);
  if (keymap.preset !== "emacs" || done[0].tree === model.tree) return done;
  const on = killed?.tree === model.tree && killed.selection === model.selection ? clipboard : "";
  const gone = currentDocument(model.tree).text.sliceString(from, to);
  const text = forward ? on + gone : gone + on;
  return andThen(done, (next) => [
    { ...next, clipboard: text, killed: { tree: next.tree, selection: next.selection } },
    [{ type: "copy", text }],
  ]);
}

/** What a deletion would delete. */
function deletedRange(
  { tree, selection }: Model,
  motion: keyof typeof DELETIONS,
  forward: boolean,
): { readonly from: number; readonly to: number } {
  const { from, to } = selectionRange(selection);
  if (from < to) return { from, to };
  const other = DELETIONS[motion][forward ? 1 : 0](currentDocument(tree).text, from);
  return { from: Math.min(from, other), to: Math.max(from, other) };
}

/** Copies the selection to both clipboards; `cut` deletes it too. */
export function copySelection(model: Model, cut: boolean, at: number): Step {
  const { from, to } = selectionRange(model.selection);
  if (from === to) return [{ ...model, notice: { kind: "info", text: "nothing is selected" } }, []];
  const text = currentDocument(model.tree).text.sliceString(from, to);
  const copied: Step = [{ ...model, clipboard: text }, [{ type: "copy", text }]];
  return cut ? andThen(copied, (next) => deleteTo(next, "grapheme", true, at)) : copied;
}

/** One revision back, or forth again. */
export function travel(model: Model, direction: "undo" | "redo", at: number): Step {
  if (model.file.readOnly) return warn(model, READ_ONLY);
  const { jumped } = model;
  // A jump in the history is undone as the one step that it was.
  if (direction === "undo" && jumped && jumped.to === model.tree.current)
    return jumpTo(model, jumped.from, at);
  const tree = direction === "undo" ? undo(model.tree) : redo(model.tree);
  if (tree.current === model.tree.current) {
    return [{ ...model, notice: { kind: "info", text: `nothing to ${direction}` } }, []];
  }
  const travelled: Model = {
    ...model,
    tree,
    selection: direction === "undo" ? currentRevision(model.tree).before : currentRevision(tree).selection,
    goalColumn: null,
    notice: null,
  };
  const changes = changesBetween(model.tree, tree, direction);
  return andThen(
    [travelled, [{ type: "record", record: { type: "jump", at: isoTime(at), to: tree.current } }]],
    (next) => (changes ? moveOffer(next, changes, at) : dropOffer(next, at)),
  );
}

/** To any revision of the history. */
export function jumpTo(model: Model, revision: number, at: number): Step {
  if (model.file.readOnly) return warn(model, READ_ONLY);
  const tree = jump(model.tree, revision);
  const { selection } = currentRevision(tree);
  const back = model.jumped?.to === model.tree.current && model.jumped.from === revision;
  const from = back ? null : { from: model.tree.current, to: revision };
  const there: Model = { ...model, tree, selection, goalColumn: null, notice: null, jumped: from };
  return andThen(dropOffer(there, at), (next) => [
    next,
    [{ type: "record", record: { type: "jump", at: isoTime(at), to: revision } }],
  ]);
}

/** The cursor stays inside the text, whatever text that now is. */
export function clampSelection(model: Model): Model {
  const { length } = currentDocument(model.tree).text;
  const { anchor, head } = model.selection;
  if (anchor <= length && head <= length) return model;
  return { ...model, selection: { anchor: Math.min(anchor, length), head: Math.min(head, length) } };
}

function moveOffer(model: Model, changes: ChangeSet, at: number): Step {
  if (!model.offer) return [model, []];
  const offer = mapOffer(model.offer, changes);
  return offer ? [{ ...model, offer }, []] : dropOffer(model, at);
}

function changesBetween(before: UndoTree, after: UndoTree, direction: "undo" | "redo"): ChangeSet | null {
  if (direction === "redo") return currentRevision(after).changes;
  return currentRevision(before).changes?.invert(currentDocument(after).text) ?? null;
}
