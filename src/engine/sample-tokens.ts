import type { Branches, Following } from "./language-model.ts";
import type { Cancelled, EngineParts } from "./parts.ts";
import { readTokens } from "./prefill.ts";
import type { Random } from "./random.ts";
import { logSumExp } from "./sampling/likelihood.ts";
import type { SampledToken } from "./sampling/sampler.ts";
import type { SamplingSettings } from "./settings.ts";
import type { TokenSet } from "./token-marks.ts";
import { slideStart } from "./window.ts";

/** What a run of sampling goes by. */
export interface SamplingRun {
  /** What stands before the first token, which the cache holds, and the logits that follow it. */
  readonly prompt: readonly number[];
  readonly logits: Float32Array;
  readonly settings: SamplingSettings;
  /** Random numbers for each sequence. */
  readonly randoms: readonly Random[];
  /** Tokens that may come first, and those that may come after. */
  readonly first: TokenSet;
  readonly later: TokenSet;
  readonly cancelled: Cancelled;
}

/** Sequences that are drawn together from one prompt, each with random numbers of its own. */
export interface Sampling {
  /**
   * Draws the next token of each of `sequences`, for which the model reads their last ones in one run; null if it was
   * cancelled. A sequence that is left out has ended.
   */
  next(sequences: readonly number[]): Promise<readonly SampledToken[] | null>;
  /** What the model has read of the sequences: all but their last tokens. */
  readonly branches: Branches;
  /** Gives the cache back; it holds the prompt. */
  close(): void;
}

/** Sequences that are drawn together at most: beyond, a run takes longer by nearly as much as it does more. */
const TOGETHER = 8;

/** How many of `wanted` sequences to draw together, if each may become `length` tokens in all. */
export function groupSize(wanted: number, length: number, { model }: EngineParts): number {
  // What outgrows the window slides, by itself: no two windows are cut alike.
  return length > model.contextLength ? 1 : Math.min(wanted, TOGETHER);
}

/**
 * Begins to draw. When the window of a lone sequence is full, a quarter to a half of it is kept and read anew;
 * several must fit into it together with their prompt.
 */
export function startSampling(parts: EngineParts, run: SamplingRun): Sampling {
  const { model, tokenizer, cache, sampler } = parts;
  const count = run.randoms.length;
  const seen = run.randoms.map(() => [...run.prompt]);
  /** Where in `seen` the text begins that a lone sequence still has before it. */
  let start = 0;
  let branches = model.branch(cache, count);

  /** What follows each of `sequences`, one row after another; null if it was cancelled. */
  async function read(sequences: readonly number[]): Promise<Following | null> {
    const [only = 0] = sequences;
    const whole = seen[only] ?? [];
    if (count === 1 && whole.length - start > model.contextLength) {
      branches.close();
      start += slideStart(whole.slice(start), model.contextLength, tokenizer);
      const logits = await readTokens(parts, whole.slice(start), run.cancelled);
      branches = model.branch(cache, 1);
      return logits && follow(logits);
    }
    return branches.step(sequences.map((branch) => ({ branch, tokens: seen[branch]?.slice(-1) ?? [] })));
  }

  return {
    get branches() {
      return branches;
    },
    async next(sequences) {
      await parts.pause();
      if (run.cancelled()) return null;
      const isFirst = seen[0]?.length === run.prompt.length;
      const following = isFirst ? follow(run.logits) : await read(sequences);
      if (following === null || run.cancelled()) return null;
      const { logits, normalisers } = following;
      const allowed = isFirst ? run.first : run.later;
      const size = model.vocabularySize;
      return sequences.map((sequence, i) => {
        const row = isFirst ? 0 : i;
        const own = logits.subarray(row * size, (row + 1) * size);
        const before = seen[sequence] ?? [];
        const random = run.randoms[sequence];
        if (random === undefined) throw new RangeError(`${sequence} is none of ${count} sequences`);
        const token = sampler.draw(own, allowed, before, run.settings, random, normalisers[row]);
        before.push(token.id);
        return token;
      });
    },
    close: () => branches.close(),
  };
}

/** One row of logits with its normaliser. */
function follow(logits: Float32Array): Following {
  return { logits, normalisers: Float32Array.of(logSumExp(logits)) };
}
