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
const BEGINNINGS: readonly RegExp[] = [/\n[ \t\r]*\n\s*/, /\n\s*/, /[.!?…]["'”’»)\]]*\s+/, /\s+/];

/**
 * The end of `text` that fits into `budget` tokens, begun at a paragraph if one is near, else a line, a sentence, a
 * word.
 *
 * The same beginning serves for a long time while text is added at the end, so that the model's cache stays good: the
 * text is laid out in blocks of an eighth to a quarter of the budget, counted from its start, each with one
 * beginning. Of those that leave from half of the budget to all of it, the first of the best kind is taken; so the
 * beginning only ever moves on, and never more than once a block. Only the end of a long text is ever encoded.
 */
export function cutToWindow(text: string, budget: number, tokenizer: Tokenizer): Encoded {
  if (!(Number.isInteger(budget) && budget > 0))
    throw new RangeError(`budget must be 1 or more, got ${budget}`);
  const tail = encodeTail(text, budget, tokenizer);
  if (tail.text.length === text.length && tail.tokens.length <= budget) return tail;

  const block = blockLength(tail, budget);
  let first = Math.floor((text.length - tail.text.length) / block);
  let last = Math.floor(text.length / block);
  while (first < last) {
    const middle = (first + last) >> 1;
    const { at } = beginning(text, middle * block, (middle + 1) * block);
    if (tokenizer.encode(text.slice(at)).length <= budget) last = middle;
    else first = middle + 1;
  }
  let best: (Encoded & { readonly kind: number }) | null = null;
  for (let number = first; number * block < text.length; number++) {
    const { at, kind } = beginning(text, number * block, (number + 1) * block);
    if (best && kind >= best.kind) continue;
    const rest = text.slice(at);
    const tokens = tokenizer.encode(rest);
    if (tokens.length < budget / 2) break;
    if (tokens.length <= budget) best = { text: rest, tokens, kind };
  }
  if (best) return { text: best.text, tokens: best.tokens };
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
  for (let length = 6 * budget; ; length *= 2) {
    const tail = length >= text.length ? text : text.slice(wholeCharacter(text, text.length - length));
    const tokens = tokenizer.encode(tail);
    if (tail.length === text.length || tokens.length > budget) return { text: tail, tokens };
  }
}

/** A quarter of the budget in UTF-16 units, rounded down to a power of two so that it is the same from day to day. */
function blockLength(tail: Encoded, budget: number): number {
  const quarter = ((budget / 4) * tail.text.length) / tail.tokens.length;
  return 2 ** Math.max(0, Math.floor(Math.log2(quarter)));
}

/** The best beginning between `from` and `to`, and its kind: 0 is the best. */
function beginning(text: string, from: number, to: number): { readonly at: number; readonly kind: number } {
  if (from === 0) return { at: 0, kind: 0 };
  const block = text.slice(from, to);
  for (const [kind, pattern] of BEGINNINGS.entries()) {
    const found = pattern.exec(block);
    if (found) return { at: from + found.index + found[0].length, kind };
  }
  return { at: wholeCharacter(text, from), kind: BEGINNINGS.length };
}

/** `at`, or the place after it if a surrogate pair would be cut there. */
function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}
