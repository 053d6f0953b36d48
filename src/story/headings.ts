import type { Text } from "@codemirror/state";
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
const FENCE = /^ {0,3}(`{3,}(?!.*`)|~{3,})/;
/** How a line of either begins; nearly no line does. */
const MAYBE = /^ {0,3}[#`~]/;
/** What the borders and headings of a story make of it. */
interface Landscape {
  readonly headings: readonly Heading[];
  readonly codeBlocks: readonly CodeBlock[];
}

/** Fenced code with its borders, in UTF-16 code units of the story. */
export interface CodeBlock {
  readonly from: number;
  /** Where the last border's line begins; the story's end where there is none. */
  readonly to: number;
}

const known = new WeakMap<Text, Landscape>();
const leaves = new WeakMap<Text, Leaf>();

/**
 * The headings of a story, in order: ATX headings as in CommonMark, outside fenced code. Kept for each text; after an
 * edit only the part of the text around it is read again.
 */
export function headings(text: Text): readonly Heading[] {
  return landscape(text).headings;
}

/** The fenced code of a story, in order, kept as its headings are. */
export function codeBlocks(text: Text): readonly CodeBlock[] {
  return landscape(text).codeBlocks;
}

function landscape(text: Text): Landscape {
  const found = known.get(text) ?? survey(text);
  known.set(text, found);
  return found;
}

/** The heading under which `pos` stands; null before the first one. */
export function headingAt(text: Text, pos: number): Heading | null {
  return headings(text).findLast((heading) => heading.from <= pos) ?? null;
}

function survey(text: Text): Landscape {
  const found: { level: number; title: string; from: number; to: number; words: number }[] = [];
  /** Those that the present line stands under, the outermost first. */
  let open: typeof found = [];
  let fence = "";
  const codeBlocks: { from: number; to: number }[] = [];
  const addWords = (words: number): void => {
    for (const heading of open) heading.words += words;
  };
  eachLeaf(text, 0, (start, leaf) => {
    addWords(leaf.words);
    for (const { from, line, words } of leaf.landmarks) {
      const border = FENCE.exec(line)?.[1];
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
        const block = codeBlocks.at(-1);
        if (fence === "" && border !== undefined) {
          fence = border;
          codeBlocks.push({ from: start + from, to: text.length });
        }
        // A block ends with at least as many of the same marks, and nothing else in the line.
        else if (fence !== "" && block && border?.startsWith(fence) && line.trim() === border) {
          fence = "";
          block.to = start + from;
        }
      }
      addWords(words);
    }
  });
  return { headings: found, codeBlocks };
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
    if (MAYBE.test(line) && (HEADING.test(line) || FENCE.test(line)))
      landmarks.push({ from, line, words: 0 });
    else if (last) last.words += countWords(line);
    else before += countWords(line);
    from += line.length + 1;
  }
  return { landmarks, words: before };
}
