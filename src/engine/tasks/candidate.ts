import { createOfferedText } from "../offered-text.ts";
import type { EngineParts } from "../parts.ts";
import type { Sampling } from "../sample-tokens.ts";
import type { SampledToken } from "../sampling/sampler.ts";
import { type Ending, followEnding, type Passage } from "./passage.ts";

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
  /** Tokens so far. */
  readonly tokens: readonly number[];
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

  function end({ keep, whole }: Ending): void {
    const words = (texts[keep - 1] ?? "").trim();
    ended = { words, tokens: tokens.slice(0, keep), logprobs: logprobs.slice(0, keep), whole };
  }

  return {
    tokens,
    get ended() {
      return ended;
    },
    add({ id, logprob }) {
      if (id === tokenizer.endOfText) {
        // The model says that it is done, where it may: nobody else may end the text so.
        const alike = passage.endsAlike === null || passage.endsAlike(offered.whole);
        end({ keep: tokens.length, whole: alike });
        return;
      }
      tokens.push(id);
      logprobs.push(logprob);
      offered.push(tokenizer.bytes(id));
      texts.push(offered.whole);
      const ending = endsAt(offered.whole, tokens.length, marks.continuingWord[id] === 1);
      if (ending !== null) end(ending);
    },
  };
}

/** A candidate that ends before the first of `stop`, or at the end of text, or, cut short, after `most` tokens. */
export function beginStopped(
  stop: readonly string[],
  most: number,
  { tokenizer }: EngineParts,
): GrowingCandidate {
  const offered = createOfferedText(stop, 0);
  const tokens: number[] = [];
  const logprobs: number[] = [];
  let ended: Candidate | null = null;
  return {
    tokens,
    get ended() {
      return ended;
    },
    add({ id, logprob }) {
      const isEnd = id === tokenizer.endOfText;
      if (!isEnd) {
        tokens.push(id);
        logprobs.push(logprob);
        offered.push(tokenizer.bytes(id));
      }
      const whole = isEnd || offered.stopped;
      if (!whole && tokens.length < most) return;
      ended = { words: offered.whole.trim(), tokens, logprobs, whole };
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
