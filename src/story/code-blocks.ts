import type { Text } from "@codemirror/state";

/** Fenced code with its borders, in UTF-16 code units of the story. */
export interface CodeBlock {
  readonly from: number;
  /** Where the last border's line begins; the story's end where there is none. */
  readonly to: number;
}

/** A line that may begin or end a block. */
interface Border {
  /** Position in the leaf. */
  readonly from: number;
  readonly line: string;
}

const FENCE = /^ {0,3}(`{3,}(?!.*`)|~{3,})/;
const known = new WeakMap<Text, readonly CodeBlock[]>();
const leaves = new WeakMap<Text, readonly Border[]>();

/** The marks of a line that borders fenced code (CommonMark, section 4.5); null for any other line. */
export function fenceOf(line: string): string | null {
  return FENCE.exec(line)?.[1] ?? null;
}

/** Whether a line ends a block that began with `fence`: at least as many of the same marks, and nothing else. */
export function endsFence(line: string, fence: string): boolean {
  const border = fenceOf(line);
  return border === line.trim() && border.startsWith(fence);
}

/** The fenced code of a story, in order. Kept for each text; an edit makes a few leaves be read again. */
export function codeBlocks(text: Text): readonly CodeBlock[] {
  const found = known.get(text) ?? findBlocks(text);
  known.set(text, found);
  return found;
}

function findBlocks(text: Text): readonly CodeBlock[] {
  const blocks: { from: number; to: number }[] = [];
  let fence: string | null = null;
  eachBorder(text, 0, (from, line) => {
    const block = blocks.at(-1);
    if (fence === null) {
      fence = fenceOf(line);
      blocks.push({ from, to: text.length });
    } else if (block && endsFence(line, fence)) {
      fence = null;
      block.to = from;
    }
  });
  return blocks;
}

function eachBorder(part: Text, start: number, visit: (from: number, line: string) => void): void {
  if (!part.children) {
    for (const { from, line } of bordersOf(part)) visit(start + from, line);
    return;
  }
  let from = start;
  for (const child of part.children) {
    eachBorder(child, from, visit);
    from += child.length + 1;
  }
}

function bordersOf(leaf: Text): readonly Border[] {
  const found = leaves.get(leaf);
  if (found) return found;
  const borders: Border[] = [];
  let from = 0;
  for (const line of leaf.iterLines()) {
    if (fenceOf(line) !== null) borders.push({ from, line });
    from += line.length + 1;
  }
  leaves.set(leaf, borders);
  return borders;
}
