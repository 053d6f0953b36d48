/** A text that repeats itself at its end. */
export interface Loop {
  /** Tokens of the sequence to keep; the next one began the repetition. */
  readonly keep: number;
  /** Length of what is repeated, in tokens. */
  readonly period: number;
}

/** What is to be said of a sequence's end. */
export interface LoopWatch {
  /** The repetition, if there is one that should be taken back. */
  readonly loop: Loop | null;
  /** Tokens of the end that may still turn out to be one. */
  readonly unsure: number;
}

/** Longest phrase whose repetition is looked for, in tokens: three of them are the 200 tokens one looks back. */
const LONGEST = 66;

/** From this length on, a phrase said twice in a row is a loop; a shorter one when it comes the third time. */
const LONG = 8;

/** Tokens of a second saying that may be chance. */
const CHANCE = 4;

/**
 * Watches the end of `tokens` for a phrase of two tokens or more that is said over and over (Holtzman et al., "The
 * Curious Case of Neural Text Degeneration", 2020, call three times at the end a repetition). Costs next to nothing
 * where nothing repeats.
 */
export function watchLoops(tokens: readonly number[]): LoopWatch {
  const { length } = tokens;
  let unsure = 0;
  for (let period = 2; period <= Math.min(LONGEST, length - 1); period++) {
    const limit = period < LONG ? 2 * period : period;
    const same = sameAt(tokens, period, limit);
    if (same >= limit) return { loop: { keep: length - (period < LONG ? period : same), period }, unsure };
    const chance = period < LONG ? period : CHANCE;
    if (same > chance) unsure = Math.max(unsure, period < LONG ? same - period : same);
  }
  return { loop: null, unsure };
}

/** How many of the last tokens, up to `limit`, are those that stand `period` before them. */
function sameAt(tokens: readonly number[], period: number, limit: number): number {
  let same = 0;
  for (let at = tokens.length - 1; same < limit && at >= period; at--, same++) {
    if (tokens[at] !== tokens[at - period]) break;
  }
  return same;
}

/** Tokens over which {@link staleness} is taken, and how far back it looks. */
const RECENT = 48;
const LOOK_BACK = 200;

/**
 * The share of the last 48 tokens that end a run of three which the 200 tokens before had already, 0 to 1: loops that
 * change a word each time. 0 for a shorter text.
 */
export function staleness(tokens: readonly number[]): number {
  if (tokens.length < RECENT + 3) return 0;
  const from = Math.max(2, tokens.length - LOOK_BACK);
  const recent = tokens.length - RECENT;
  const seen = new Set<string>();
  let stale = 0;
  for (let at = from; at < tokens.length; at++) {
    const run = `${tokens[at - 2]} ${tokens[at - 1]} ${tokens[at]}`;
    if (at >= recent && seen.has(run)) stale++;
    seen.add(run);
  }
  return stale / RECENT;
}
