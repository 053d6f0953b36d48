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
  /** Tokens that begin with a small letter of English, with or without a space before it. */
  readonly startingSmall: TokenSet;
}

/** GPT-2's way of naming tokens that are no text. */
const SPECIAL = /^<\|\w+\|>$/;
const ANGLE = 0x3c;
/** A part of a character (U+FFFD) is taken for a letter's. */
const CONTINUES_WORD = /^[\p{L}\p{N}\p{M}'’\ufffd]/u;

/** Sorts the tokens of a vocabulary of `size` ids, of which `tokenizer` may know fewer. */
export function markTokens(tokenizer: Tokenizer, size: number): TokenMarks {
  const marks = {
    written: new Uint8Array(size),
    any: new Uint8Array(size),
    startingBlank: new Uint8Array(size),
    startingWhite: new Uint8Array(size),
    continuingWord: new Uint8Array(size),
    breakingLine: new Uint8Array(size),
    startingSmall: new Uint8Array(size),
  };
  for (let id = 0; id < Math.min(size, tokenizer.vocabularySize); id++) {
    const bytes = tokenizer.bytes(id);
    if (id === tokenizer.endOfText) marks.any[id] = 1;
    if (bytes.length === 0 || (bytes[0] === ANGLE && SPECIAL.test(tokenizer.decode([id])))) continue;
    marks.written[id] = 1;
    marks.any[id] = 1;
    const first = bytes[0];
    if (first === 0x20 || bytes.every(isWhite)) marks.startingBlank[id] = 1;
    if (isWhite(first)) marks.startingWhite[id] = 1;
    if (continuesWord(first, id, tokenizer)) marks.continuingWord[id] = 1;
    if (bytes.includes(0x0a)) marks.breakingLine[id] = 1;
    if (isSmall(first === 0x20 ? bytes[1] : first)) marks.startingSmall[id] = 1;
  }
  return marks;
}

/** Which ASCII characters go on with a word: most tokens begin with one, and need not be decoded. # [128] */
const ASCII_CONTINUES = Array.from({ length: 0x80 }, (_, code) =>
  CONTINUES_WORD.test(String.fromCharCode(code)),
);

function continuesWord(first: number | undefined, id: number, tokenizer: Tokenizer): boolean {
  return ASCII_CONTINUES[first ?? 0] ?? CONTINUES_WORD.test(tokenizer.decode([id]));
}

/** The tokens of `set` that are in none of `others`. */
export function without(set: TokenSet, ...others: readonly TokenSet[]): TokenSet {
  return set.map((held, id) => (held === 1 && others.every((other) => other[id] !== 1) ? 1 : 0));
}

/** a to z. */
function isSmall(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x61 && byte <= 0x7a;
}

/** Space, tab, line feed, vertical tab, form feed, carriage return. */
function isWhite(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
