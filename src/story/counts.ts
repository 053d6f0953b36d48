import type { Text } from "@codemirror/state";

/** What a character is to a word. */
const BETWEEN = 0;
const LETTER = 1;
/** Goes on with a word that has begun: an apostrophe, a hyphen, an accent. */
const JOINER = 2;
/** A word of its own: kana and Han. */
const WHOLE = 3;
const UNKNOWN = 255;

/** By UTF-16 code unit, filled as they are met: a regular expression a word takes ten times as long. */
const KINDS = new Uint8Array(0x10000).fill(UNKNOWN);
/** By the node of a text's tree: an edit makes a few nodes anew, and only these are counted again. */
const counted = new WeakMap<Text, number>();

/** Words in a text; a CJK character counts as one. */
export function countWords(text: string): number {
  let count = 0;
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    let kind = KINDS[unit] ?? BETWEEN;
    if (kind === UNKNOWN) {
      const point = text.codePointAt(i) ?? unit;
      kind = kindOf(String.fromCodePoint(point));
      if (point > 0xffff) i++;
      // Half of a pair says nothing of the pairs that begin with it.
      else if (unit < 0xd800 || unit > 0xdfff) KINDS[unit] = kind;
    }
    if (kind === WHOLE) {
      count++;
      inside = false;
    } else if (kind === LETTER) {
      if (!inside) count++;
      inside = true;
    } else if (kind === BETWEEN) inside = false;
  }
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

/** Words between two positions, in UTF-16 code units: a word that is cut counts as a word. */
export function countWordsBetween(text: Text, from: number, to: number): number {
  if (from <= 0 && to >= text.length) return countStoryWords(text);
  if (from >= to) return 0;
  if (!text.children) return countWords(text.sliceString(from, to));
  let count = 0;
  let start = 0;
  for (const child of text.children) {
    const end = start + child.length;
    if (end > from && start < to) count += countWordsBetween(child, from - start, to - start);
    start = end + 1;
  }
  return count;
}

function kindOf(character: string): number {
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) {
    return /\p{L}/u.test(character) ? WHOLE : /\p{M}/u.test(character) ? JOINER : BETWEEN;
  }
  if (/[\p{L}\p{N}]/u.test(character)) return LETTER;
  return /[\p{M}'’\u00AD-]/u.test(character) ? JOINER : BETWEEN;
}
