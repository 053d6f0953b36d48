/** Scripts that put no spaces between words: only a dictionary tells where one ends (Unicode UAX #29, section 4). */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc]/u;
/** UTF-16 code units of a run that are looked at around a place: more than any word has. */
const REACH = 120;

const words = new Intl.Segmenter("en", { granularity: "word" });

/** Whether the character at `index` of a line is of a script without spaces between words. */
export function isUnspaced(line: string, index: number): boolean {
  // Nearly all text of other scripts is below the first of these.
  if (!(line.charCodeAt(index) >= 0x0e00)) return false;
  return UNSPACED.test(String.fromCodePoint(line.codePointAt(index) ?? 0));
}

/** Whether such a line has any. */
export function hasUnspaced(line: string): boolean {
  return UNSPACED.test(line);
}

/** The word of a script without spaces that holds the unit at `index`, as the system's dictionary cuts it. */
export function unspacedWord(line: string, index: number): { readonly from: number; readonly to: number } {
  let start = index;
  while (start > 0 && index - start < REACH && isUnspaced(line, start - 1)) start--;
  let end = index + 1;
  while (end < line.length && end - index < REACH && isUnspaced(line, end)) end++;
  for (const { segment, index: at } of words.segment(line.slice(start, end))) {
    const from = start + at;
    if (from + segment.length > index) return { from, to: from + segment.length };
  }
  return { from: index, to: end };
}
