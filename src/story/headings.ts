import type { Text } from "@codemirror/state";
import { endsFence, fenceOf } from "./code-blocks.ts";
import { countStoryWords, countWords } from "./counts.ts";

/** A Markdown heading (`# One`) and what is under it. */
export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  readonly title: string;
  /** Position of the heading's line. */
  readonly from: number;
  /** Where the next heading of the same or a higher rank begins, or the story ends. */
  readonly to: number;
  /** Words from below the heading up to `to`, those of lower headings included. */
  readonly words: number;
}

/** A line of a leaf that may be a heading or the border of a code block, and the words after it. */
interface Landmark {
  /** Position in the leaf. */
  readonly from: number;
  readonly line: string;
  /** Words in the lines behind it, up to the next landmark. */
  readonly words: number;
}

/** A leaf of a text's tree: up to a few dozen lines, which an edit elsewhere leaves as they are. */
interface Leaf {
  readonly landmarks: readonly Landmark[];
  /** Words before the first landmark. */
  readonly words: number;
}

const HEADING = /^(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
/** How a line of either begins; nearly no line does. */
const MAYBE = /^ {0,3}[#`~]/;
const known = new WeakMap<Text, readonly Heading[]>();
const leaves = new WeakMap<Text, Leaf>();

/**
 * The headings of a story, in order: ATX headings as in CommonMark, outside fenced code. Kept for each text; after an
 * edit only the part of the text around it is read again.
 */
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
  const found: { level: number; title: string; from: number; to: number; words: number }[] = [];
  /** Those that the present line stands under, the outermost first. */
  let open: typeof found = [];
  let fence = "";
  const addWords = (words: number): void => {
    for (const heading of open) heading.words += words;
  };
  eachLeaf(text, 0, (start, leaf) => {
    addWords(leaf.words);
    for (const { from, line, words } of leaf.landmarks) {
      const heading = fence === "" ? HEADING.exec(line) : null;
      if (heading) {
        const level = heading[1]?.length ?? 1;
        const at = start + from;
        for (const ended of open.filter((other) => other.level >= level)) ended.to = at;
        const next = { level, title: heading[2] ?? "", from: at, to: text.length, words: 0 };
        open = open.filter((other) => other.level < level);
        addWords(countWords(line));
        open = [...open, next];
        found.push(next);
      } else {
        addWords(countWords(line));
        if (fence === "") fence = fenceOf(line) ?? "";
        else if (endsFence(line, fence)) fence = "";
      }
      addWords(words);
    }
  });
  return found;
}

function eachLeaf(part: Text, start: number, visit: (start: number, leaf: Leaf) => void): void {
  if (!part.children) {
    const leaf = leaves.get(part) ?? readLeaf(part);
    leaves.set(part, leaf);
    visit(start, leaf);
    return;
  }
  let from = start;
  for (const child of part.children) {
    eachLeaf(child, from, visit);
    from += child.length + 1;
  }
}

function readLeaf(leaf: Text): Leaf {
  let plain = true;
  for (const line of leaf.iterLines()) plain &&= !MAYBE.test(line);
  // Its words are wanted elsewhere too, and kept there.
  if (plain) return { landmarks: [], words: countStoryWords(leaf) };
  const landmarks: { from: number; line: string; words: number }[] = [];
  let before = 0;
  let from = 0;
  for (const line of leaf.iterLines()) {
    const last = landmarks.at(-1);
    if (MAYBE.test(line) && (HEADING.test(line) || fenceOf(line) !== null))
      landmarks.push({ from, line, words: 0 });
    else if (last) last.words += countWords(line);
    else before += countWords(line);
    from += line.length + 1;
  }
  return { landmarks, words: before };
}
