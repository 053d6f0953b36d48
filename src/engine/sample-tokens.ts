import { type Contrast, contrast } from "./contrast.ts";
import type { Branches, Following } from "./language-model.ts";
import type { Cancelled, EngineParts } from "./parts.ts";
import { CHUNK_READ, readTokens, reusableTokens } from "./prefill.ts";
import type { Random } from "./random.ts";
import { likeliest } from "./sampling/likeliest.ts";
import { logSumExp } from "./sampling/likelihood.ts";
import type { Edits, SampledToken } from "./sampling/sampler.ts";
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
  /** How many of the likeliest tokens to tell with each one drawn; left out, none. */
  readonly alternatives?: number;
  readonly cancelled: Cancelled;
}

/** What is changed for one draw. */
export interface Change {
  readonly edits?: Edits;
  readonly settings: Partial<SamplingSettings>;
  /** The token that takes the place of the one drawn; `always`, or only of one that begins a word. */
  readonly wanted?: { readonly id: number; readonly always: boolean };
}

/** Sequences that are drawn together from one prompt, each with random numbers of its own. */
export interface Sampling {
  /**
   * Draws the next token of each of `sequences`, for which the model reads their last ones in one run; null if it was
   * cancelled. A sequence that is left out has ended. `changes` has what is changed for each draw.
   */
  next(
    sequences: readonly number[],
    changes?: readonly (Change | undefined)[],
  ): Promise<readonly SampledToken[] | null>;
  /** Takes back all but the first `count` tokens that were drawn for a sequence. */
  keep(sequence: number, count: number): void;
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
  /** A lone sequence that slid must be read anew from `start`: what its branch holds was taken back. */
  let stale = false;
  /** What follows the prompt in each view, once it is known. */
  let beginning: Following | null = null;
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
    if (beginning !== null) return beginning;
    if (contrasts.length === 0) {
      beginning = follow(run.logits);
      return beginning;
    }
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
    beginning = { logits, normalisers };
    return beginning;
  }

  /** What follows each of `sequences`, one row after another, view by view; null if it was cancelled. */
  async function read(sequences: readonly number[]): Promise<Following | null> {
    const [only = 0] = sequences;
    const whole = seen[only] ?? [];
    const isFull = count === 1 && contrasts.length === 0 && whole.length - start > model.contextLength;
    if (isFull || stale) {
      branches.close();
      if (isFull) start += slideStart(whole.slice(start), model.contextLength, tokenizer);
      stale = false;
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
    async next(sequences, changes) {
      await parts.pause();
      if (run.cancelled()) return null;
      const isNew = (sequence: number): boolean => seen[sequence]?.length === run.prompt.length;
      const grown = sequences.filter((sequence) => !isNew(sequence));
      const first = grown.length < sequences.length ? await readFirst() : null;
      const later = grown.length > 0 && !run.cancelled() ? await read(grown) : null;
      if (run.cancelled()) return null;
      /** One view's opinion of what follows a sequence. */
      const view = (of: number, sequence: number) => {
        const following = isNew(sequence) ? first : later;
        if (following === null) throw new RangeError(`nothing is known of what follows sequence ${sequence}`);
        const row = isNew(sequence) ? of : of * grown.length + grown.indexOf(sequence);
        const logits = following.logits.subarray(row * size, (row + 1) * size);
        return { logits, normaliser: following.normalisers[row]! };
      };
      return sequences.map((sequence, i) => {
        const own = view(0, sequence);
        const before = seen[sequence] ?? [];
        const random = run.randoms[sequence];
        if (random === undefined) throw new RangeError(`${sequence} is none of ${count} sequences`);
        const opposed = contrasts.map(({ weight }, k) => ({ ...view(k + 1, sequence), weight }));
        if (opposed.length > 0) contrast(own.logits, own.normaliser, opposed, mixed);
        const scores = opposed.length > 0 ? mixed : own.logits;
        const allowed = isNew(sequence) ? run.first : run.later;
        const { edits, settings = {}, wanted } = changes?.[i] ?? {};
        const bent = { ...run.settings, ...settings };
        const drawn = sampler.draw(scores, allowed, before, bent, random, own.normaliser, edits).id;
        const beginsWord = parts.marks.startingBlank[drawn] === 1;
        const id = wanted && (wanted.always || beginsWord) ? wanted.id : drawn;
        before.push(id);
        const logprob = own.logits[id]! - own.normaliser;
        if (run.alternatives === undefined) return { id, logprob };
        const others = likeliest(own.logits, run.alternatives).map((other) => ({
          id: other,
          text: tokenizer.decode([other]),
          logprob: own.logits[other]! - own.normaliser,
        }));
        return { id, logprob, alternatives: others };
      });
    },
    keep(sequence, kept) {
      const drawn = seen[sequence];
      const length = run.prompt.length + kept;
      if (drawn === undefined || kept < 0 || length > drawn.length) {
        throw new RangeError(`cannot keep ${kept} tokens of sequence ${sequence}`);
      }
      drawn.length = length;
      if (start > 0) {
        // All that it read after it slid is in the cache, not in a branch.
        stale = true;
        return;
      }
      // The last token is still to be read.
      const read = Math.max(0, kept - 1);
      const own = [sequence, ...contrasts.map((_, k) => stemOf(k) + 1 + sequence)];
      for (const branch of own) branches.truncate(branch, Math.min(read, branches.lengths[branch] ?? 0));
    },
    close: () => branches.close(),
  };
}

/** One row of logits with its normaliser. */
function follow(logits: Float32Array): Following {
  return { logits, normalisers: Float32Array.of(logSumExp(logits)) };
}
