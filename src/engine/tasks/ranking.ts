import type { Candidate } from "./candidate.ts";
import { copiedRun, keptShare, repeatedShare } from "./closeness.ts";

/** A candidate with what speaks for and against it. */
export interface Ranked {
  readonly candidate: Candidate;
  /** Its number among all that were sampled. */
  readonly drawn: number;
  /** Where it comes from: `left`, `infill` or a template's name. */
  readonly source: string;
  /** Mean natural-log probability of its own tokens after what stands before, in nats a token. */
  readonly logprob: number;
  /** That of what follows, after it; undefined where nothing does. */
  readonly fit: number | undefined;
  /** How much better what follows fits than after the passage itself, in nats a token; undefined where nothing does. */
  readonly gain: number | undefined;
  /** The share of the passage's content words that it keeps: 0 to 1. */
  readonly kept: number;
  /** Words in a row that it has from its neighbours, and the share of it that repeats itself. */
  readonly copied: number;
  readonly repeated: number;
}

/** What a passage kept whole is worth at `closeness` 1, in nats a token of what follows: more than any fit. */
const KEEPING = 4;

/** What its own likelihood is worth beside that of what follows, and below which it counts, in nats a token. */
const FLUENCY = 0.1;
const FLUENT = -3.5;

/** Words in a row that anyone may have in common with the neighbours, and what each further one costs. */
const COMMON_WORDS = 5;
const COPYING = 0.15;

/** What a text that only repeats itself would cost. */
const REPEATING = 2;

/** The texts that a candidate is measured by. */
export interface Neighbourhood {
  readonly passage: string;
  /** What stands around the passage. */
  readonly neighbours: readonly string[];
}

/** The figures of a candidate that its words tell. */
export function figuresOf(
  words: string,
  { passage, neighbours }: Neighbourhood,
): Pick<Ranked, "kept" | "copied" | "repeated"> {
  return {
    kept: keptShare(passage, words),
    copied: copiedRun(words, neighbours),
    repeated: repeatedShare(words),
  };
}

/**
 * How good a candidate is, in nats for each token that follows: how well the story goes on behind it, and, by
 * `closeness` (0 to 1), how much of the passage it keeps; less where it reads badly, copies or repeats. Where nothing
 * follows its own likelihood stands for that.
 */
export function worth({ fit, logprob, kept, copied, repeated }: Ranked, closeness: number): number {
  const reads = FLUENCY * Math.min(0, logprob - FLUENT);
  const copies = COPYING * Math.max(0, copied - COMMON_WORDS);
  return (fit ?? logprob) + KEEPING * closeness * kept + reads - copies - REPEATING * repeated;
}
