import type { Alternatives } from "../../engine/types.ts";
import { currentDocument } from "../../story/history.ts";
import type { GenerationId } from "../../story/passages.ts";
import { continuePrompt } from "../../story/prompt.ts";
import { selectionRange } from "../../story/selection.ts";
import type { Model } from "../model.ts";
import { closePanel, togglePanel } from "./panel.ts";
import { andThen, type Step, warn } from "./step.ts";

/** Opens the list of what could stand at the cursor, or closes it. */
export function showAlternatives(model: Model, id: GenerationId): Step {
  if (model.panel?.kind === "alternatives") return closePanel(model);
  const document = currentDocument(model.tree);
  const place = selectionRange(model.panel?.back.selection ?? model.selection).to;
  const { before, after, steering } = continuePrompt(document, place);
  const { length } = model.settings;
  const foresight = { id, text: document.text, place, found: null };
  const request = { id, before, after, length, ...(steering ? { steering } : {}) };
  return andThen(togglePanel({ ...model, foresight }, "alternatives"), (next) => [
    next,
    [{ type: "foresee", request }],
  ]);
}

/** The model has told what could stand there; what does is selected while the list is open. */
export function receiveAlternatives(model: Model, id: GenerationId, found: Alternatives): Step {
  const { foresight } = model;
  if (foresight?.id !== id) return [model, []];
  const next = { ...model, foresight: { ...foresight, found } };
  const isShown = model.panel?.kind === "alternatives" && foresight.text === currentDocument(model.tree).text;
  if (!isShown || !found.standing) return [next, []];
  const { text, place } = foresight;
  const width = Math.max(0, found.standing.text.length - found.blanks);
  const selection = { anchor: place, head: Math.min(text.length, place + width) };
  return [{ ...next, selection, goalColumn: null }, []];
}

/** The engine could not tell: the list closes. */
export function foresightFailed(model: Model, id: GenerationId, text: string): Step {
  if (model.foresight?.id !== id) return [model, []];
  const closed: Step = model.panel?.kind === "alternatives" ? closePanel(model) : [model, []];
  return andThen(closed, (next) => warn({ ...next, foresight: null }, text));
}
