import { CONTROLS } from "./controls.ts";
import { findCursor } from "./find-view.ts";
import { geometry } from "./geometry.ts";
import { firstShown } from "./list-view.ts";
import { hasPage, type Model } from "./model.ts";
import { PANELS } from "./panels/panels.ts";
import { measure, visible } from "./terminal/widths.ts";

/** A cell of the screen. */
type Cell = { readonly x: number; readonly y: number };

/**
 * Where the cursor stands while something else than the story has the keys: behind what is typed, at the line that is
 * chosen, at the question, at the first cell of what covers the page. Magnifiers and screen readers follow it.
 */
export function inputCursor(model: Model): Cell | null {
  const { dialog, panel, find } = model;
  if (dialog) return dialogCursor(model, dialog);
  if (panel) return panelCursor(model, panel);
  if (find) return findCursor(model, find);
  return model.focus === "controls" ? controlCursor(model) : null;
}

function dialogCursor(model: Model, dialog: NonNullable<Model["dialog"]>): Cell | null {
  const { page, status, dialog: rows } = geometry(model);
  if (dialog.kind === "help" && dialog.query !== "") {
    return { x: Math.min(model.columns - 1, measure(visible(` Find: ${dialog.query}`))), y: page.y };
  }
  if (hasPage(dialog)) return { x: 0, y: page.y };
  const y = model.rows - status - rows;
  if (dialog.kind !== "saveAs") return { x: Math.min(1, model.columns - 1), y };
  return { x: Math.min(model.columns - 1, measure(visible(` Save as: ${dialog.input}`))), y };
}

function panelCursor(model: Model, panel: NonNullable<Model["panel"]>): Cell {
  const places = geometry(model);
  const { page } = places;
  const beside = places.panel.width < model.columns;
  const left = (beside ? page.width : 0) + PANEL_EDGE;
  const top = beside ? page.y : page.y + page.height + places.choices;
  const kind = PANELS[panel.kind];
  const typing = kind.typing?.(panel) ?? null;
  if (kind.searchable || typing !== null) {
    const typed = measure(visible(typing ?? `${kind.title} › ${panel.query}`));
    return { x: Math.min(model.columns - 1, left + typed), y: top };
  }
  const count = kind.lines(model, panel.query).length;
  const first = firstShown(panel.chosen, count, panelRoom(places.panel.height));
  return { x: Math.min(model.columns - 1, left), y: top + 1 + panel.chosen - first };
}

/** Cells of a panel's frame left of its text. */
const PANEL_EDGE = 2;

/** Rows of a panel's list: without its title and its hint. */
export function panelRoom(height: number): number {
  return Math.max(1, height - 2);
}

function controlCursor(model: Model): Cell {
  const { page, controls, choices } = geometry(model);
  const view = controlsView(page.height + choices, model.control);
  const y = page.y + (view.spacious ? 2 : 1) + model.control - view.first;
  return { x: Math.min(model.columns - 1, model.columns - controls + PANEL_EDGE), y };
}

/** How the controls stand in so many rows: with air where there is room, and from which one on. */
export function controlsView(height: number, control: number) {
  const spacious = height >= CONTROLS.length + 8;
  const explained = height >= CONTROLS.length + 5;
  const room = Math.max(1, height - (spacious ? 8 : explained ? 5 : 1));
  return { spacious, explained, room, first: firstShown(control, CONTROLS.length, room) };
}
