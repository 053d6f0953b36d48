import type { Text } from "@codemirror/state";
import {
  type Found,
  findAll,
  type Guard,
  type Match,
  matchFrom,
  type Pattern,
  patternOf,
  type Query,
} from "../story/find.ts";
import type { Selection } from "../story/selection.ts";
import type { Field } from "./field.ts";
import type { Place } from "./place.ts";

/** The search, while its bar is open. */
export interface Find {
  /** How it is looked for; what, is in the field. */
  readonly query: Query;
  readonly replacement: string;
  /** Where typed text goes, and the cursor in it. */
  readonly field: "query" | "replacement";
  readonly at: number;
  /** Where the writer was when it was opened. */
  readonly back: { readonly selection: Selection; readonly top: Place };
  /** Lines that were selected then: only there is searched. Null: everywhere. */
  readonly within: Match | null;
  /** Whether the writer has gone on from there: Esc then stays at the match. */
  readonly moved: boolean;
  readonly result: FindResult;
}

/** What nothing was looked for with yet. */
export const NO_QUERY: Query = { text: "", regex: false, matchCase: null, wholeWords: false };

/** What the search comes to in a story. */
export interface FindResult extends Found {
  /** What was searched. */
  readonly text: Text;
  readonly pattern: Pattern | null;
  /** Why the query cannot be looked for; null if it can. */
  readonly problem: string | null;
}

const NOTHING: Found = { matches: [], more: false, late: false, empty: false };

const patterns = new WeakMap<Query, Pattern | null>();

/** All matches of a query in a text. What the same query was looked for in before is not searched again. */
export function search(text: Text, query: Query, within: Match | null, guard: Guard): FindResult {
  try {
    const known = patterns.get(query);
    const pattern = known === undefined ? patternOf(query) : known;
    patterns.set(query, pattern);
    if (!pattern) return { text, ...NOTHING, pattern, problem: null };
    const { matches, ...found } = findAll(text, pattern, guard);
    return { text, ...found, matches: within ? inside(matches, within) : matches, pattern, problem: null };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const reason = error.message.replace(/^.*: /su, "").toLowerCase();
    return { text, ...NOTHING, pattern: null, problem: `not yet: ${reason}` };
  }
}

/** What is typed into. */
export function findField({ query, replacement, field, at }: Find): Field {
  return { text: field === "query" ? query.text : replacement, at };
}

/** The index of the match that is selected, or −1. */
export function matchIndex(matches: readonly Match[], { anchor, head }: Selection): number {
  const from = Math.min(anchor, head);
  const index = matchFrom(matches, from);
  const match = matches[index];
  return match && match.from === from && match.to === Math.max(anchor, head) ? index : -1;
}

function inside(matches: readonly Match[], { from, to }: Match): readonly Match[] {
  const first = matchFrom(matches, from);
  return matches.slice(first, matchFrom(matches, to)).filter((match) => match.from >= from);
}
