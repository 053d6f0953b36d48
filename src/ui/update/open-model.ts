import { isInUse, type LibraryEntry } from "../library.ts";
import type { Model } from "../model.ts";
import { dropOffer } from "./drop.ts";
import { andThen, type Step, warn } from "./step.ts";

/**
 * Opens a model in the place of the one in use, or has it fetched. The story stays as it is; what is offered goes, since
 * it is the other model's. One that has not written here yet tells its limits.
 */
export function takeModel(model: Model, entry: LibraryEntry, at: number): Step {
  const { name } = entry;
  if (entry.problem !== undefined) return warn(model, `${name}: ${entry.problem}`);
  if (!entry.here) return fetch(model, name);
  if (isInUse(model.engine.card, name) && model.engine.status === "ready") {
    return [{ ...model, notice: { kind: "info", text: `${name} is open already` } }, []];
  }
  const dialog = entry.known || entry.limits === null ? null : limitsDialog(name, entry.limits);
  return andThen(dropOffer(model, at), (next) => [
    {
      ...next,
      engine: { status: "loading", card: null, tokensPerSecond: null },
      prepared: null,
      foresight: null,
      xray: null,
      dialog,
      notice: entry.fits
        ? null
        : { kind: "warning", text: `${name} needs more memory than is free: it may be slow, or not open` },
    },
    [...(next.xray ? [{ type: "score", request: null } as const] : []), { type: "openModel", name }],
  ]);
}

function limitsDialog(name: string, text: string) {
  return { kind: "limits", name, text, top: 0 } as const;
}

function fetch(model: Model, name: string): Step {
  const { pulling } = model.library;
  if (pulling?.name === name) {
    const library = { ...model.library, pulling: null };
    const text = `${name} is not fetched further; what came is kept, and the next time goes on from there`;
    return [{ ...model, library, notice: { kind: "info", text } }, [{ type: "stopPulling" }]];
  }
  if (pulling) return warn(model, `${pulling.name} is being fetched: one after the other`);
  return [
    {
      ...model,
      library: { ...model.library, pulling: { name, text: "asking the hub …" } },
      notice: { kind: "info", text: `${name} is being fetched; you can write meanwhile` },
    },
    [{ type: "pullModel", name }],
  ];
}

/** How far a model is that is being fetched. */
export function pullProgress(model: Model, name: string, text: string): Step {
  if (model.library.pulling?.name !== name) return [model, []];
  return [{ ...model, library: { ...model.library, pulling: { name, text } } }, []];
}

/** A model is here now, or will not come. */
export function pullEnded(model: Model, name: string, problem: string | null): Step {
  if (model.library.pulling?.name !== name) return [model, []];
  const library = { ...model.library, pulling: null };
  if (problem !== null) return warn({ ...model, library }, problem);
  const notice = { kind: "info", text: `${name} is here: choose it among the models to open it` } as const;
  return [{ ...model, library, notice }, [{ type: "readLibrary" }]];
}
