import { currentDocument } from "../../story/history.ts";
import { UNITS, type Unit, unitAt } from "../../story/units.ts";
import { geometry } from "../geometry.ts";
import type { Layout } from "../layout.ts";
import type { Message } from "../message.ts";
import type { Model } from "../model.ts";
import { pageDisplay } from "../page.ts";
import type { Step } from "./step.ts";

/** A press this soon after another one at the same place takes hold of more, in milliseconds. */
const AGAIN = 500;

/**
 * Puts the cursor where the pointer is: a second click takes the word, a third the sentence, a fourth the paragraph.
 * Dragging goes on by what the click took, and scrolls at the page's edges.
 */
export function pointAt(model: Model, pointer: Extract<Message, { type: "pointer" }>, layout: Layout): Step {
  const { page } = geometry(model);
  const { x, y, drag, extend, at } = pointer;
  const beyond = y < page.y ? -1 : y >= page.y + page.height ? 1 : 0;
  if ((beyond !== 0 || x >= page.width) && !(drag && model.press)) return [model, []];
  const pos = storyPosition(
    model,
    x,
    Math.max(page.y, Math.min(page.y + page.height - 1, y)) + beyond,
    layout,
  );
  const { text } = currentDocument(model.tree);
  const { press } = model;
  if (extend) {
    const { from, to, unit } = press ?? {
      from: model.selection.anchor,
      to: model.selection.anchor,
      unit: "character",
    };
    if (!drag) return select(model, model.selection.anchor, pos);
    const here = unitAt(text, pos, unit);
    return here.from < from ? select(model, to, here.from) : select(model, from, Math.max(to, here.to));
  }
  const again = press !== null && press.x === x && press.y === y && at - press.at < AGAIN;
  const unit: Unit = again
    ? (UNITS[(UNITS.indexOf(press.unit) + 1) % UNITS.length] ?? "character")
    : "character";
  const { from, to } = unitAt(text, pos, unit);
  const [next] = select(model, from, to);
  return [{ ...next, press: { x, y, at, unit, from, to } }, []];
}

function storyPosition(model: Model, x: number, y: number, layout: Layout): number {
  const { page, margin, textWidth } = geometry(model);
  const display = pageDisplay(model);
  const row = layout.step(display.text, model.top, y - page.y, textWidth);
  return display.toStory(layout.positionAt(display.text, row, Math.max(0, x - margin), textWidth));
}

function select(model: Model, anchor: number, head: number): Step {
  return [{ ...model, selection: { anchor, head }, goalColumn: null }, []];
}
