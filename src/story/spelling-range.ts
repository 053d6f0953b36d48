import type { Text } from "@codemirror/state";
import { codeBlocks } from "./code-blocks.ts";
import { bodyStart } from "./front-matter.ts";
import { type SpelledWord, wordsToCheck } from "./spelling.ts";

/** Paragraphs longer than this, in UTF-16 code units, are not read as a whole. */
const LONG = 6000;
/** Units of a long paragraph that are read on both sides of what is wanted: code and addresses begin before it. */
const AROUND = 400;
/** Paragraphs whose words are remembered. */
const REMEMBERED = 600;

let young = new Map<string, readonly SpelledWord[]>();
let old = new Map<string, readonly SpelledWord[]>();

/**
 * The words to check in the paragraphs between two positions, in order, in units of the story. Of a very long paragraph
 * only those near the two. Front matter and fenced code have none.
 */
export function storyWords(text: Text, from: number, to: number): readonly SpelledWord[] {
  const blocks = codeBlocks(text);
  const start = Math.max(from, bodyStart(text));
  const words: SpelledWord[] = [];
  if (start > text.length || start > text.lineAt(to).to) return words;
  for (let line = text.lineAt(start); ; line = text.line(line.number + 1)) {
    if (!blocks.some((block) => block.from <= line.from && line.from <= block.to)) {
      const piece = pieceOf(line.text, start - line.from, to - line.from);
      const shift = line.from + piece.at;
      for (const word of knownWords(piece.text))
        words.push({ ...word, from: word.from + shift, to: word.to + shift });
    }
    if (line.to >= to || line.number === text.lines) return words;
  }
}

/** The part of a line that is read for what is wanted of it, from blank to blank. */
function pieceOf(line: string, from: number, to: number): { readonly text: string; readonly at: number } {
  if (line.length <= LONG) return { text: line, at: 0 };
  const first = from - AROUND <= 0 ? 0 : line.indexOf(" ", from - AROUND) + 1;
  const last = to + AROUND >= line.length ? line.length : line.lastIndexOf(" ", to + AROUND);
  return { text: line.slice(first, Math.max(first, last)), at: first };
}

/** In two generations, as wrapped paragraphs are kept: those on the screen are always in one of them. */
function knownWords(paragraph: string): readonly SpelledWord[] {
  const known = young.get(paragraph);
  if (known) return known;
  const words = old.get(paragraph) ?? wordsToCheck(paragraph);
  if (young.size >= REMEMBERED) {
    old = young;
    young = new Map();
  }
  young.set(paragraph, words);
  return words;
}
