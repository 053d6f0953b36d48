import type { Tokenizer } from "./types.ts";

/** A set of token ids: 1 for those in it. # [vocabulary] */
export type TokenSet = Uint8Array;

/** Which tokens may stand where white space matters. */
export interface TokenMarks {
  /** Tokens with text that a story may hold: no special tokens, no ids that the tokenizer does not know. */
  readonly written: TokenSet;
  /** Those, and the end of text. */
  readonly any: TokenSet;
  /** Tokens that begin with a space, or are white space altogether. */
  readonly startingBlank: TokenSet;
  /** Tokens that begin with white space of any kind. */
  readonly startingWhite: TokenSet;
  /** Tokens that may go on with a word: they begin with a letter, a digit or an apostrophe. */
  readonly continuingWord: TokenSet;
  /** Tokens with a line break in them. */
  readonly breakingLine: TokenSet;
}

/** GPT-2's way of naming tokens that are no text. */
const SPECIAL = /^<\|\w+\|>$/;

/** Sorts the tokens of a vocabulary of `size` ids, of which `tokenizer` may know fewer. */
export function markTokens(tokenizer: Tokenizer, size: number): TokenMarks {
  const marks = {
    written: new Uint8Array(size),
    any: new Uint8Array(size),
    startingBlank: new Uint8Array(size),
    startingWhite: new Uint8Array(size),
    continuingWord: new Uint8Array(size),
    breakingLine: new Uint8Array(size),
  };
  for (let id = 0; id < Math.min(size, tokenizer.vocabularySize); id++) {
    const bytes = tokenizer.bytes(id);
    const text = tokenizer.decode([id]);
    if (id === tokenizer.endOfText) marks.any[id] = 1;
    if (bytes.length === 0 || SPECIAL.test(text)) continue;
    marks.written[id] = 1;
    marks.any[id] = 1;
    const [first] = bytes;
    if (first === 0x20 || bytes.every(isWhite)) marks.startingBlank[id] = 1;
    if (isWhite(first)) marks.startingWhite[id] = 1;
    // A part of a character (U+FFFD) is taken for a letter's.
    if (/^[\p{L}\p{N}\p{M}'’\ufffd]/u.test(text)) marks.continuingWord[id] = 1;
    if (bytes.includes(0x0a)) marks.breakingLine[id] = 1;
  }
  return marks;
}

/** The tokens of `set` that are in none of `others`. */
export function without(set: TokenSet, ...others: readonly TokenSet[]): TokenSet {
  return set.map((held, id) => (held === 1 && others.every((other) => other[id] !== 1) ? 1 : 0));
}

/** Space, tab, line feed, vertical tab, form feed, carriage return. */
function isWhite(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
