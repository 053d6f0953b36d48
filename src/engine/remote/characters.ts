import type { Tokenizer } from "../types.ts";

const encoder = new TextEncoder();

/**
 * Unicode characters as tokens, each with its code point as its id: what cuts and measures texts in tokens does so in
 * characters where only a server knows its tokenizer.
 */
export const CHARACTERS: Tokenizer = {
  vocabularySize: 0x11_0000,
  endOfText: null,
  infill: null,
  encode: (text) => Array.from(text, (character) => character.codePointAt(0) ?? 0),
  bytes: (id) => encoder.encode(String.fromCodePoint(id)),
  decode: (ids) => {
    let text = "";
    for (const id of ids) text += String.fromCodePoint(id);
    return text;
  },
};
