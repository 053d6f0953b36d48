import type { GenerationRequest } from "../../engine/types.ts";
import { currentDocument } from "../../story/history.ts";
import { continuePrompt } from "../../story/prompt.ts";
import { selectionRange } from "../../story/selection.ts";
import type { Message } from "../message.ts";
import type { Model } from "../model.ts";
import { choicesOf, inMiddle } from "./offer.ts";
import type { Step } from "./step.ts";

/**
 * The writer rests: the engine may read ahead what Tab would make it read here. Not while it is generating, has
 * offered something, or is not ready; and not twice for the same.
 */
export function prepareContinuation(model: Model): Step {
  const { offer, ending, engine, file, dialog, panel, prepared, settings } = model;
  const isBusy =
    offer !== null || ending.length > 0 || dialog !== null || panel !== null || model.find !== null;
  if (isBusy || engine.status !== "ready" || file.readOnly) return [model, []];
  const document = currentDocument(model.tree);
  const { text } = document;
  const place = selectionRange(model.selection).to;
  if (prepared?.text === text && prepared.place === place && prepared.settings === settings) {
    return [model, []];
  }
  const prompt = continuePrompt(document, place);
  const request: GenerationRequest = {
    id: "prepare",
    task: "continue",
    ...prompt,
    choices: choicesOf(model),
    settings: inMiddle(settings, prompt.after),
  };
  return [{ ...model, prepared: { text, place, settings } }, [{ type: "prepare", request }]];
}

/** A key or the mouse ends what is read ahead. */
export function stopPreparing(model: Model, message: Message): Step {
  if (model.prepared === null || !isInput(message.type)) return [model, []];
  return [{ ...model, prepared: null }, [{ type: "prepare", request: null }]];
}

/** Whether a message comes from the writer's hands. */
export function isInput(type: Message["type"]): boolean {
  return (
    type === "command" ||
    type === "commands" ||
    type === "keys" ||
    type === "typed" ||
    type === "pasted" ||
    type === "pointer"
  );
}
