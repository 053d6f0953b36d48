import { type Contrast, contrast } from "./contrast.ts";
import type { Branches, Following } from "./language-model.ts";
import type { Cancelled, EngineParts } from "./parts.ts";
import { CHUNK_READ, readTokens, reusableTokens } from "./prefill.ts";
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
  /** Other views of each sequence, to be taken off its own. */
  readonly contrasts: readonly Contrast[];
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

/**
 * How many of `wanted` sequences to draw together, if each may become `length` tokens in all, and the model has so many
 * views of each.
 */
export function groupSize(wanted: number, length: number, views: number, { model }: EngineParts): number {
  // What outgrows the window slides, by itself: no two windows are cut alike.
  return length > model.contextLength ? 1 : Math.min(wanted, Math.max(1, Math.floor(TOGETHER / views)));
}

/**
 * Begins to draw. When the window of a lone sequence is full, a quarter to a half of it is kept and read anew; several,
 * and one that has contrasts, must fit into it together with their prompt.
 */
export function startSampling(parts: EngineParts, run: SamplingRun): Sampling {
  const { model, tokenizer, cache, sampler } = parts;
  const { contrasts } = run;
  const count = run.randoms.length;
  const size = model.vocabularySize;
  const mixed = new Float32Array(contrasts.length > 0 ? size : 0);
  const seen = run.randoms.map(() => [...run.prompt]);
  /** Where in `seen` the text begins that a lone sequence still has before it. */
  let start = 0;
  let branches = begin();

  /** The sequences, then for each contrast its prompt, and the sequences once more behind that. */
  function begin(): Branches {
    if (contrasts.length === 0) return model.branch(cache, count);
    const others = contrasts.flatMap(({ prompt }, k) => [
      { shared: reusableTokens(cache, prompt) },
      ...Array.from({ length: count }, () => ({ after: stemOf(k) })),
    ]);
    return model.branch(cache, [...Array.from({ length: count }, () => ({})), ...others]);
  }

  function stemOf(k: number): number {
    return count + k * (count + 1);
  }

  /** What follows the prompt in each view, one row for all sequences; null if it was cancelled. */
  async function readFirst(): Promise<Following | null> {
    if (contrasts.length === 0) return follow(run.logits);
    const logits = new Float32Array((1 + contrasts.length) * size);
    logits.set(run.logits);
    for (const [k, { prompt }] of contrasts.entries()) {
      for (let at = reusableTokens(cache, prompt); at < prompt.length; at += CHUNK_READ) {
        if (run.cancelled()) return null;
        const tokens = prompt.slice(at, at + CHUNK_READ);
        logits.set((await branches.step([{ branch: stemOf(k), tokens }])).logits, (k + 1) * size);
        await parts.pause();
      }
    }
    const normalisers = Float32Array.from({ length: 1 + contrasts.length }, (_, view) => {
      return logSumExp(logits.subarray(view * size, (view + 1) * size));
    });
    return { logits, normalisers };
  }

  /** What follows each of `sequences`, one row after another, view by view; null if it was cancelled. */
  async function read(sequences: readonly number[]): Promise<Following | null> {
    const [only = 0] = sequences;
    const whole = seen[only] ?? [];
    if (count === 1 && contrasts.length === 0 && whole.length - start > model.contextLength) {
      branches.close();
      start += slideStart(whole.slice(start), model.contextLength, tokenizer);
      const logits = await readTokens(parts, whole.slice(start), run.cancelled);
      branches = model.branch(cache, 1);
      return logits && follow(logits);
    }
    const last = (sequence: number): readonly number[] => seen[sequence]?.slice(-1) ?? [];
    return branches.step([
      ...sequences.map((sequence) => ({ branch: sequence, tokens: last(sequence) })),
      ...contrasts.flatMap((_, k) =>
        sequences.map((sequence) => ({ branch: stemOf(k) + 1 + sequence, tokens: last(sequence) })),
      ),
    ]);
  }

  return {
    get branches() {
      return branches;
    },
    async next(sequences) {
      await parts.pause();
      if (run.cancelled()) return null;
      const isFirst = seen[0]?.length === run.prompt.length;
      const following = isFirst ? await readFirst() : await read(sequences);
      if (following === null || run.cancelled()) return null;
      const { logits, normalisers } = following;
      const allowed = isFirst ? run.first : run.later;
      /** One view's opinion of what follows the sequence at place `i`. */
      const view = (of: number, i: number) => {
        const row = isFirst ? of : of * sequences.length + i;
        return { logits: logits.subarray(row * size, (row + 1) * size), normaliser: normalisers[row]! };
      };
      return sequences.map((sequence, i) => {
        const own = view(0, i);
        const before = seen[sequence] ?? [];
        const random = run.randoms[sequence];
        if (random === undefined) throw new RangeError(`${sequence} is none of ${count} sequences`);
        const others = contrasts.map(({ weight }, k) => ({ ...view(k + 1, i), weight }));
        if (others.length > 0) contrast(own.logits, own.normaliser, others, mixed);
        const scores = others.length > 0 ? mixed : own.logits;
        const { id } = sampler.draw(scores, allowed, before, run.settings, random, own.normaliser);
        before.push(id);
        return { id, logprob: own.logits[id]! - own.normaliser };
      });
    },
    close: () => branches.close(),
  };
}

/** One row of logits with its normaliser. */
function follow(logits: Float32Array): Following {
  return { logits, normalisers: Float32Array.of(logSumExp(logits)) };
}
