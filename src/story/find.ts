import type { Text } from "@codemirror/state";

/** What is looked for, and how. */
export interface Query {
  readonly text: string;
  /** `text` is a regular expression of JavaScript's, matched line by line. */
  readonly regex: boolean;
  /** Whether capitals count; null: where the text has one. */
  readonly matchCase: boolean | null;
  /** No letter or digit stands right before or after it. */
  readonly wholeWords: boolean;
}

/** A stretch of the story, in UTF-16 code units, `from` < `to`. */
export interface Match {
  readonly from: number;
  readonly to: number;
}

/** What was found: sorted, apart from each other. */
export interface Found {
  readonly matches: readonly Match[];
  /** There are more, which were not looked for. */
  readonly more: boolean;
  /** The search took too long and was stopped: what was found is not all. */
  readonly late: boolean;
  /** Something matched that is empty, such as the start of a line: such places are passed over. */
  readonly empty: boolean;
}

/**
 * Runs a function for so many milliseconds at most and tells whether it came to its end. A regular expression can take
 * longer than the writer lives, and nothing in it can look at a clock: whoever owns the process stops it from outside.
 */
export type Guard = (run: () => void, ms: number) => boolean;

/** Lets everything run to its end. */
export const unguarded: Guard = (run) => {
  run();
  return true;
};

/** Milliseconds that a search by a regular expression may take. */
const PATIENCE_MS = 200;

/** Matches that are looked for at most. */
export const MOST_MATCHES = 50_000;

/** A query made ready. Patterns are compared by identity: make one for each query. */
export interface Pattern {
  readonly expression: RegExp;
  /** Made from plain text: it takes no longer than the story is long. */
  readonly plain: boolean;
}

/**
 * The pattern of a query; null for an empty one. Straight quotes find curly ones too, and any space a no-break one.
 * Throws a SyntaxError for what is no regular expression.
 */
export function patternOf(query: Query): Pattern | null {
  const { text, regex, wholeWords } = query;
  if (text === "") return null;
  const flags = capitalsCount(query) ? "gu" : "giu";
  const alone = new RegExp(regex ? text : literal(text), flags);
  const { source } = alone;
  const whole = `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])`;
  return { expression: wholeWords ? new RegExp(whole, flags) : alone, plain: !regex };
}

/** Whether capitals count in a query: as it says, or where it has one that is no part of an escape like `\\W`. */
export function capitalsCount({ text, regex, matchCase }: Query): boolean {
  const letters = regex ? text.replaceAll(/\\(?:[pP]\{[^}]*\}|k<[^>]*>|.)/gu, "") : text;
  return matchCase ?? /\p{Lu}/u.test(letters);
}

/**
 * Everything that matches in the story. Parts of the text that were searched before are not searched again: a search
 * that was stopped goes on from there when it is asked for again.
 */
export function findAll(text: Text, pattern: Pattern, guard: Guard = unguarded): Found {
  const matches: Match[] = [];
  const seen = { empty: false };
  let more = false;
  const search = (): void => {
    more = collect(text, 0, pattern, matches, seen);
  };
  const late = !(pattern.plain ? unguarded : guard)(search, PATIENCE_MS);
  return { matches, more, late, ...seen };
}

/** Index of the first match that ends behind `pos`; their number if there is none. */
export function matchFrom(matches: readonly Match[], pos: number): number {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matches[middle]!.to > pos) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * What a match becomes: for a regular expression `$1`, `$&` and the like stand for parts of it, as in JavaScript's
 * `replace`; a lone `$` is itself.
 */
export function replacementOf(
  text: Text,
  { from, to }: Match,
  pattern: Pattern,
  query: Query,
  by: string,
): string {
  if (!query.regex) return by;
  const line = text.lineAt(from);
  const { expression } = pattern;
  expression.lastIndex = from - line.from;
  const found = expression.exec(line.text);
  expression.lastIndex = 0;
  if (found === null || found[0].length !== to - from) return by;
  return by.replaceAll(/\$(?:(\$)|(&)|(\d{1,2})|<([^>]*)>)/gu, (whole, dollar, all, number, name) => {
    if (dollar) return "$";
    if (all) return found[0];
    if (name !== undefined) return found.groups?.[name] ?? "";
    const index = Number(number);
    return index > 0 && index < found.length ? (found[index] ?? "") : whole;
  });
}

/** Matches of a leaf of a text, from its own start. */
interface Bounds {
  /** # [matches · 2] */
  readonly bounds: readonly number[];
  /** There are empty ones too. */
  readonly empty: boolean;
}

/** What is known of leaves for the pattern that was looked for last. */
const known = new WeakMap<Text, Bounds & { readonly pattern: Pattern }>();

/** Adds the matches of a part of the text that begins at `start`; returns whether there are too many. */
function collect(
  part: Text,
  start: number,
  pattern: Pattern,
  into: Match[],
  seen: { empty: boolean },
): boolean {
  if (part.children) {
    let from = start;
    for (const child of part.children) {
      if (collect(child, from, pattern, into, seen)) return true;
      from += child.length + 1;
    }
    return false;
  }
  let found = known.get(part);
  if (found?.pattern !== pattern) {
    found = { pattern, ...boundsIn(part, pattern) };
    known.set(part, found);
  }
  const { bounds, empty } = found;
  if (empty) seen.empty = true;
  for (let i = 0; i < bounds.length; i += 2) {
    if (into.length >= MOST_MATCHES) return true;
    into.push({ from: start + bounds[i]!, to: start + bounds[i + 1]! });
  }
  return false;
}

function boundsIn(leaf: Text, { expression }: Pattern): Bounds {
  const bounds: number[] = [];
  let empty = false;
  let from = 0;
  for (const line of leaf.iterLines()) {
    expression.lastIndex = 0;
    for (let found = expression.exec(line); found; found = expression.exec(line)) {
      // By whole characters: inside of one, the search would step back and find the same nothing for ever.
      if (found[0] === "") {
        empty = true;
        expression.lastIndex += (line.codePointAt(found.index) ?? 0) > 0xffff ? 2 : 1;
      } else bounds.push(from + found.index, from + found.index + found[0].length);
    }
    from += line.length + 1;
  }
  return { bounds, empty };
}

function literal(text: string): string {
  return text
    .replaceAll(/[\\^$.*+?()[\]{}|/]/gu, "\\$&")
    .replaceAll("'", "['‘’]")
    .replaceAll('"', '["“”]')
    .replaceAll(" ", "[ \\u00a0]");
}
