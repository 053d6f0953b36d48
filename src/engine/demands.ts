import { UserError } from "../errors.ts";
import { findPhrases } from "./phrases.ts";
import type { SamplingSettings } from "./settings.ts";
import type { Tokenizer } from "./types.ts";

/** What the next token of a choice must or should be, so that it comes to hold what it must. */
export interface Demand {
  /** Added to the scores of ids. */
  readonly added: ReadonlyMap<number, number>;
  /** The token that is wanted now; `always`, or only where a word would begin. */
  readonly wanted: { readonly id: number; readonly always: boolean } | null;
  /** A phrase was written in: its last word must not be gone on with. */
  readonly wordEnds: boolean;
}

/** Sees to it that a choice holds the phrases that it must. */
export interface Demands {
  /** What is demanded after `tokens`; null where nothing is. */
  after(tokens: readonly number[]): Demand | null;
  /** The phrases that `text` does not hold. */
  missing(text: string): readonly string[];
}

/** The share of the length after which a missing phrase is favoured, and by how much at most. */
const FAVOURED_FROM = 0.25;
const MOST_FAVOUR = 6;

/** Tokens before the last chance in which a place between two words is waited for. */
const WAIT = 16;

/**
 * Phrases of `include`, in any casing, within `length` tokens: each is favoured more and more, and written in where a
 * word begins when no more room can be given away. Throws a UserError where they cannot fit.
 */
export function createDemands(
  include: readonly string[],
  { length }: SamplingSettings,
  tokenizer: Tokenizer,
): Demands | null {
  if (include.length === 0) return null;
  const phrases = include.map((text) => ({
    text,
    finder: findPhrases([{ text }]),
    ids: tokenizer.encode(` ${text.trim()}`),
  }));
  const needed = phrases.reduce((sum, { ids }) => sum + ids.length, 0);
  if (needed > length) {
    throw new UserError(`What must be included takes ${needed} tokens, and the length is ${length}.`, {
      hint: "Ask for a greater length, or for less.",
    });
  }
  const missingIn = (text: string) => phrases.filter(({ finder }) => finder.find(text, true) === null);
  /** The phrase that is being written in. */
  let writing: (typeof phrases)[number] | null = null;

  return {
    missing: (text) => missingIn(text).map(({ text: phrase }) => phrase),
    after(tokens) {
      const wordEnds = writing !== null && endsWith(tokens, writing.ids);
      if (wordEnds) writing = null;
      const missing = missingIn(tokenizer.decode(tokens));
      if (missing.length === 0) return wordEnds ? { added: new Map(), wanted: null, wordEnds } : null;
      const room = missing.reduce((sum, { ids }) => sum + ids.length, 0);
      const left = length - tokens.length;
      const begun = missing.find(({ ids }) => begunLength(tokens, ids) > 0 && ids === writing?.ids);
      const next = begun ?? missing[0]!;
      const had = begun ? begunLength(tokens, next.ids) : 0;
      const id = next.ids[had]!;
      if (begun) return { added: new Map(), wanted: { id, always: true }, wordEnds: false };
      if (left <= room + WAIT) {
        writing = next;
        return { added: new Map(), wanted: { id, always: left <= room }, wordEnds };
      }
      const share = (tokens.length / length - FAVOURED_FROM) / (1 - FAVOURED_FROM);
      const added = new Map<number, number>();
      for (const { ids } of missing) {
        const at = begunLength(tokens, ids);
        if (share > 0 || at > 0) added.set(ids[at]!, at > 0 ? MOST_FAVOUR : MOST_FAVOUR * share);
      }
      return { added, wanted: null, wordEnds };
    },
  };
}

/** How many of the first `ids`, but not all, `tokens` ends with. */
function begunLength(tokens: readonly number[], ids: readonly number[]): number {
  for (let length = Math.min(ids.length - 1, tokens.length); length > 0; length--) {
    if (endsWith(tokens, ids.slice(0, length))) return length;
  }
  return 0;
}

function endsWith(tokens: readonly number[], ids: readonly number[]): boolean {
  return ids.length <= tokens.length && ids.every((id, i) => tokens[tokens.length - ids.length + i] === id);
}
