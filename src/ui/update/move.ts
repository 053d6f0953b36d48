import type { Text } from "@codemirror/state";
import { currentDocument } from "../../story/history.ts";
import {
  nextGrapheme,
  nextParagraph,
  nextWord,
  nextWordStart,
  previousGrapheme,
  previousParagraph,
  previousWord,
} from "../../story/motions.ts";
import { selectionRange } from "../../story/selection.ts";
import { nextSentence, previousSentence } from "../../story/sentence.ts";
import { grownSelection } from "../../story/units.ts";
import { geometry } from "../geometry.ts";
import type { Layout } from "../layout.ts";
import type { Model } from "../model.ts";
import { pageDisplay } from "../page.ts";
import type { Step } from "./step.ts";

/** Motions that look at the text alone. */
const TEXT_MOTIONS = {
  left: previousGrapheme,
  right: nextGrapheme,
  wordLeft: previousWord,
  wordRight: nextWord,
  wordStartRight: nextWordStart,
  paragraphStart: (text: Text, pos: number) => text.lineAt(pos).from,
  paragraphEnd: (text: Text, pos: number) => text.lineAt(pos).to,
  sentenceLeft: previousSentence,
  sentenceRight: nextSentence,
  paragraphUp: previousParagraph,
  paragraphDown: nextParagraph,
  storyStart: () => 0,
  storyEnd: (text: Text) => text.length,
} as const;

/** Names of all motions. */
export type Motion =
  | keyof typeof TEXT_MOTIONS
  | "up"
  | "down"
  | "pageUp"
  | "pageDown"
  | "rowStart"
  | "rowEnd";

/** Moves the cursor; `extend` keeps the selection's other end where it is. */
export function moveCursor(model: Model, motion: Motion, extend: boolean, layout: Layout): Step {
  const { selection } = model;
  if (!extend && selection.anchor !== selection.head && (motion === "left" || motion === "right")) {
    const { from, to } = selectionRange(selection);
    return place(model, motion === "left" ? from : to, false, null);
  }
  if (motion in TEXT_MOTIONS) {
    const find = TEXT_MOTIONS[motion as keyof typeof TEXT_MOTIONS];
    return place(model, find(currentDocument(model.tree).text, selection.head), extend, null);
  }
  return moveByRows(model, motion, extend, layout);
}

/** Scrolls the page without moving the cursor. */
export function scrollBy(model: Model, rows: number, layout: Layout): Step {
  const { textWidth } = geometry(model);
  return [{ ...model, top: layout.step(pageDisplay(model).text, model.top, rows, textWidth) }, []];
}

/** Selects the whole story. */
export function selectAll(model: Model): Step {
  const { length } = currentDocument(model.tree).text;
  return [{ ...model, selection: { anchor: 0, head: length }, goalColumn: null }, []];
}

/** Keeps the cursor alone. */
export function deselect(model: Model): Step {
  const { head } = model.selection;
  return [{ ...model, selection: { anchor: head, head }, marking: false }, []];
}

/** Selects the paragraphs that the selection touches, without the last one's line break. */
export function selectParagraph(model: Model): Step {
  const { text } = currentDocument(model.tree);
  const { from, to } = selectionRange(model.selection);
  const selection = { anchor: text.lineAt(from).from, head: text.lineAt(to).to };
  return [{ ...model, selection, goalColumn: null }, []];
}

/** The same with the line break behind them: the next time, one paragraph more. */
export function selectParagraphs(model: Model): Step {
  const [{ selection, ...rest }] = selectParagraph(model);
  const { length } = currentDocument(model.tree).text;
  return [{ ...rest, selection: { ...selection, head: Math.min(length, selection.head + 1) } }, []];
}

/** Selects the word, then the sentence, the paragraph, the story around the selection. */
export function growSelection(model: Model): Step {
  const { selection, grown } = model;
  const to = grownSelection(currentDocument(model.tree).text, selection);
  const from = grown?.to === selection ? [...grown.from, selection] : [selection];
  return [{ ...model, selection: to, grown: { from, to }, goalColumn: null }, []];
}

/** Goes back to what was selected before it grew; else to the cursor alone. */
export function shrinkSelection(model: Model): Step {
  const { selection, grown } = model;
  const before = grown?.to === selection ? grown.from.at(-1) : undefined;
  if (!grown || !before)
    return [{ ...model, selection: { anchor: selection.head, head: selection.head } }, []];
  return [
    { ...model, selection: before, grown: { from: grown.from.slice(0, -1), to: before }, goalColumn: null },
    [],
  ];
}

function moveByRows(model: Model, motion: Motion, extend: boolean, layout: Layout): Step {
  const { page, textWidth } = geometry(model);
  const display = pageDisplay(model);
  const at = display.toDisplay(model.selection.head);
  if (motion === "rowStart" || motion === "rowEnd") {
    const { from, to } = layout.rowBounds(display.text, at, textWidth);
    return place(model, display.toStory(motion === "rowStart" ? from : to), extend, null);
  }
  const rows = { up: -1, down: 1, pageUp: 1 - page.height, pageDown: page.height - 1 }[
    motion as "up" | "down" | "pageUp" | "pageDown"
  ];
  let moved = layout.visualMove(display.text, at, rows, model.goalColumn, textWidth);
  // Ghost text is not the story: a motion that lands in it goes on to where the story's text begins again.
  for (
    let i = 0;
    i < page.height * 4 && display.toStory(moved.pos) === model.selection.head && moved.pos !== at;
    i++
  ) {
    const further = layout.visualMove(display.text, moved.pos, Math.sign(rows), moved.goalColumn, textWidth);
    if (further.pos === moved.pos) break;
    moved = further;
  }
  const pos = display.toStory(moved.pos);
  const stuck = pos === model.selection.head && (motion === "up" || motion === "down");
  if (stuck) return place(model, motion === "up" ? 0 : currentDocument(model.tree).text.length, extend, null);
  return place(model, pos, extend, moved.goalColumn);
}

function place(model: Model, head: number, extend: boolean, goalColumn: number | null): Step {
  return [{ ...model, selection: { anchor: extend ? model.selection.anchor : head, head }, goalColumn }, []];
}
