import type { GenerationEvent, Timing } from "../../engine/types.ts";
import type { GenerationRecord } from "../../sessions/records.ts";
import type { GenerationId } from "../../story/passages.ts";
import type { Model } from "../model.ts";
import { generationRecord, type Offer, receiveEvent, remainingText } from "../offer.ts";
import { dropOffer } from "./drop.ts";
import { andThen, isoTime, type Step, warn } from "./step.ts";

const NO_TIMING: Timing = { prefillMs: 0, prefillTokens: 0, decodeMs: 0, decodeTokens: 0 };

/** One event of a generation reached the editor. */
export function receiveGeneration(model: Model, id: GenerationId, event: GenerationEvent, at: number): Step {
  const { offer } = model;
  if (offer?.running?.id !== id) return [model, []];
  const next: Model = { ...model, offer: receiveEvent(offer, id, event, at) };
  if (event.type !== "finished") return [next, []];
  const { decodeMs, decodeTokens } = event.timing;
  const tokensPerSecond =
    decodeTokens > 1 && decodeMs > 0 ? ((decodeTokens - 1) * 1000) / decodeMs : model.engine.tokensPerSecond;
  const timed: Model = { ...next, engine: { ...next.engine, tokensPerSecond } };
  const { timing, cancelled } = event;
  return ended(timed, offer, { timing, ...(cancelled ? { cancelled } : {}) }, at);
}

/** A generation broke off: the engine died or refused. What had arrived stays on offer. */
export function generationFailed(model: Model, id: GenerationId, text: string, at: number): Step {
  const { offer } = model;
  if (offer?.running?.id !== id) return warn(model, text);
  const [next, effects] = ended(
    { ...model, offer: { ...offer, running: null, progress: null } },
    offer,
    { timing: NO_TIMING, cancelled: true },
    at,
  );
  return [{ ...next, notice: { kind: "warning", text } }, effects];
}

function ended(
  model: Model,
  before: Offer,
  end: Pick<GenerationRecord, "timing" | "cancelled">,
  at: number,
): Step {
  const { card } = model.engine;
  const runtime = `${model.app}; ${card?.runtime}; node ${model.node}`;
  const record = card ? generationRecord(before, card, runtime, isoTime(at), end) : null;
  const kept = withoutEmptyChoices(model.offer);
  const notice =
    kept === null && model.offer !== null
      ? ({
          kind: "info",
          text: "the model had nothing to add here: try again, or another temperature",
        } as const)
      : model.notice;
  const recorded: Step = [{ ...model, offer: kept, notice }, record ? [{ type: "record", record }] : []];
  const allTaken = kept !== null && kept.taken > 0 && remainingText(kept) === "";
  return allTaken ? andThen(recorded, (next) => dropOffer(next, at)) : recorded;
}

/** The offer without choices that turned out empty; null when nothing is left of it. */
function withoutEmptyChoices(offer: Offer | null): Offer | null {
  if (!offer) return null;
  const choices = offer.choices.filter((choice) => choice.text !== "");
  if (choices.length === 0) return null;
  return { ...offer, choices, shown: Math.min(offer.shown, choices.length - 1) };
}
