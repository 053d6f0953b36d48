import type { Text } from "@codemirror/state";

/** Longest front matter, in lines: a story that begins with a rule `---` and has another one far below has none. */
const MOST_LINES = 400;

/** The block of settings between two lines `---` at the very start of a story. */
export interface FrontMatter {
  /** The lines between the two, YAML. */
  readonly source: string;
  /** Where the story itself begins: behind the second line and the blank lines after it. */
  readonly end: number;
}

/** The front matter of a story; null where it has none. Reads no more than its lines. */
export function frontMatter(text: Text): FrontMatter | null {
  if (text.lines < 2 || !isFence(text.line(1).text)) return null;
  for (let number = 2; number <= Math.min(text.lines, MOST_LINES); number++) {
    const line = text.line(number);
    if (!isFence(line.text) && line.text.trimEnd() !== "...") continue;
    let next = number + 1;
    while (next <= text.lines && text.line(next).text.trim() === "") next++;
    const start = text.line(2).from;
    return {
      source: text.sliceString(start, Math.max(start, line.from - 1)),
      end: next <= text.lines ? text.line(next).from : text.length,
    };
  }
  return null;
}

/** Where the story itself begins; 0 without front matter. */
export function bodyStart(text: Text): number {
  return frontMatter(text)?.end ?? 0;
}

function isFence(line: string): boolean {
  return line.trimEnd() === "---";
}
