import { cursor } from "../../story/selection.ts";
import type { XRay } from "../../story/xray.ts";
import {
  chanceWords,
  chapterAround,
  extremesOf,
  oddness,
  type ScoredSentence,
  scoredSentences,
} from "../../story/xray-sentences.ts";
import { geometry } from "../geometry.ts";
import type { Model } from "../model.ts";
import { shownXRay } from "../xray-view.ts";
import type { PanelKind, PanelLine } from "./panel-kind.ts";

/** A sentence of the chapter at one end of the scale. */
interface Extreme extends ScoredSentence {
  readonly text: string;
}

/** Longest beginning of a sentence that is shown, in UTF-16 code units. */
const SHOWN = 120;

/** A list so wide has room for figures beside words, in cells. */
const ROOMY = 50;

/** The sentences of the chapter that the model foresaw least, then those that it foresaw best; Enter goes there. */
export const XRAY: PanelKind = {
  title: "Oddest and flattest",
  verb: "go there",
  nothing: "no sentence is scored yet",
  searchable: false,
  lines(model) {
    const roomy = geometry(model).panel.width >= ROOMY;
    return found(model).map((sentence) => toLine(sentence, roomy));
  },
  first: () => 0,
  preview(model, line) {
    const sentence = found(model)[line];
    if (!sentence) return [model, []];
    return [{ ...model, selection: { anchor: sentence.from, head: sentence.to }, goalColumn: null }, []];
  },
  take(model, line, { panel }) {
    const sentence = found({ ...model, panel })[line];
    return [sentence ? { ...model, selection: cursor(sentence.from), goalColumn: null } : model, []];
  },
};

const known = new WeakMap<XRay, { readonly at: number; readonly lines: readonly Extreme[] }>();

/** The lines of a chapter, kept while the x-ray stays: they are asked for with every key. */
function found(model: Model): readonly Extreme[] {
  const xray = shownXRay(model);
  if (!xray) return [];
  // The chapter that the writer came from, wherever the page is looking.
  const { from, to } = chapterAround(xray.text, (model.panel?.back.selection ?? model.selection).head);
  const old = known.get(xray);
  if (old?.at === from) return old.lines;
  const { oddest, flattest } = extremesOf(scoredSentences(xray, from, to));
  const lines = [...oddest, ...flattest].map((sentence) => ({
    ...sentence,
    text: xray.text.sliceString(sentence.from, Math.min(sentence.to, sentence.from + SHOWN)),
  }));
  known.set(xray, { at: from, lines });
  return lines;
}

/** `very odd · 1 in 307`: how far it is from the others, and the geometric mean of its tokens' chances. */
function toLine({ text, surprisal, deviation }: Extreme, roomy: boolean): PanelLine {
  return {
    prefix: deviation > 0 ? "▲ " : "▽ ",
    text,
    detail: roomy ? `${oddness(deviation)} · ${chanceWords(surprisal)}` : oddness(deviation),
  };
}
