import { isInUse, type LibraryEntry } from "../library.ts";
import type { Model } from "../model.ts";
import { togglePanel } from "./panel.ts";
import type { Step } from "./step.ts";

/** Opens the list of models, or closes it. What there is is read anew each time. */
export function openLibrary(model: Model): Step {
  const [next, effects] = togglePanel(model, "models");
  return [next, next.panel?.kind === "models" ? [...effects, { type: "readLibrary" }] : effects];
}

/** All models; the one in use is chosen where the list has just been opened. */
export function receiveLibrary(model: Model, entries: readonly LibraryEntry[]): Step {
  const { library, panel } = model;
  const read = { ...model, library: { ...library, entries } };
  if (panel?.kind !== "models" || library.entries !== null || panel.query !== "") return [read, []];
  const chosen = Math.max(
    0,
    entries.findIndex(({ name }) => isInUse(model.engine.card, name)),
  );
  return [{ ...read, panel: { ...panel, chosen } }, []];
}
