import type { PromptView } from "../../engine/types.ts";
import { currentDocument } from "../../story/history.ts";
import type { GenerationId } from "../../story/passages.ts";
import { continuePrompt, rewritePrompt } from "../../story/prompt.ts";
import { selectionRange } from "../../story/selection.ts";
import type { Model } from "../model.ts";
import { type Step, warn } from "./step.ts";

/** Shows what the model would see: to rewrite what is selected, else to go on at the cursor. */
export function showContext(model: Model, id: GenerationId): Step {
  const document = currentDocument(model.tree);
  const { from, to } = selectionRange(model.selection);
  const isRewrite = document.text.sliceString(from, to).trim() !== "";
  const prompt = isRewrite ? rewritePrompt(document, { from, to }) : continuePrompt(document, to);
  const { choices, settings } = model;
  const request = { id, task: isRewrite ? "rewrite" : "continue", ...prompt, choices, settings } as const;
  const dialog = { kind: "context", top: 0, id, view: null } as const;
  return [{ ...model, dialog, panel: null }, [{ type: "inspect", request }]];
}

/** The engine has told what it would be. */
export function receiveContext(model: Model, id: GenerationId, view: PromptView): Step {
  const { dialog } = model;
  if (dialog?.kind !== "context" || dialog.id !== id) return [model, []];
  return [{ ...model, dialog: { ...dialog, view } }, []];
}

/** The engine could not tell. */
export function contextFailed(model: Model, id: GenerationId, text: string): Step {
  const { dialog } = model;
  if (dialog?.kind !== "context" || dialog.id !== id) return [model, []];
  return warn({ ...model, dialog: null }, text);
}
