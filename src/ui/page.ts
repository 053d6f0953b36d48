import type { StoryDocument } from "../story/document.ts";
import { currentDocument } from "../story/history.ts";
import { itemAt } from "../story/long-list.ts";
import type { Passage } from "../story/passages.ts";
import { type Selection, selectionRange } from "../story/selection.ts";
import { unitAt } from "../story/units.ts";
import { bandOf, marksBetween } from "../story/xray.ts";
import { composeDisplay, type Display } from "./display.ts";
import { geometry } from "./geometry.ts";
import { inputCursor } from "./input-cursor.ts";
import type { Layout } from "./layout.ts";
import type { Model } from "./model.ts";
import { remainingText } from "./offer.ts";
import { type Marks, type Range, rowSpans, type Span } from "./rows.ts";
import { misspelledRanges } from "./spelling-marks.ts";
import { shownXRay } from "./xray-view.ts";

/** The story on the page: the present one, or an earlier one that the history shows. */
export function shownDocument({ tree, panel }: Pick<Model, "tree" | "panel">): StoryDocument {
  const preview = panel?.preview ?? null;
  return (preview && itemAt(tree.revisions, preview.revision)?.document) ?? currentDocument(tree);
}

/** The selection in that. */
function shownSelection({ selection, panel }: Model): Selection {
  return panel?.preview?.selection ?? selection;
}

/** The text on the page: the story with what is offered standing in its place. */
export function pageDisplay(model: Pick<Model, "tree" | "offer" | "panel">): Display {
  const { text } = shownDocument(model);
  const { offer } = model;
  const take = model.panel?.takes?.shown ?? null;
  if (take) return composeDisplay(text, take.story === text ? take : null);
  if (!offer || model.panel?.preview) return composeDisplay(text, null);
  const ghost = remainingText(offer);
  if (ghost === "") return composeDisplay(text, null);
  return composeDisplay(text, { at: offer.from, to: offer.to, text: ghost });
}

/** The model's passages in the display's own positions; a passage in which ghost text stands is split by it. */
export function displayedPassages(display: Display, passages: readonly Passage[]): readonly Passage[] {
  const { ghost } = display;
  if (!ghost) return passages;
  return passages.flatMap((passage) => {
    const from = display.toDisplay(passage.from);
    const to = display.toDisplay(passage.to);
    const parts = [
      { ...passage, from, to: Math.min(to, ghost.from) },
      { ...passage, from: Math.max(from, ghost.to), to },
    ];
    return parts.filter((part) => part.from < part.to);
  });
}

/** Scrolls as little as possible so that the cursor is on the page, and the offered text too where both fit. */
export function keepCursorVisible(model: Model, layout: Layout): Model {
  const { page, textWidth } = geometry(model);
  const display = pageDisplay(model);
  const margin = page.height >= 12 ? 2 : 0;
  if (model.typewriter) {
    const { line, row } = layout.locate(
      display.text,
      display.toDisplay(shownSelection(model).head),
      textWidth,
    );
    return {
      ...model,
      top: layout.step(display.text, { line, row }, -Math.floor(page.height / 2), textWidth),
    };
  }
  let { top } = model;
  if (top.line > display.text.lines) top = { line: display.text.lines, row: 0 };
  if (display.ghost)
    top = layout.scrollTo(display.text, top, display.ghost.to, textWidth, page.height, margin);
  top = layout.scrollTo(
    display.text,
    top,
    display.toDisplay(shownSelection(model).head),
    textWidth,
    page.height,
    margin,
  );
  return top.line === model.top.line && top.row === model.top.row ? model : { ...model, top };
}

/** A painted row of the page, margin included. */
export interface PaintedRow {
  readonly spans: readonly Span[];
}

/** The rows that are visible now. */
export function pageRows(model: Model, layout: Layout): readonly PaintedRow[] {
  const { page, margin, textWidth } = geometry(model);
  const display = pageDisplay(model);
  const rows = layout.visibleRows(display.text, model.top, textWidth, page.height);
  const marks: Marks = {
    bands: displayedBands(model, display, rows[0]?.from ?? 0, rows.at(-1)?.to ?? 0),
    passages: displayedPassages(display, shownDocument(model).passages),
    ghost: display.ghost,
    selection: displayedSelection(model, display),
    matches: displayedMatches(model, display),
    misspelled: misspelledRanges(model, {
      text: shownDocument(model).text,
      display,
      seen: { from: rows[0]?.from ?? 0, to: rows.at(-1)?.to ?? 0 },
    }),
    focus: displayedFocus(model, display),
  };
  const { ghost } = display;
  const indent: readonly Span[] = margin > 0 ? [{ text: " ".repeat(margin), style: "text" }] : [];
  const offered: readonly Span[] = [
    { text: " ".repeat(Math.max(0, margin - 2)), style: "text" },
    { text: `${OFFERED} `, style: "ghost" },
  ];
  return rows.map((row) => {
    const isOffered = margin >= 2 && ghost !== null && row.from < ghost.to && row.to > ghost.from;
    return { spans: [...(isOffered ? offered : indent), ...rowSpans(display.text, row, marks)] };
  });
}

/** Stands in the margin of rows with offered text, so that these can be told apart without colours. */
const OFFERED = "┊";

/** Where the cursor is on the screen, in cells; null when it is scrolled off the page or that is covered. */
export function pageCursor(model: Model, layout: Layout): { readonly x: number; readonly y: number } | null {
  const { page, margin, textWidth, tooSmall } = geometry(model);
  if (tooSmall) return null;
  if (model.dialog || model.panel || model.find || model.focus !== "story") return inputCursor(model);
  const display = pageDisplay(model);
  const place = layout.locate(display.text, display.toDisplay(model.selection.head), textWidth);
  const rows = layout.visibleRows(display.text, model.top, textWidth, page.height);
  const y = rows.findIndex((row) => row.line === place.line && row.row === place.row);
  if (y < 0) return null;
  return { x: Math.min(page.width - 1, margin + place.column), y: page.y + y };
}

function displayedSelection(
  model: Model,
  display: Display,
): { readonly from: number; readonly to: number } | null {
  const { from, to } = selectionRange(shownSelection(model));
  const { ghost } = display;
  const chosen = model.panel?.takes?.shown?.mark;
  if (chosen && ghost) return { from: ghost.from + chosen.from, to: ghost.from + chosen.to };
  // What a rewrite would replace is not on the page, so its selection has nothing to show.
  if (from === to || (ghost && model.offer?.task === "rewrite")) return null;
  return { from: display.toDisplay(from), to: display.toDisplay(to) };
}

/** Where the search matches. What is on offer is not searched. */
function displayedMatches(model: Model, display: Display): readonly Range[] {
  if (!model.find || model.panel) return [];
  const { matches } = model.find.result;
  const shift = display.ghost ? display.ghost.to - display.ghost.from : 0;
  if (shift === 0) return matches;
  return matches.map(({ from, to }) => ({ from: display.toDisplay(from), to: display.toDisplay(to) }));
}

/** The bands of the x-ray between two positions of the display. What is on offer has none. */
function displayedBands(
  model: Model,
  display: Display,
  from: number,
  to: number,
): NonNullable<Marks["bands"]> {
  const xray = shownXRay(model);
  if (!xray) return [];
  const { ghost } = display;
  return marksBetween(xray, display.toStory(from), display.toStory(to)).flatMap((mark) => {
    const range = { from: display.toDisplay(mark.from), to: display.toDisplay(mark.to) };
    // A word in which something is offered, and words that a rewrite would replace, are not there as they are.
    const covered = ghost !== null && range.from < ghost.to && range.to > ghost.from;
    return covered || range.from >= range.to ? [] : [{ ...range, band: bandOf(mark.rank) }];
  });
}

/** What is not dimmed, with what is on offer in it; null for everything. */
function displayedFocus(model: Model, display: Display): Range | null {
  const { focusMode, selection, panel, find } = model;
  if (focusMode === "off" || panel || find) return null;
  const { text } = currentDocument(model.tree);
  const first = unitAt(text, Math.min(selection.anchor, selection.head), focusMode);
  const last = unitAt(text, Math.max(selection.anchor, selection.head), focusMode);
  const [from, to] = [display.toDisplay(first.from), display.toDisplay(last.to)];
  const { ghost } = display;
  return ghost ? { from: Math.min(from, ghost.from), to: Math.max(to, ghost.to) } : { from, to };
}
