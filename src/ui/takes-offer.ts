import { currentDocument } from "../story/history.ts";
import type { Model } from "./model.ts";
import { emptyOffer, jointAt, type Offer, type OfferedChoice, remainingText } from "./offer.ts";
import { type ShownTake, takeWords, type WordPurpose } from "./takes.ts";
import { standingRival, type TakeLine } from "./takes-list.ts";

/** Where a take would stand: a stretch that it replaces, or a point. */
interface Room {
  readonly from: number;
  readonly to: number;
}

/**
 * Where a take of the open list would stand in the story: in the stead of the one that stands at its place, else at the
 * place itself; at the cursor if that is gone. `behind`: behind another one that stands there, not in its stead.
 */
export function roomFor(model: Model, line: TakeLine, behind = false): Room {
  const { length } = currentDocument(model.tree).text;
  const rival = standingRival(line);
  const { place } = line.rivals[0] ?? line.generation;
  const inside = (room: Room): Room => ({
    from: Math.min(length, room.from),
    to: Math.min(length, Math.max(room.from, room.to)),
  });
  if (rival?.standing) {
    const { from, to } = rival.standing;
    return inside(behind && rival !== line.take ? { from: to, to } : { from, to });
  }
  if (!place.gone) return inside(place);
  const cursor = (model.panel?.back.selection ?? model.selection).head;
  return inside({ from: cursor, to: cursor });
}

/** A take on offer again, with the others of its generation to walk through. */
export function recalledOffer(model: Model, line: TakeLine): Offer {
  const room = roomFor(model, line);
  const { takes, id } = line.generation;
  const choices = takes.map(
    ({ choice, text, finish }): OfferedChoice => ({
      generation: id,
      index: choice,
      text,
      finished: { index: choice, text, tokens: [], logprobs: [], finishReason: finish },
    }),
  );
  return {
    ...offerIn(model, room, line),
    choices,
    shown: Math.max(
      0,
      takes.findIndex((take) => take.choice === line.take.choice),
    ),
    recalled: [id],
  };
}

/** A part of a take on offer, alone. */
export function splicedOffer(model: Model, line: TakeLine, purpose: "upTo" | "from", word: number): Offer {
  const room = roomFor(model, line, purpose === "from");
  const part = chosenWords(line.take.text, purpose, word);
  const { text } = currentDocument(model.tree);
  const isApart = room.from === 0 || /\s/u.test(text.sliceString(room.from - 1, room.from));
  const cut = line.take.text.slice(part.from, part.to);
  const words = isApart && part.from > 0 ? cut.trimStart() : cut;
  const { generation, choice, finish } = line.take;
  const finished = { index: choice, text: words, tokens: [], logprobs: [], finishReason: finish };
  return {
    ...offerIn(model, room, line),
    choices: [{ generation, index: choice, text: words, finished }],
    recalled: [generation],
  };
}

/** The words of a take up to the chosen one, or from it on. */
export function chosenWords(text: string, purpose: WordPurpose, word: number): Room {
  const words = takeWords(text);
  const chosen = words[Math.max(0, Math.min(word, words.length - 1))] ?? { from: 0, to: text.length };
  return purpose === "from" ? { from: chosen.from, to: text.length } : { from: 0, to: chosen.to };
}

/** What the page shows of a line of the open list. */
export function shownTake(model: Model, line: TakeLine): ShownTake {
  const offer = recalledOffer(model, line);
  const mode = model.panel?.takes?.mode;
  return {
    story: currentDocument(model.tree).text,
    at: offer.from,
    to: offer.to,
    text: remainingText(offer),
    mark: mode?.kind === "word" ? chosenWords(line.take.text, mode.purpose, mode.word) : null,
  };
}

/** An empty offer for a room: other words for what stands there, or a continuation, which may stand in its stead, too. */
function offerIn(model: Model, { from, to }: Room, { generation }: TakeLine): Offer {
  if (generation.task === "rewrite" && from < to) return emptyOffer("rewrite", from, to);
  return emptyOffer("continue", from, to, jointAt(currentDocument(model.tree).text, to));
}
