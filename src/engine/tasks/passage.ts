import { sentenceClosers } from "../sentences.ts";
import type { SamplingSettings } from "../settings.ts";
import type { Tokenizer } from "../types.ts";

/** A passage that is to be rewritten, and how a candidate for its place must look. */
export interface Passage {
  /** White space in front of its words and after them; a candidate has the same. */
  readonly lead: string;
  readonly trail: string;
  readonly words: string;
  /** Its length in tokens, and between which lengths a candidate may end. */
  readonly length: number;
  readonly shortest: number;
  readonly longest: number;
  /** From this length on, it ends where it can. */
  readonly enough: number;
  /** Whether a text ends with the same punctuation; null if the passage ends with a word. */
  readonly endsAlike: ((text: string) => boolean) | null;
  /** Whether it stays on one line. */
  readonly oneLine: boolean;
  /** Whether it begins with a capital, as a sentence does. */
  readonly capital: boolean;
}

/** Between which lengths a candidate may end, in parts of the passage's. */
export type LengthWindow = Pick<SamplingSettings, "shortest" | "longest">;

/** Looks at the passage `selected` and what stands `after` it; candidates have at most `room` tokens. */
export function describePassage(
  selected: string,
  after: string,
  room: number,
  window: LengthWindow,
  tokenizer: Tokenizer,
): Passage {
  const words = selected.trim();
  const lead = selected.slice(0, selected.indexOf(words));
  const trail = selected.slice(lead.length + words.length);
  const length = Math.min(tokenizer.encode(` ${words}`).length, room);
  return {
    lead,
    trail,
    words,
    length,
    shortest: Math.max(1, Math.min(room, Math.ceil(window.shortest * length))),
    // A short sentence needs room to come to its end.
    longest: Math.min(Math.max(Math.floor(window.longest * length), leastRoom(length)), room),
    enough: Math.max(0.8, window.shortest) * length,
    endsAlike: punctuationRule(words, trail + after),
    oneLine: !words.includes("\n"),
    capital: /^\p{P}*\p{Lu}/u.test(words),
  };
}

/** Where a candidate ends. */
export interface Ending {
  /** The number of tokens to keep. */
  readonly keep: number;
  /** Whether it ends as the passage does: with its punctuation, or at a word's end. */
  readonly whole: boolean;
}

/** Tokens that a candidate may have more than a short passage, and up to which length in all. */
const ROOM_TO_END = 6;
const SHORT = 12;

/**
 * The length that candidates for a passage of `length` may have at the least, so that those for a short one can come to
 * an end. Both are in tokens, or in units of which a token has `token`, such as characters.
 */
export function leastRoom(length: number, token = 1): number {
  return Math.min(length + ROOM_TO_END * token, SHORT * token);
}

/** Words in a passage that ends its paragraph, from which on it is taken for a sentence that lacks its full stop. */
const SENTENCE_WORDS = 4;

/**
 * A sentence's end matches any other that is closed by the same quotes; other punctuation matches itself. A passage
 * that ends its paragraph without any, and is no heading and no mere phrase, asks for a sentence's end all the same.
 */
function punctuationRule(words: string, after: string): Passage["endsAlike"] {
  const closers = sentenceClosers(words);
  if (closers !== null) return (text) => sentenceClosers(text) === closers && !/\s$/.test(text);
  const [last] = /\p{P}$/u.exec(words) ?? [];
  if (last !== undefined) return (text) => text.endsWith(last);
  const isSentence =
    /^[^\S\n]*(?:\n|$)/u.test(after) && !/^#/mu.test(words) && words.split(/\s+/u).length >= SENTENCE_WORDS;
  return isSentence ? (text) => sentenceClosers(text) !== null && !/\s$/.test(text) : null;
}

/**
 * Follows a candidate as it grows by a token at a time, and says when it has ended. One whose passage ends with
 * punctuation ends with the same: the first from `enough` on, or the last before that. Any
 * other ends with a word once it is as long as the passage.
 */
export function followEnding(
  passage: Passage,
): (text: string, count: number, continuesWord: boolean) => Ending | null {
  let reserve: number | null = null;
  return (text, count, continuesWord) => {
    if (passage.endsAlike === null) {
      if (count > passage.length && !continuesWord) return { keep: count - 1, whole: true };
      return count > passage.longest ? { keep: passage.longest, whole: false } : null;
    }
    if (passage.endsAlike(text)) {
      if (count >= passage.enough) return { keep: count, whole: true };
      if (count >= passage.shortest) reserve = count;
    }
    if (count < passage.longest) return null;
    return reserve === null ? { keep: count, whole: false } : { keep: reserve, whole: true };
  };
}
