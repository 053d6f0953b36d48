import type { GenerationId } from "../../story/passages.ts";
import { cursor } from "../../story/selection.ts";
import type { Model } from "../model.ts";
import type { Offer } from "../offer.ts";
import type { Panel } from "../panel.ts";
import { takeWords } from "../takes.ts";
import { chosenTake, type TakeLine } from "../takes-list.ts";
import { chosenWords, recalledOffer, roomFor, splicedOffer } from "../takes-offer.ts";
import { dropOffer } from "./drop.ts";
import { acceptOffer, proposeFrom } from "./offer.ts";
import { andThen, type Step, warn } from "./step.ts";

const READ_ONLY = "the story is open elsewhere: F2 saves a copy to work on";

/** Takes the chosen line of the list: puts it on offer again, or does what its word was chosen for. */
export function takeChosen(closed: Model, panel: Panel, id: GenerationId, at: number): Step {
  const open = { ...closed, panel };
  const line = chosenTake(open);
  const mode = panel.takes?.mode;
  if (!line || !mode) return [closed, []];
  if (closed.file.readOnly) return warn(closed, READ_ONLY);
  if (mode.kind !== "word") return recall(open, line, at);
  if (mode.purpose === "branch") return branch(open, line, mode.word, id, at);
  const part = splicedOffer(open, line, mode.purpose, mode.word);
  return andThen(putOnPage(open, line, part, at), (next) => acceptOffer(next, at));
}

/** Lets the model go on behind a word of a take; the take's words up to there are offered with what it writes. */
export function branch(open: Model, line: TakeLine, word: number, id: GenerationId, at: number): Step {
  const { from, to } = roomFor(open, line);
  const { text } = line.take;
  const begin = text.slice(0, chosenWords(text, "branch", word).to);
  const closed = { ...open, panel: null, selection: cursor(from), goalColumn: null };
  return proposeFrom(closed, from, begin, id, at, to);
}

/** The number of a take's last word. */
export function lastWord({ take }: TakeLine): number {
  return Math.max(0, takeWords(take.text).length - 1);
}

function recall(open: Model, line: TakeLine, at: number): Step {
  const { standing } = line.take;
  if (standing?.whole) {
    const selection = { anchor: standing.from, head: standing.to };
    const notice = { kind: "info", text: "this take is in the story: here" } as const;
    return [{ ...open, panel: null, selection, goalColumn: null, notice }, []];
  }
  return putOnPage(open, line, recalledOffer(open, line), at);
}

function putOnPage(open: Model, line: TakeLine, offer: Offer, at: number): Step {
  const gone = line.generation.place.gone && offer.from === offer.to;
  const notice = gone
    ? ({ kind: "info", text: "its place is not in the story any more: it is offered at the cursor" } as const)
    : open.notice;
  const closed = { ...open, panel: null, selection: cursor(offer.from), goalColumn: null };
  return andThen(dropOffer(closed, at), (next) => [{ ...next, offer, notice }, []]);
}
