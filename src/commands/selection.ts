import { UserError } from "../errors.ts";
import { characters, offset } from "./characters.ts";

/** A part of a text, in UTF-16 code units, `from` <= `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What was asked for on the command line: the selected text itself, or where it stands. */
export type SelectionFlags =
  | { readonly select: string; readonly range?: undefined }
  | { readonly range: CharacterRange; readonly select?: undefined };

/** A part of a text in characters (Unicode code points), as `--range FROM:TO` gives it. */
export interface CharacterRange {
  readonly from: number;
  readonly to: number;
}

/** Reads `FROM:TO`; undefined where it is not two whole numbers. */
export function parseRange(text: string): CharacterRange | undefined {
  const match = /^(\d{1,15}):(\d{1,15})$/.exec(text);
  return match ? { from: Number(match[1]), to: Number(match[2]) } : undefined;
}

/**
 * Where the selected passage stands in `text`. Throws a UserError for a text that is not there or is there several
 * times (with the ranges to choose from), and for a range that is empty or beyond the end.
 */
export function findSelection(text: string, flags: SelectionFlags): Span {
  return flags.select === undefined ? spanOfRange(text, flags.range) : spanOfText(text, flags.select);
}

function spanOfText(text: string, selected: string): Span {
  if (selected === "")
    throw new UserError("--select must be a text of one character or more.", { exitCode: 2 });
  const places: number[] = [];
  for (let at = text.indexOf(selected); at >= 0; at = text.indexOf(selected, at + 1)) places.push(at);
  const [first, second] = places;
  if (first === undefined) {
    throw new UserError(`The story does not hold ${JSON.stringify(selected)}.`, {
      hint: "--select wants the exact text, with its case, quotes and line breaks; --range FROM:TO wants its place.",
    });
  }
  if (second === undefined) return { from: first, to: first + selected.length };
  const length = characters(selected);
  const shown = places.slice(0, 5).map((at) => {
    const from = characters(text.slice(0, at));
    return `--range ${from}:${from + length} (line ${text.slice(0, at).split("\n").length})`;
  });
  const more = places.length > shown.length ? `, and ${places.length - shown.length} more` : "";
  throw new UserError(`The story holds ${JSON.stringify(selected)} ${places.length} times.`, {
    hint: `Choose one: ${shown.join(", ")}${more}.`,
  });
}

function spanOfRange(text: string, { from, to }: CharacterRange): Span {
  const length = characters(text);
  if (to > length) {
    throw new UserError(`--range ${from}:${to} ends beyond the story, which has ${length} characters.`, {
      exitCode: 2,
    });
  }
  if (from >= to) {
    throw new UserError(`--range ${from}:${to} holds no characters.`, {
      hint: "FROM is the first character, counted from 0; TO is one past the last.",
      exitCode: 2,
    });
  }
  return { from: offset(text, from), to: offset(text, to) };
}
