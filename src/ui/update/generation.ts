import type { GenerationEvent, Timing } from "../../engine/types.ts";
import type { GenerationRecord } from "../../sessions/records.ts";
import type { GenerationId } from "../../story/passages.ts";
import type { Effect } from "../effects.ts";
import type { Model } from "../model.ts";
import { generationRecord, type Offer, receiveEvent, remainingText } from "../offer.ts";
import { checkOf, choiceNews } from "./choice-news.ts";
import { dropOffer } from "./drop.ts";
import { andThen, isoTime, type Step } from "./step.ts";

const NO_TIMING: Timing = { prefillMs: 0, prefillTokens: 0, decodeMs: 0, decodeTokens: 0 };

/** One event of a generation reached the editor. */
export function receiveGeneration(model: Model, id: GenerationId, event: GenerationEvent, at: number): Step {
  const { offer } = model;
  if (offer?.running?.id !== id) return receiveEnding(model, id, event, at);
  const next: Model = { ...model, offer: receiveEvent(offer, id, event) };
  if (event.type !== "finished") return [next, []];
  const { timing, cancelled } = event;
  const { decodeMs, decodeTokens } = timing;
  const tokensPerSecond =
    decodeTokens > 1 && decodeMs > 0 ? ((decodeTokens - 1) * 1000) / decodeMs : model.engine.tokensPerSecond;
  const timed: Model = { ...next, engine: { ...next.engine, tokensPerSecond } };
  return ended(timed, offer, { timing, ...(cancelled ? { cancelled } : {}) }, at);
}

/** A generation broke off: the engine died or refused. What had arrived stays on offer. */
export function generationFailed(model: Model, id: GenerationId, text: string, at: number): Step {
  const event = { type: "finished", cancelled: true, timing: NO_TIMING } as const;
  const [next, effects] = receiveGeneration(model, id, event, at);
  return [{ ...next, notice: { kind: "warning", text } }, effects];
}

/** Records what still runs as far as it has come, and takes it off the page: nothing will be heard of it any more. */
export function abandonGenerations(model: Model, at: number): Step {
  return andThen(dropOffer(model, at), (next) => [
    { ...next, ending: [] },
    next.ending.flatMap((offer) => recordOf(next, offer, { timing: NO_TIMING, cancelled: true }, at)),
  ]);
}

/** An event for an offer that is not on the page any more: it is followed only to be recorded. */
function receiveEnding(model: Model, id: GenerationId, event: GenerationEvent, at: number): Step {
  const offer = model.ending.find(({ running }) => running?.id === id);
  if (!offer) return [model, []];
  const others = model.ending.filter((other) => other !== offer);
  if (event.type !== "finished") {
    return [{ ...model, ending: [...others, receiveEvent(offer, id, event)] }, []];
  }
  const { timing, cancelled } = event;
  return [
    { ...model, ending: others },
    recordOf(model, offer, { timing, ...(cancelled ? { cancelled } : {}) }, at),
  ];
}

/** How a generation ended, for its record. */
type Ending = Pick<GenerationRecord, "timing" | "cancelled">;

function recordOf(model: Model, offer: Offer, ending: Ending, at: number): readonly Effect[] {
  const { card } = model.engine;
  if (!card) return [];
  const runtime = `${model.app}; ${card.runtime}; node ${model.node}`;
  const record = generationRecord(offer, card, runtime, isoTime(at), ending);
  return record ? [{ type: "record", record }] : [];
}

function ended(model: Model, before: Offer, ending: Ending, at: number): Step {
  const kept = withoutEmptyChoices(model.offer);
  const empty = kept === null && model.offer !== null && !ending.cancelled;
  const text = "the model had nothing to add here: try again, or another temperature";
  const news = kept && model.notice === null ? choiceNews(model, kept) : model.notice;
  const notice = empty ? ({ kind: "info", text } as const) : news;
  const shown = kept?.choices[kept.shown];
  const check = checkOf(shown);
  const effects = [...recordOf(model, before, ending, at), ...check];
  const recorded: Step = [{ ...model, offer: kept, notice }, effects];
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
