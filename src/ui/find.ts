import type { Text } from "@codemirror/state";
import {
  type Found,
  findAll,
  type Match,
  matchFrom,
  type Pattern,
  patternOf,
  type Query,
} from "../story/find.ts";
import type { Selection } from "../story/selection.ts";
import type { Place } from "./place.ts";

/** The search, while its bar is open. */
export interface Find {
  readonly query: Query;
  readonly replacement: string;
  /** Where typed text goes. */
  readonly field: "query" | "replacement";
  /** Where the writer was when it was opened. */
  readonly back: { readonly selection: Selection; readonly top: Place };
  /** Whether the writer has gone on from there: Esc then stays at the match. */
  readonly moved: boolean;
}

/** What nothing was looked for with yet. */
export const NO_QUERY: Query = { text: "", regex: false, matchCase: false, wholeWords: false };

/** What the search comes to in a story. */
export interface FindResult extends Found {
  readonly pattern: Pattern | null;
  /** Why the query cannot be looked for; null if it can. */
  readonly problem: string | null;
}

const patterns = new WeakMap<Query, Pattern | null>();
const results = new WeakMap<Query, { readonly text: Text; readonly result: FindResult }>();

/** All matches of a query in a text. What was found last is kept for each query. */
export function resultOf(text: Text, query: Query): FindResult {
  const last = results.get(query);
  if (last?.text === text) return last.result;
  const result = search(text, query);
  results.set(query, { text, result });
  return result;
}

/** The index of the match that is selected, or −1. */
export function matchIndex(matches: readonly Match[], { anchor, head }: Selection): number {
  const from = Math.min(anchor, head);
  const index = matchFrom(matches, from);
  const match = matches[index];
  return match && match.from === from && match.to === Math.max(anchor, head) ? index : -1;
}

function search(text: Text, query: Query): FindResult {
  try {
    const pattern = patterns.get(query) ?? patternOf(query);
    patterns.set(query, pattern);
    const found = pattern ? findAll(text, pattern) : { matches: [], more: false };
    return { ...found, pattern, problem: null };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { matches: [], more: false, pattern: null, problem: "no regular expression yet" };
  }
}
