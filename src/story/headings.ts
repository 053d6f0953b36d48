import type { Text } from "@codemirror/state";
import { countWords } from "./counts.ts";

/** A Markdown heading (`# One`) and what is under it. */
export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  readonly title: string;
  /** Position of the heading's line. */
  readonly from: number;
  /** Words from below the heading to the next one of any level. */
  readonly words: number;
}

const HEADING = /^(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const known = new WeakMap<Text, readonly Heading[]>();

/** The headings of a story, in order: ATX headings as in CommonMark. Kept for each text. */
export function headings(text: Text): readonly Heading[] {
  const found = known.get(text) ?? findHeadings(text);
  known.set(text, found);
  return found;
}

/** The heading under which `pos` stands; null before the first one. */
export function headingAt(text: Text, pos: number): Heading | null {
  return headings(text).findLast((heading) => heading.from <= pos) ?? null;
}

function findHeadings(text: Text): readonly Heading[] {
  const found: { level: number; title: string; from: number; words: number }[] = [];
  let from = 0;
  for (const line of text.iterLines()) {
    const heading = HEADING.exec(line);
    const last = found.at(-1);
    if (heading) found.push({ level: heading[1]!.length, title: heading[2] ?? "", from, words: 0 });
    else if (last) last.words += countWords(line);
    from += line.length + 1;
  }
  return found;
}
