import type { OutcomeRecord } from "../../sessions/records.ts";
import type { Effect } from "../effects.ts";
import type { Model } from "../model.ts";
import type { Offer } from "../offer.ts";
import { andThen, isoTime, type Step } from "./step.ts";

/** Takes the offer off the page and records what became of it. */
export function dropOffer(model: Model, at: number): Step {
  const { offer } = model;
  if (!offer) return [model, []];
  return andThen(stopRunning(model), (next) => [withoutOffer(next, offer), outcomes(offer, at)]);
}

/** The page without the offer; one whose generation is still running is kept aside until that is recorded. */
export function withoutOffer(model: Model, offer: Offer): Model {
  return { ...model, offer: null, ending: offer.running ? [...model.ending, offer] : model.ending };
}

/** What to record when an offer leaves the page: accepted as far as it was taken, otherwise rejected. */
export function outcomes(offer: Offer, at: number): readonly Effect[] {
  const shown = offer.choices[offer.shown];
  const generations = new Set(offer.choices.map((choice) => choice.generation));
  return [...generations].flatMap((generation): readonly Effect[] => {
    const taken = offer.taken > 0 && shown?.generation === generation;
    // What was offered again and not taken is what it was before.
    if (!taken && offer.recalled?.includes(generation)) return [];
    const record: OutcomeRecord = taken
      ? {
          type: "outcome",
          at: isoTime(at),
          generation,
          outcome: "accepted",
          choice: shown.index,
          text: shown.text.slice(0, offer.taken),
        }
      : { type: "outcome", at: isoTime(at), generation, outcome: "rejected" };
    return [{ type: "record", record }];
  });
}

/** Asks the engine to stop what runs for the offer; what had arrived stays. */
export function stopRunning(model: Model): Step {
  const { offer } = model;
  if (!offer?.running) return [model, []];
  const running = { ...offer.running, stopping: true } as const;
  return [{ ...model, offer: { ...offer, running } }, [{ type: "cancel", id: running.id }]];
}
