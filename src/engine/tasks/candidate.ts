import { createOfferedText } from "../offered-text.ts";
import type { EngineParts } from "../parts.ts";
import type { Sampling } from "../sample-tokens.ts";
import type { SampledToken } from "../sampling/sampler.ts";
import { followEnding, type Passage } from "./passage.ts";

/** A text for the place of a passage. */
export interface Candidate {
  /** Its words, without the white space around. */
  readonly words: string;
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
  /** Whether it ends as the passage does. */
  readonly whole: boolean;
}

/** A candidate while it grows. */
export interface GrowingCandidate {
  /** Takes the next token. */
  add(token: SampledToken): void;
  /** The candidate, once it has ended. */
  readonly ended: Candidate | null;
}

/** A candidate without any token. `blanks` are those that the story has in front of it already. */
export function beginCandidate(
  passage: Passage,
  blanks: number,
  { tokenizer, marks }: EngineParts,
): GrowingCandidate {
  const offered = createOfferedText([], blanks);
  const endsAt = followEnding(passage);
  const tokens: number[] = [];
  const logprobs: number[] = [];
  const texts: string[] = [];
  let ended: Candidate | null = null;
  return {
    get ended() {
      return ended;
    },
    add({ id, logprob }) {
      tokens.push(id);
      logprobs.push(logprob);
      offered.push(tokenizer.bytes(id));
      texts.push(offered.whole);
      const ending = endsAt(offered.whole, tokens.length, marks.continuingWord[id] === 1);
      if (ending === null) return;
      ended = {
        words: (texts[ending.keep - 1] ?? "").trim(),
        tokens: tokens.slice(0, ending.keep),
        logprobs: logprobs.slice(0, ending.keep),
        whole: ending.whole,
      };
    },
  };
}

/**
 * Mean natural-log probability of the tokens `following` after each of some candidates, all in one pass: the model
 * has read all but the last tokens of them. `sequences` says which of the sampling's each one is. # [candidates]
 */
export async function fitOf(
  candidates: readonly Candidate[],
  sequences: readonly number[],
  following: readonly number[],
  { branches }: Sampling,
): Promise<readonly number[]> {
  const next = candidates.map(({ tokens }, i) => {
    const branch = sequences[i] ?? 0;
    // A candidate may have been cut back to an earlier end.
    branches.truncate(branch, tokens.length - 1);
    return { branch, tokens: [...tokens.slice(-1), ...following.slice(0, -1)], targets: following };
  });
  const likelihoods = await branches.likelihoods(next);
  return likelihoods.map((each) => mean(each.map(({ logprob }) => logprob)));
}

/** The mean of `values`, at least one. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
