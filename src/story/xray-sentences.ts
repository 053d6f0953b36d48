import type { Text } from "@codemirror/state";
import { countWords } from "./counts.ts";
import { headingAt, headings } from "./headings.ts";
import { sentenceEnds } from "./sentence.ts";
import { type Mark, marksBetween, type XRay } from "./xray.ts";

/** A sentence and how foreseeable it was. */
export interface ScoredSentence {
  /** In UTF-16 code units of the story, without the white space around it. */
  readonly from: number;
  readonly to: number;
  /** Mean of −log of its tokens' probabilities, in nats. */
  readonly surprisal: number;
  /** Standard deviations above the mean of all sentences that were looked at; below it, negative. */
  readonly deviation: number;
}

/** The ends of the scale, each with its most extreme sentence first. */
export interface Extremes {
  readonly flattest: readonly ScoredSentence[];
  readonly oddest: readonly ScoredSentence[];
}

/** Words that a sentence has at least to be ranked, and the share of it that must have been scored. */
const FEWEST_WORDS = 4;
const SCORED_SHARE = 0.9;

/** Sentences at each end of the scale. */
const EXTREMES = 10;

/** Markdown's headings are no sentences. */
const HEADING = /^#{1,6}(?:[ \t]|$)/;

/** The sentences of a stretch that are long enough and scored, in order. */
export function scoredSentences(xray: XRay, from: number, to: number): readonly ScoredSentence[] {
  const marks = marksBetween(xray, from, to);
  let next = 0;
  const found = sentencesBetween(xray.text, from, to).flatMap((sentence) => {
    const own: Mark[] = [];
    for (let mark = marks[next]; mark && mark.to <= sentence.to; mark = marks[++next]) {
      if (mark.from >= sentence.from) own.push(mark);
    }
    const covered = own.reduce((sum, mark) => sum + mark.to - mark.from, 0);
    if (covered < SCORED_SHARE * sentence.letters || covered === 0) return [];
    const tokens = own.reduce((sum, mark) => sum + mark.tokens, 0);
    const surprisal = own.reduce((sum, mark) => sum + mark.surprisal, 0) / tokens;
    return [{ from: sentence.from, to: sentence.to, surprisal }];
  });
  const mean = average(found.map(({ surprisal }) => surprisal));
  const spread = Math.sqrt(average(found.map(({ surprisal }) => (surprisal - mean) ** 2)));
  return found.map((sentence) => ({
    ...sentence,
    deviation: spread > 0 ? (sentence.surprisal - mean) / spread : 0,
  }));
}

/** The most foreseeable of the sentences below the mean, and the least foreseeable of the others: up to ten each. */
export function extremesOf(sentences: readonly ScoredSentence[]): Extremes {
  const sorted = [...sentences].sort((a, b) => a.surprisal - b.surprisal);
  return {
    flattest: sorted.filter(({ deviation }) => deviation < 0).slice(0, EXTREMES),
    oddest: sorted
      .filter(({ deviation }) => deviation >= 0)
      .slice(-EXTREMES)
      .reverse(),
  };
}

/** How odd or flat a sentence is among its neighbours: `very odd`, `odd`, `usual`, `flat`, `very flat`. */
export function oddness(deviation: number): string {
  if (Math.abs(deviation) < 0.5) return "usual";
  return (Math.abs(deviation) >= 2 ? "very " : "") + (deviation > 0 ? "odd" : "flat");
}

/** The geometric mean of the chances of a sentence's tokens: `1 in 307`. */
export function chanceWords(surprisal: number): string {
  return `1 in ${Math.max(1, Math.round(Math.exp(surprisal))).toLocaleString("en")}`;
}

/** The chapter around a place: what stands under the same heading; before the first one, all up to it. */
export function chapterAround(text: Text, pos: number): { readonly from: number; readonly to: number } {
  const heading = headingAt(text, pos);
  const next = headings(text).find(({ from }) => from > pos);
  return { from: heading?.from ?? 0, to: next?.from ?? text.length };
}

function sentencesBetween(text: Text, from: number, to: number) {
  const sentences: { readonly from: number; readonly to: number; readonly letters: number }[] = [];
  for (let line = text.lineAt(from); line.from < to; line = text.line(line.number + 1)) {
    let start = 0;
    if (!HEADING.test(line.text)) {
      for (const end of [...sentenceEnds(line.text), line.length]) {
        const words = line.text.slice(start, end).trim();
        const at = line.from + line.text.indexOf(words, start);
        const isWhole = at >= from && at + words.length <= to;
        if (isWhole && countWords(words) >= FEWEST_WORDS)
          sentences.push({ from: at, to: at + words.length, letters: words.replaceAll(/\s/gu, "").length });
        start = end;
      }
    }
    if (line.number === text.lines) break;
  }
  return sentences;
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
