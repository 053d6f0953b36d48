import type { Alternative } from "../../engine/types.ts";
import { currentDocument } from "../../story/history.ts";
import { proposeFrom } from "../update/offer.ts";
import type { Foresight } from "../xray.ts";
import type { PanelKind, PanelLine } from "./panel-kind.ts";

/**
 * What the model would most likely put at the cursor, and how likely what stands there was. Enter has it go on from
 * another beginning, as an offer.
 */
export const ALTERNATIVES: PanelKind = {
  title: "What could stand here",
  verb: "go on from it",
  nothing: "the model is reading",
  searchable: false,
  lines(model) {
    const { foresight } = model;
    return found(foresight).map((one) => toLine(one, foresight));
  },
  first: () => 0,
  take(closed, line, { id, at, panel }) {
    const { foresight } = closed;
    const chosen = found(foresight)[line];
    const model = { ...closed, selection: panel.back.selection };
    if (!foresight || !chosen) return [model, []];
    if (foresight.text !== currentDocument(model.tree).text)
      return [{ ...model, notice: { kind: "info", text: "the story has changed meanwhile" } }, []];
    if (chosen.id === foresight.found?.standing?.id)
      return [{ ...model, notice: { kind: "info", text: "that is what stands here" } }, []];
    const blanks = foresight.found?.blanks ?? 0;
    // Blanks that stand before the place already are not put there twice.
    const begin = blanks > 0 ? chosen.text.replace(/^[ \t]+/u, "") : chosen.text;
    return proposeFrom(model, foresight.place, begin, id, at);
  },
};

/** A line: a token, with its rank where it is not among the likeliest. */
type Line = Alternative & { readonly rank?: number };

/** The likeliest, and behind them what stands there, where that is not among them. */
function found(foresight: Foresight | null): readonly Line[] {
  const { alternatives, standing } = foresight?.found ?? { alternatives: [], standing: null };
  if (!standing || alternatives.some(({ id }) => id === standing.id)) return alternatives;
  return [...alternatives, standing];
}

function toLine({ id, text, logprob, rank }: Line, foresight: Foresight | null): PanelLine {
  const stands = id === foresight?.found?.standing?.id;
  const chance = percent(Math.exp(logprob));
  return {
    text: `${tokenWords(text, foresight)}${stands ? " (here)" : ""}`,
    detail: rank === undefined ? chance : `no. ${rank.toLocaleString("en")} · ${chance}`,
    current: stands,
  };
}

/** A token as it is read: `…ing` goes on with the word before it, a line break has words of its own. */
function tokenWords(text: string, foresight: Foresight | null): string {
  if (text.trim() === "") return text.includes("\n") ? "(a new line)" : "(a blank)";
  const word = text.trim();
  const before = foresight?.text.sliceString(Math.max(0, foresight.place - 1), foresight.place) ?? "";
  const joins = /^[\p{L}\p{N}]/u.test(text) && /[\p{L}\p{N}]$/u.test(before);
  if (joins) return `…${word}`;
  // Behind a blank the same word comes with a blank of its own and without.
  return /\s$/u.test(before) && /^[ \t]/u.test(text) ? `␣${word}` : word;
}

function percent(share: number): string {
  const value = 100 * share;
  if (value >= 10) return `${Math.round(value)} %`;
  return value >= 0.1 ? `${value.toFixed(1)} %` : "< 0.1 %";
}
