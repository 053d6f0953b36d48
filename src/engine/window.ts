import type { Tokenizer } from "./types.ts";

/** Text and its ids. */
export interface Encoded {
  readonly text: string;
  readonly tokens: readonly number[];
}

/**
 * Where a text may begin, the best first: a paragraph, a line, a sentence, a word. Each matches what stands before
 * the beginning.
 */
const BEGINNINGS: readonly RegExp[] = [/\n[ \t\r]*\n\s*/g, /\n\s*/g, /[.!?…]["'”’»)\]]*\s+/g, /\s+/g];

/** Characters before a beginning in which the one before it counts. */
const LOOK_BACK = 4096;

/** Powers of two beyond this one make no place rounder; see {@link WINDOW_GRID}. */
const ROUNDEST = 13;

/**
 * A text of which the first characters are left out, as many as a multiple of this, is cut to the same window, as
 * long as that lies {@link LOOK_BACK} characters behind the place where it now begins.
 */
export const WINDOW_GRID = 2 ** ROUNDEST;

/**
 * The end of `text` that fits into `budget` tokens, begun at a paragraph if one is near, else a line, a sentence, a
 * word.
 *
 * The same beginning serves for a long time while text is added at the end, so that the model's cache stays good: of
 * those that leave from half of the budget to all of it, the roundest is taken, that is the one that is first behind
 * a multiple of the greatest power of two. A beginning is as round as it is whatever comes after it; so the choice only
 * ever moves on, and by a quarter to a half of the budget. Only the end of a long text is ever looked at.
 */
export function cutToWindow(text: string, budget: number, tokenizer: Tokenizer): Encoded {
  if (!(Number.isInteger(budget) && budget > 0))
    throw new RangeError(`budget must be 1 or more, got ${budget}`);
  const tail = encodeTail(text, budget, tokenizer);
  if (tail.text.length === text.length && tail.tokens.length <= budget) return tail;

  const leaves = (count: number) => text.length - tokenizer.decode(tail.tokens.slice(-count)).length;
  const latest = leaves(Math.ceil(budget / 2));
  for (let earliest = leaves(budget); earliest <= latest; ) {
    const at = roundestBeginning(text, earliest, latest);
    const rest = text.slice(at);
    const tokens = tokenizer.encode(rest);
    if (tokens.length < budget / 2) break;
    if (tokens.length <= budget) return { text: rest, tokens };
    // A word may take more tokens where nothing stands before it.
    earliest = at + 1;
  }
  // Characters of very different length in tokens: no beginning is at a good place.
  const tokens = tail.tokens.slice(-budget);
  return { text: tokenizer.decode(tokens), tokens };
}

/**
 * Where to begin among `tokens` when they have outgrown the window while text is being generated: the index from
 * which on at most a half of `window` is kept and at least a quarter, at a line if there is one, else at a sentence,
 * else at a word.
 */
export function slideStart(tokens: readonly number[], window: number, tokenizer: Tokenizer): number {
  const from = Math.max(1, tokens.length - Math.floor(window / 2));
  const to = Math.max(from, tokens.length - Math.floor(window / 4));
  const texts = tokens.slice(from - 1, to + 1).map((id) => tokenizer.decode([id]));
  const kinds: readonly ((before: string, here: string) => boolean)[] = [
    (before) => before.endsWith("\n"),
    (before, here) => /[.!?…]["'”’»)\]]*$/.test(before) && /^\s/.test(here),
    (_, here) => /^\s/.test(here),
  ];
  for (const begins of kinds) {
    for (let i = 1; i < texts.length; i++) if (begins(texts[i - 1]!, texts[i]!)) return from + i - 1;
  }
  return from;
}

/** An end of `text` that is all of it or has more than `budget` tokens. */
function encodeTail(text: string, budget: number, tokenizer: Tokenizer): Encoded {
  for (let length = 5 * budget; ; length *= 2) {
    const tail = length >= text.length ? text : text.slice(wholeCharacter(text, text.length - length));
    const tokens = tokenizer.encode(tail);
    if (tail.length === text.length || tokens.length > budget) return { text: tail, tokens };
  }
}

/** The roundest beginning of the best kind there is from `earliest` to `latest`, the first of equals. */
function roundestBeginning(text: string, earliest: number, latest: number): number {
  const start = Math.max(0, earliest - LOOK_BACK);
  const part = text.slice(start, latest + 1);
  for (const pattern of BEGINNINGS) {
    let best: { readonly at: number; readonly roundness: number } | null = null;
    let before = start;
    for (const found of part.matchAll(pattern)) {
      const at = start + found.index + found[0].length;
      const roundness = roundnessBetween(Math.max(before, at - LOOK_BACK), at);
      before = at;
      if (at < earliest || at > latest) continue;
      if (best === null || roundness > best.roundness) best = { at, roundness };
    }
    if (best !== null) return best.at;
  }
  const unit = 2 ** roundnessBetween(earliest - 1, latest);
  return wholeCharacter(text, latest - (latest % unit));
}

/** The greatest power of two, up to {@link ROUNDEST}, of which a multiple is above `from` and not above `to`. */
function roundnessBetween(from: number, to: number): number {
  return Math.min(ROUNDEST, 31 - Math.clz32(from ^ to));
}

/** `at`, or the place after it if a surrogate pair would be cut there. */
function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}
