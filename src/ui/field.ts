import { Text } from "@codemirror/state";
import { nextGrapheme, previousGrapheme, previousWord } from "../story/motions.ts";
import { eachCluster } from "./terminal/clusters.ts";
import { cellWidth, visible } from "./terminal/widths.ts";

/** A line that the writer types into, and where the cursor stands in it, in UTF-16 code units. */
export interface Field {
  readonly text: string;
  readonly at: number;
}

/** What the keys of a field do. */
export type FieldKey =
  | "left"
  | "right"
  | "start"
  | "end"
  | "erase"
  | "eraseForward"
  | "eraseWord"
  | "eraseAll";

/** A field with this text, the cursor behind it. */
export function fieldOf(text: string): Field {
  return { text, at: text.length };
}

/** Types or pastes at the cursor; line breaks become blanks, other control characters go away. */
export function typeInto({ text, at }: Field, typed: string): Field {
  const clean = typed.replaceAll(/[\r\n]+/gu, " ").replaceAll(/(?!\t)\p{Cc}/gu, "");
  return { text: text.slice(0, at) + clean + text.slice(at), at: at + clean.length };
}

/** A field after a key. */
export function pressField(field: Field, key: FieldKey): Field {
  const { text, at } = field;
  const line = Text.of([text]);
  switch (key) {
    case "left":
      return { text, at: previousGrapheme(line, at) };
    case "right":
      return { text, at: nextGrapheme(line, at) };
    case "start":
      return { text, at: 0 };
    case "end":
      return { text, at: text.length };
    case "erase":
      return cut(field, previousGrapheme(line, at), at);
    case "eraseForward":
      return cut(field, at, nextGrapheme(line, at));
    case "eraseWord":
      return cut(field, previousWord(line, at), at);
    case "eraseAll":
      return cut(field, 0, at);
  }
}

/**
 * The part of a field around its cursor that fits into so many cells, and the cursor's column in it. There is always a
 * cell for a cursor behind the text.
 */
export function fieldView(
  { text, at }: Field,
  cells: number,
): { readonly shown: string; readonly column: number } {
  const room = Math.max(1, cells - 1);
  const before = visible(text.slice(0, at)).replaceAll("\t", " ");
  const rest = visible(text.slice(at)).replaceAll("\t", " ");
  let start = 0;
  const width = cellWidth(before);
  // What is too long loses its beginning, so that the end before the cursor can be read.
  eachCluster(before, (_from, to, _cells, column) => {
    if (width - column <= room) return false;
    start = to;
    return true;
  });
  const head = before.slice(start);
  const column = cellWidth(head);
  let end = 0;
  eachCluster(rest, (_from, to, width) => {
    if (cellWidth(rest.slice(0, end)) + width + column > room) return false;
    end = to;
    return true;
  });
  return { shown: head + rest.slice(0, end), column };
}

function cut({ text }: Field, from: number, to: number): Field {
  return { text: text.slice(0, from) + text.slice(to), at: from };
}
