import type { Text } from "@codemirror/state";

/** Kana and Han characters stand for a word each. */
const CJK = "\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff";
const WORD = new RegExp(
  `[${CJK}]|(?![${CJK}])[\\p{L}\\p{N}](?:(?![${CJK}])[\\p{L}\\p{N}\\p{M}'’\\u00AD-])*`,
  "gu",
);
/** By the node of a text's tree: an edit makes a few nodes anew, and only these are counted again. */
const counted = new WeakMap<Text, number>();

/** Words in a text; a CJK character counts as one. */
export function countWords(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(WORD)) count++;
  return count;
}

/** Words in a story. What did not change since the last time is not counted again. */
export function countStoryWords(text: Text): number {
  const known = counted.get(text);
  if (known !== undefined) return known;
  let count = 0;
  if (text.children) for (const child of text.children) count += countStoryWords(child);
  else for (const line of text.iterLines()) count += countWords(line);
  counted.set(text, count);
  return count;
}
