import { wordRows } from "./foot.ts";
import type { Model } from "./model.ts";
import { measure } from "./terminal/widths.ts";
import { type WelcomeLine, welcomeLines } from "./welcome.ts";

/** A row of the welcome: the key, where a new one begins, and words. */
export interface WelcomeRow {
  readonly key: string;
  readonly words: string;
  readonly kind: "title" | "key" | "words";
}

/** Cells for the keys, with two blanks behind the longest. */
export function welcomeKeyCells(model: Pick<Model, "keymap">): number {
  return 2 + Math.max(...welcomeLines(model).map((line) => ("key" in line ? measure(line.key) : 0)));
}

/** The welcome in so many cells: on a small screen without blank rows, then without what is not about keys. */
export function welcomeRows(
  model: Pick<Model, "keymap">,
  width: number,
  height: number,
): readonly WelcomeRow[] {
  const lines = welcomeLines(model);
  const keyCells = welcomeKeyCells(model);
  const [first] = lines;
  const isBlank = (line: WelcomeLine): boolean => "words" in line && line.words === "";
  const dense = lines.filter((line) => !isBlank(line));
  const keys = dense.filter((line) => "key" in line || line === first || line === dense.at(-1));
  const forms = [lines, dense, keys].map((form) =>
    form.flatMap((line) => rowsOf(line, line === first, width, keyCells)),
  );
  const terse = keys
    .map((line) => rowsOf(line, line === first, width, keyCells)[0])
    .filter((row) => row !== undefined);
  return (forms.find((rows) => rows.length <= height) ?? terse).slice(0, Math.max(0, height));
}

function rowsOf(line: WelcomeLine, isTitle: boolean, width: number, keyCells: number): readonly WelcomeRow[] {
  if (!("key" in line))
    return wordRows(line.words, width).map((words) => ({
      key: "",
      words,
      kind: isTitle ? "title" : "words",
    }));
  return wordRows(line.does, width - keyCells).map((words, row) => ({
    key: row === 0 ? line.key : "",
    words,
    kind: "key",
  }));
}
