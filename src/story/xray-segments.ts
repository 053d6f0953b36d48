import type { Text } from "@codemirror/state";
import { bodyStart } from "./front-matter.ts";
import { sentenceEnds } from "./sentence.ts";

/** A stretch of a story that is scored by itself, in UTF-16 code units. It begins before the white space of a border. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/** Longest segment, and one so short that it joins its neighbour when it changes, in UTF-16 code units. */
const LONGEST = 1000;
const SHORT = 200;

/**
 * What is read before a segment, in UTF-16 code units at most. Together they fit into a window of 512 tokens, at a
 * little under four characters a token.
 */
export const CONTEXT = 800;

/**
 * Cuts a stretch into segments of about equal length: between paragraphs, in a longer paragraph between sentences, else
 * between words. Cuts are made before white space, as GPT-2's tokens have the space in front of their word. Front matter
 * is cut off from the story.
 */
export function cutSegments(text: Text, from = 0, to: number = text.length): readonly Segment[] {
  const body = bodyStart(text);
  if (from < body && body < to) return [...cutSegments(text, from, body), ...cutSegments(text, body, to)];
  const segments: Segment[] = [];
  for (let start = from; start < to; ) {
    const left = to - start;
    const end = left <= LONGEST ? to : cutNear(text, start, start + left / Math.ceil(left / LONGEST), to);
    segments.push({ from: start, to: end });
    start = end;
  }
  return segments;
}

/** Segments after a change of the text, and which of them are as they were. */
export interface Recut {
  readonly segments: readonly Segment[];
  /** So many of the first ones have the same text at the same place, and the same before it. */
  readonly head: number;
  /** So many of the last ones have the same text. */
  readonly tail: number;
  /** Where the two texts are different: from here on, and up to so many code units before their ends. */
  readonly changed: { readonly from: number; readonly fromEnd: number };
  /** From here on no segment has anything else before it than it had. */
  readonly settled: number;
}

/**
 * The segments of the text that `old` became, given those of `old`. Only where the texts differ are they cut anew; a
 * segment that has become short takes in one neighbour.
 */
export function recutSegments(segments: readonly Segment[], old: Text, next: Text): Recut {
  const changed = differing(old, next);
  const shift = next.length - old.length;
  let head = segments.findIndex(({ to }) => to >= changed.from);
  if (head < 0) head = segments.length;
  let first = segments.length;
  while (first > head && (segments[first - 1]?.from ?? 0) >= old.length - changed.fromEnd) first--;
  const startOf = (index: number): number => (segments[index]?.from ?? old.length) + shift;
  while (first < segments.length && startOf(first) > 0 && isWhite(next, startOf(first) - 1)) first++;
  const begin = (): number => (head > 0 ? (segments[head - 1]?.to ?? 0) : 0);
  if (startOf(first) > begin() && startOf(first) - begin() < SHORT) {
    if (first < segments.length) first++;
    else if (head > 0) head--;
  }
  const tail = segments.slice(first).map(({ from, to }) => ({ from: from + shift, to: to + shift }));
  const middle = cutSegments(next, begin(), startOf(first));
  const settled = CONTEXT + 1 + Math.max(next.length - changed.fromEnd, newBody(old, next, changed));
  const all = [...segments.slice(0, head), ...middle, ...tail];
  return { segments: all, head, tail: tail.length, changed, settled };
}

/** Where the story itself begins, where it was another text that began there; else 0. */
function newBody(old: Text, next: Text, changed: Recut["changed"]): number {
  const [was, is] = [bodyStart(old), bodyStart(next)];
  const shift = next.length - old.length;
  const moved = was + shift === is && is >= next.length - changed.fromEnd;
  return (was === is && is <= changed.from) || moved ? 0 : Math.max(was + shift, is);
}

/** What the model reads before a segment: whole words of the story, up to {@link CONTEXT}. */
export function contextOf(text: Text, { from }: Segment): string {
  const body = bodyStart(text);
  const context = text.sliceString(Math.max(body, from - CONTEXT), Math.max(body, from));
  if (from - body <= CONTEXT) return context;
  const word = context.search(/\s/u);
  return word < 0 ? context.replace(/^[\udc00-\udfff]/u, "") : context.slice(word);
}

/** The best place to cut at about `wanted`, within {@link LONGEST} of `start`: between paragraphs, sentences, words. */
function cutNear(text: Text, start: number, wanted: number, end: number): number {
  const limit = Math.min(end, start + LONGEST);
  const paragraphs: number[] = [];
  for (let line = text.lineAt(start); line.to <= limit; line = text.line(line.number + 1)) {
    // Blank lines belong to what comes behind them.
    if (line.to > start && line.text.trim() !== "") paragraphs.push(line.to - trailing(line.text));
    if (line.number === text.lines) break;
  }
  const stretch = text.sliceString(start, limit);
  // A sentence ends before white space, and so does a word; the white space at the beginning ends nothing.
  const inside = (ends: readonly number[]): number[] => ends.filter((at) => at > 0).map((at) => start + at);
  const found = [
    paragraphs.filter((at) => at > start),
    inside(sentenceEnds(stretch)),
    inside([...stretch.matchAll(/(?<=\S)\s/gu)].map(({ index }) => index)),
  ].find((places) => places.length > 0);
  if (!found) return wholeCharacter(text, limit);
  return found.reduce((best, at) => (Math.abs(at - wanted) < Math.abs(best - wanted) ? at : best));
}

/** How much of two texts is the same at their beginnings, and behind that at their ends, in UTF-16 code units. */
function differing(old: Text, next: Text): Recut["changed"] {
  const from = sameUnits(old, next, 1);
  const most = Math.min(old.length, next.length) - from;
  return { from, fromEnd: Math.min(most, sameUnits(old, next, -1)) };
}

/** Code units that two texts have in common from their beginnings on, or with -1 from their ends back. */
function sameUnits(old: Text, next: Text, direction: 1 | -1): number {
  const [a, b] = [old.iter(direction), next.iter(direction)];
  for (let same = 0; ; same += a.value.length) {
    a.next();
    b.next();
    if (a.done || b.done) return same;
    if (a.value === b.value) continue;
    const [left, right] = [a.value, b.value];
    let count = 0;
    const unit = (value: string): string | undefined => value.at(direction > 0 ? count : -1 - count);
    while (unit(left) !== undefined && unit(left) === unit(right)) count++;
    return same + count;
  }
}

/** Whether white space stands at `pos`. */
function isWhite(text: Text, pos: number): boolean {
  return /\s/u.test(text.sliceString(pos, pos + 1));
}

/** White space at the end of a line. */
function trailing(line: string): number {
  return line.length - line.trimEnd().length;
}

/** `pos`, or the place before it where a character would be divided. */
function wholeCharacter(text: Text, pos: number): number {
  return /[\ud800-\udbff]/.test(text.sliceString(pos - 1, pos)) ? pos - 1 : pos;
}
