import type { Text } from "@codemirror/state";
import { isUnspaced, unspacedWord } from "./unspaced.ts";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const WORD = /[\p{L}\p{N}\p{M}_]/u;
const JOINER = /['’\-\u00AD]/u;
/** Code units read ahead to find where a character ends; doubled for one that is longer. */
const REACH = 64;

/** The position behind the character at `pos`; the text's end at most. A line break is one character. */
export function nextGrapheme(text: Text, pos: number): number {
  const line = text.lineAt(pos);
  if (pos >= line.to) return Math.min(text.length, pos + 1);
  const offset = pos - line.from;
  if (isPlain(line.text, offset) && isPlain(line.text, offset + 1)) return pos + 1;
  for (let reach = REACH; ; reach *= 2) {
    const ahead = line.text.slice(offset, offset + reach);
    const [first] = graphemes.segment(ahead);
    const length = first?.segment.length ?? 1;
    if (length < ahead.length || offset + reach >= line.text.length) return pos + length;
  }
}

/** The position before the character that ends at `pos`; 0 at least. */
export function previousGrapheme(text: Text, pos: number): number {
  const line = text.lineAt(pos);
  if (pos <= line.from) return Math.max(0, pos - 1);
  const offset = pos - line.from;
  if (isPlain(line.text, offset - 1) && (offset < 2 || isPlain(line.text, offset - 2))) return pos - 1;
  // Which flags and syllables belong together can only be told from a place where a character surely begins.
  let start = offset - 1;
  while (start > 0 && !isAlone(line.text, start)) start--;
  let last = 1;
  for (const { segment } of graphemes.segment(line.text.slice(start, offset))) last = segment.length;
  return pos - last;
}

/** The end of the next word, on a later line if need be. */
export function nextWord(text: Text, pos: number): number {
  const line = text.lineAt(pos);
  if (pos === line.to) return pos === text.length ? pos : nextWordInLine(text, pos + 1);
  return nextWordInLine(text, pos);
}

/** The start of the next word, on a later line if need be; the text's end where there is none. */
export function nextWordStart(text: Text, pos: number): number {
  for (let line = text.lineAt(pos); ; line = text.line(line.number + 1)) {
    let offset = Math.max(0, pos - line.from);
    if (pos >= line.from && isWordAt(line.text, offset)) offset = wordEnd(line.text, offset);
    while (offset < line.text.length && !isWordAt(line.text, offset)) offset++;
    if (offset < line.text.length) return line.from + offset;
    if (line.number === text.lines) return text.length;
  }
}

/** The start of the word before, on an earlier line if need be. */
export function previousWord(text: Text, pos: number): number {
  const line = text.lineAt(pos);
  if (pos === line.from) return pos === 0 ? 0 : previousWordInLine(text, pos - 1);
  return previousWordInLine(text, pos);
}

/** Start of the next paragraph that is not blank; the text's end after the last one. */
export function nextParagraph(text: Text, pos: number): number {
  for (let number = text.lineAt(pos).number + 1; number <= text.lines; number++) {
    const line = text.line(number);
    if (line.text.trim() !== "") return line.from;
  }
  return text.length;
}

/** Start of this paragraph, or of the one before when `pos` is there already. */
export function previousParagraph(text: Text, pos: number): number {
  const here = text.lineAt(pos);
  if (pos > here.from && here.text.trim() !== "") return here.from;
  for (let number = here.number - 1; number >= 1; number--) {
    const line = text.line(number);
    if (line.text.trim() !== "") return line.from;
  }
  return 0;
}

/** The word at `pos`, or an empty range where none is. */
export function wordAt(text: Text, pos: number): { readonly from: number; readonly to: number } {
  const line = text.lineAt(pos);
  const offset = pos - line.from;
  const inside = isWordAt(line.text, offset);
  const from =
    offset > 0 && !inside && !isWordAt(line.text, offset - 1)
      ? offset
      : wordStart(line.text, inside ? offset + 1 : offset);
  const to = inside ? wordEnd(line.text, offset) : offset;
  return { from: line.from + from, to: line.from + to };
}

function nextWordInLine(text: Text, pos: number): number {
  const line = text.lineAt(pos);
  let at = pos - line.from;
  while (at < line.text.length && !isWordAt(line.text, at)) at++;
  return line.from + wordEnd(line.text, at);
}

function previousWordInLine(text: Text, pos: number): number {
  const line = text.lineAt(pos);
  let at = pos - line.from;
  while (at > 0 && !isWordAt(line.text, at - 1)) at--;
  return line.from + wordStart(line.text, at);
}

/** The end of the word whose unit is at `at`; `at` where there is none. */
function wordEnd(line: string, at: number): number {
  if (at < line.length && isUnspaced(line, at)) return unspacedWord(line, at).to;
  let end = at;
  while (end < line.length && isWordAt(line, end) && !isUnspaced(line, end)) end++;
  return end;
}

/** The start of the word whose last unit is before `at`; `at` where there is none. */
function wordStart(line: string, at: number): number {
  if (at > 0 && isUnspaced(line, at - 1)) return unspacedWord(line, at - 1).from;
  let start = at;
  while (start > 0 && isWordAt(line, start - 1) && !isUnspaced(line, start - 1)) start--;
  return start;
}

/** Whether the code unit at `index` belongs to a word; an apostrophe or hyphen does between two letters. */
function isWordAt(line: string, index: number): boolean {
  const character = characterAt(line, index);
  if (WORD.test(character)) return true;
  return (
    JOINER.test(character) &&
    WORD.test(characterAt(line, index - 1)) &&
    WORD.test(characterAt(line, index + 1))
  );
}

/** The whole character of which the code unit at `index` is a part. */
function characterAt(line: string, index: number): string {
  const unit = line.charCodeAt(index);
  if (unit >= 0xdc00 && unit <= 0xdfff) return line.slice(index - 1, index + 1);
  if (unit >= 0xd800 && unit <= 0xdbff) return line.slice(index, index + 2);
  return line.charAt(index);
}

/** Whether a code unit can neither join its neighbours nor be half of a character: nearly all text. */
function isPlain(line: string, index: number): boolean {
  const unit = line.charCodeAt(index);
  return Number.isNaN(unit) || (unit >= 0x20 && unit < 0x7f);
}

/** Whether a character surely begins at a code unit, whatever stands before it: plain ones, kana and Han. */
function isAlone(line: string, index: number): boolean {
  const unit = line.charCodeAt(index);
  return isPlain(line, index) || (unit >= 0x3041 && unit < 0x9fff && unit !== 0x3099 && unit !== 0x309a);
}
