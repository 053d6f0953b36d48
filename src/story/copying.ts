import type { Text } from "@codemirror/state";
import { bodyStart } from "./front-matter.ts";

/** Words in a row that a take has in common with the story. */
export interface Copied {
  readonly words: number;
  /** As the take has them. */
  readonly text: string;
}

/** Words in a row from which on they are told of: shorter runs are anyone's. */
export const COPIED_WORDS = 10;

/** How much of a long story is looked through, in UTF-16 code units: its end. */
const LOOKED_THROUGH = 1_000_000;

/** A word of a text, told apart by its letters alone. */
interface Word {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The longest run of words that `take` has from the story, at least {@link COPIED_WORDS}; null where there is none.
 * Case, punctuation and the kind of quotes do not count. Costs time in proportion to the story: not for the typing
 * path.
 */
export function copiedFromStory(take: string, story: Text): Copied | null {
  const words = wordsOf(take);
  if (words.length < COPIED_WORDS) return null;
  const start = Math.max(bodyStart(story), story.length - LOOKED_THROUGH);
  const others = wordsOf(story.sliceString(start)).map(({ key }) => key);
  /** Where runs of the least length begin in the take, by their words. */
  const runs = new Map<string, number[]>();
  for (let i = 0; i + COPIED_WORDS <= words.length; i++) {
    const key = keyOf(words, i);
    runs.set(key, [...(runs.get(key) ?? []), i]);
  }
  let best = { at: 0, length: 0 };
  const firsts = new Set(words.map(({ key }) => key));
  for (let j = 0; j + COPIED_WORDS <= others.length; j++) {
    if (!firsts.has(others[j]!)) continue;
    for (const i of runs.get(others.slice(j, j + COPIED_WORDS).join(" ")) ?? []) {
      let length = COPIED_WORDS;
      while (words[i + length] && words[i + length]?.key === others[j + length]) length++;
      if (length > best.length) best = { at: i, length };
    }
  }
  if (best.length === 0) return null;
  const [first, last] = [words[best.at], words[best.at + best.length - 1]];
  return { words: best.length, text: take.slice(first?.from, last?.to) };
}

function keyOf(words: readonly Word[], at: number): string {
  return words
    .slice(at, at + COPIED_WORDS)
    .map(({ key }) => key)
    .join(" ");
}

function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)].map(({ 0: word, index }) => ({
    key: word.toLowerCase().replaceAll("’", "'"),
    from: index,
    to: index + word.length,
  }));
}
