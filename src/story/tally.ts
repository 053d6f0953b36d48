import type { Text } from "@codemirror/state";
import { countStoryWords, countWordsBetween } from "./counts.ts";
import type { Passage } from "./passages.ts";
import { passagesBetween } from "./passages.ts";
import { sentenceEnds } from "./sentence.ts";

/** What a story amounts to. */
export interface Tally {
  readonly words: number;
  /** Unicode code points, without line breaks. */
  readonly characters: number;
  /** The same without white space. */
  readonly letters: number;
  readonly sentences: number;
  /** Lines that are not blank; headings are none. */
  readonly paragraphs: number;
}

/** Words a minute of silent reading, fiction in English (Brysbaert 2019, Journal of Memory and Language 109). */
export const WORDS_A_MINUTE = 260;

const NOTHING = { characters: 0, letters: 0, sentences: 0, paragraphs: 0 };
const HEADING = /^#{1,6}(?:[ \t]|$)/;
const known = new WeakMap<Text, Omit<Tally, "words">>();

/** Counts a story. What did not change since the last time is not counted again. */
export function tally(text: Text): Tally {
  return { words: countStoryWords(text), ...marks(text) };
}

/**
 * Words between two positions that the model wrote. A word that both had a hand in counts as the model's where its
 * passage begins or ends in it.
 */
export function modelWords(text: Text, passages: readonly Passage[], from: number, to: number): number {
  let count = 0;
  for (const passage of passagesBetween(passages, from, to)) {
    count += countWordsBetween(text, Math.max(from, passage.from), Math.min(to, passage.to));
  }
  return Math.min(count, countWordsBetween(text, from, to));
}

function marks(part: Text): Omit<Tally, "words"> {
  const found = known.get(part);
  if (found) return found;
  let sum = NOTHING;
  if (part.children) for (const child of part.children) sum = add(sum, marks(child));
  else for (const line of part.iterLines()) sum = add(sum, lineMarks(line));
  known.set(part, sum);
  return sum;
}

function lineMarks(line: string): Omit<Tally, "words"> {
  if (line === "") return NOTHING;
  let characters = 0;
  let blanks = 0;
  for (let i = 0; i < line.length; i++) {
    const unit = line.charCodeAt(i);
    // The second half of a pair is no character of its own.
    if (unit < 0xdc00 || unit > 0xdfff || i === 0) characters++;
    if (unit === 0x20 || unit === 0x09 || unit === 0xa0 || unit === 0x3000) blanks++;
  }
  const letters = characters - blanks;
  const isProse = letters > 0 && !HEADING.test(line);
  return {
    characters,
    letters,
    sentences: isProse ? sentenceEnds(line).length + 1 : 0,
    paragraphs: isProse ? 1 : 0,
  };
}

function add(a: Omit<Tally, "words">, b: Omit<Tally, "words">): Omit<Tally, "words"> {
  return {
    characters: a.characters + b.characters,
    letters: a.letters + b.letters,
    sentences: a.sentences + b.sentences,
    paragraphs: a.paragraphs + b.paragraphs,
  };
}
