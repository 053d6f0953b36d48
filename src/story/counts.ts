import type { Text } from "@codemirror/state";

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’\-\u00AD]*|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/gu;
/** Counts of lines longer than this are kept, so that one edited paragraph is counted again and no other. */
const counted = new Map<string, number>();
const MOST_KEPT = 20_000;

/** Words in a text; a CJK character counts as one. */
export function countWords(text: string): number {
  let count = 0;
  for (const match of text.matchAll(WORD)) count += cjk(match[0]) ? [...match[0]].length : 1;
  return count;
}

/** Words in a story. Lines that did not change since the last time are not counted again. */
export function countStoryWords(text: Text): number {
  let count = 0;
  for (const line of text.iterLines()) {
    if (line === "") continue;
    let words = counted.get(line);
    if (words === undefined) {
      words = countWords(line);
      if (counted.size >= MOST_KEPT) counted.clear();
      counted.set(line, words);
    }
    count += words;
  }
  return count;
}

function cjk(word: string): boolean {
  return /^[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+$/u.test(word);
}
