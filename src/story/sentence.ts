import type { Text } from "@codemirror/state";

/** A full stop after these does not end a sentence, nor one after an initial, unless that is the word I. */
const ABBREVIATION =
  /(?:^|[\s("“‘'—-])(?:Mr|Mrs|Ms|Mx|Dr|Prof|St|Capt|Col|Gen|Lt|Sgt|Rev|Hon|Messrs|Mme|Mlle|vs|[A-HJ-Z])\.$/u;
/**
 * Where a sentence may end: its stops and the quotes, brackets and Markdown marks that close with it, then space or
 * the end. Chinese and Japanese stops need no space.
 */
const END = /[.!?…]+["”’'»)\]*_]*(?=\s|$)|[。！？]+[」』”’）]*/gu;
const QUOTE = /["”’'»][*_]*$/u;
/** What follows a quotation that goes on: `“Stop!” I said.`, `“Why?” Old Tom asked.` */
const SPEECH =
  /^(?:I|(?:\p{Lu}[\p{L}’'-]*\.? ){0,2}\p{Lu}[\p{L}’'-]*) (?:said|says|asked|cried|called|answered|replied|shouted|whispered|muttered|murmured|yelled|added|began|went on)\b/u;

/**
 * The sentence at `pos`, without the white space around it; within one paragraph. Empty in a blank one.
 *
 * A stop after an abbreviation or an initial, or before a small letter (`"Stop!" he said.`), does not end it.
 */
export function sentenceAt(text: Text, pos: number): { readonly from: number; readonly to: number } {
  const line = text.lineAt(pos);
  const offset = pos - line.from;
  let from = 0;
  let to = line.text.length;
  for (const end of sentenceEnds(line.text)) {
    if (end >= offset) {
      to = end;
      break;
    }
    from = end;
  }
  const between = line.text.slice(from, to);
  const start = from + (between.length - between.trimStart().length);
  const stop = from + between.trimEnd().length;
  return start < stop ? { from: line.from + start, to: line.from + stop } : { from: pos, to: pos };
}

/** Start of the next sentence, in a later paragraph if need be; the text's end after the last one. */
export function nextSentence(text: Text, pos: number): number {
  for (let line = text.lineAt(pos); ; line = text.line(line.number + 1)) {
    const next = sentenceStarts(line.text).find((start) => line.from + start > pos);
    if (next !== undefined) return line.from + next;
    if (line.number === text.lines) return text.length;
  }
}

/** Start of the sentence at `pos`, or of the one before where `pos` is there already; 0 before the first one. */
export function previousSentence(text: Text, pos: number): number {
  for (let line = text.lineAt(pos); ; line = text.line(line.number - 1)) {
    const before = sentenceStarts(line.text).findLast((start) => line.from + start < pos);
    if (before !== undefined) return line.from + before;
    if (line.number === 1) return 0;
  }
}

/** Offsets in a paragraph at which sentences begin, in order; none in a blank one. */
function sentenceStarts(paragraph: string): readonly number[] {
  if (paragraph.trim() === "") return [];
  return [0, ...sentenceEnds(paragraph)].map((from) => from + paragraph.slice(from).search(/\S|$/u));
}

/** Offsets in a paragraph at which sentences end, in order, without the paragraph's own end. */
export function sentenceEnds(paragraph: string): readonly number[] {
  const ends: number[] = [];
  for (const match of paragraph.matchAll(END)) {
    const end = match.index + match[0].length;
    const rest = paragraph.slice(end).trimStart();
    if (rest === "") break;
    if (/^[\p{Ll},;:—–-]/u.test(rest)) continue;
    if (/^(?:…|\.\.\.)$/u.test(match[0]) && /^I\b/u.test(rest)) continue;
    if (QUOTE.test(match[0]) && SPEECH.test(rest.slice(0, 80))) continue;
    const upToStop = paragraph.slice(Math.max(0, match.index - 12), match.index + 1);
    if (
      match[0] === "." &&
      (ABBREVIATION.test(upToStop) || (/\bNo\.$/u.test(upToStop) && /^\d/u.test(rest)))
    ) {
      continue;
    }
    ends.push(end);
  }
  return ends;
}
