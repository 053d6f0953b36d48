import { sentenceClosers } from "../sentences.ts";
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
  /** The quotes that close its last sentence (often none), null if it does not end with one. */
  readonly closers: string | null;
  /** Whether it stays on one line. */
  readonly oneLine: boolean;
}

/** Looks at the passage `selected`; candidates have at most `room` tokens. */
export function describePassage(selected: string, room: number, tokenizer: Tokenizer): Passage {
  const words = selected.trim();
  const lead = selected.slice(0, selected.indexOf(words));
  const trail = selected.slice(lead.length + words.length);
  const length = Math.min(tokenizer.encode(` ${words}`).length, room);
  return {
    lead,
    trail,
    words,
    length,
    shortest: Math.max(1, Math.ceil(0.6 * length)),
    // A word or two may become a few.
    longest: Math.min(Math.max(Math.floor(1.5 * length), length + 2), room),
    closers: sentenceClosers(words),
    oneLine: !words.includes("\n"),
  };
}

/** Where a candidate ends. */
export interface Ending {
  /** The number of tokens to keep. */
  readonly keep: number;
  /** Whether it ends as the passage does: with its sentence, or at a word's end. */
  readonly whole: boolean;
}

/**
 * Follows a candidate as it grows by a token at a time, and says when it has ended. One whose passage ends a sentence ends with a sentence too, closed by the same
 * quotes: the first after four fifths of the passage's length, or the last before that. Any other ends with a word
 * once it is as long as the passage.
 */
export function followEnding(
  passage: Passage,
): (text: string, count: number, startsWord: boolean) => Ending | null {
  let reserve: number | null = null;
  return (text, count, startsWord) => {
    if (passage.closers === null) {
      if (count > passage.length && startsWord) return { keep: count - 1, whole: true };
      return count > passage.longest ? { keep: passage.longest, whole: false } : null;
    }
    if (sentenceClosers(text) === passage.closers && !/\s$/.test(text)) {
      if (count >= 0.8 * passage.length) return { keep: count, whole: true };
      if (count >= passage.shortest) reserve = count;
    }
    if (count < passage.longest) return null;
    return reserve === null ? { keep: count, whole: false } : { keep: reserve, whole: true };
  };
}
