import type { Alternative } from "../likelihoods.ts";
import type { Random } from "../random.ts";
import type { SamplingSettings } from "../settings.ts";
import type { TokenSet } from "../token-marks.ts";
import { type Candidates, createCandidates, maximum, select } from "./candidates.ts";
import { logSumExp } from "./likelihood.ts";
import { banRepetition, banTokens, penaliseRepetition } from "./processors.ts";

/** A token that was drawn. */
export interface SampledToken {
  readonly id: number;
  /** Natural-log probability under the model itself, before any setting. */
  readonly logprob: number;
  /** The likeliest tokens at its place, where they were asked for. */
  readonly alternatives?: readonly Alternative[];
}

/** What is changed for one draw, besides the settings. */
export interface Edits {
  /** Ids that may not come. Where no others may, they may. */
  readonly forbidden?: ReadonlySet<number> | undefined;
  /** Ids outside of this set may not come either. */
  readonly within?: TokenSet | undefined;
  /** Added to the scores of ids. */
  readonly added?: ReadonlyMap<number, number> | undefined;
}

/** Draws tokens, one after another, in memory that is used again: for one sequence or for several in turn. */
export interface Sampler {
  /**
   * Draws the token that follows `logits`, among `allowed` (all of them where none is), after `seen`: the whole
   * sequence so far, the prompt included. One number of `random` a token, none for the likeliest one alone. The
   * distribution is that of `distribution`, after `edits`; `settings` must be in range. `normaliser` is what a
   * log-softmax of `logits` subtracts, where it is known.
   *
   * Throws a RangeError for logits of another length, or with NaN or Infinity among them, or that allow no token.
   */
  draw(
    logits: Float32Array,
    allowed: TokenSet,
    seen: readonly number[],
    settings: Partial<SamplingSettings>,
    random: Random,
    normaliser?: number,
    edits?: Edits,
  ): SampledToken;
}

const NO_EDITS: Edits = {};

/** A sampler for logits of a vocabulary of `size` tokens. */
export function createSampler(size: number): Sampler {
  const scores = new Float64Array(size);
  const candidates = createCandidates(size);
  const forbidden = new WeakMap<TokenSet, Uint32Array>();

  /** Ids outside `allowed`; none where it is empty. Sets are asked for again and again. */
  function forbiddenBy(allowed: TokenSet): Uint32Array {
    const known = forbidden.get(allowed);
    if (known) return known;
    const found = new Uint32Array(size).map((_, id) => id).filter((id) => allowed[id] !== 1);
    const ids = found.length < size ? found : new Uint32Array();
    forbidden.set(allowed, ids);
    return ids;
  }

  return {
    draw(logits, allowed, seen, settings, random, normaliser = logSumExp(logits), edits = NO_EDITS) {
      if (logits.length !== size) throw new RangeError(`${logits.length} logits for ${size} tokens`);
      if (!Number.isFinite(normaliser)) {
        throw new RangeError("logits must be finite or -Infinity, got NaN or Infinity");
      }
      const isCertain = settings.greedy || settings.temperature === 0;
      const { repetition_penalty = 1, no_repeat_ngram_size = 0 } = settings;
      if (isCertain && repetition_penalty === 1 && no_repeat_ngram_size === 0 && edits === NO_EDITS) {
        const id = likeliest(logits);
        if (allowed[id] === 1) return { id, logprob: logits[id]! - normaliser };
      }
      scores.set(logits);
      for (const id of forbiddenBy(allowed)) scores[id] = Number.NEGATIVE_INFINITY;
      for (const [token, weight] of edits.added ?? []) scores[token]! += weight;
      penaliseRepetition(scores, seen, repetition_penalty);
      banRepetition(scores, seen, no_repeat_ngram_size);
      if (edits.within) for (const id of forbiddenBy(edits.within)) scores[id] = Number.NEGATIVE_INFINITY;
      if (edits.forbidden) banTokens(scores, edits.forbidden);
      const best = maximum(scores);
      if (best === Number.NEGATIVE_INFINITY) {
        throw new RangeError("logits must allow at least one token, got -Infinity for all");
      }
      let id: number;
      if (isCertain) {
        id = scores.indexOf(best);
      } else {
        select(candidates, scores, best, settings);
        id = drawFrom(candidates, random);
      }
      return { id, logprob: logits[id]! - normaliser };
    },
  };
}

/** The first of the largest logits. */
function likeliest(logits: Float32Array): number {
  let best = 0;
  let largest = logits[0]!;
  for (let id = 1; id < logits.length; id++) {
    if (logits[id]! > largest) {
      largest = logits[id]!;
      best = id;
    }
  }
  return best;
}

function drawFrom(candidates: Candidates, random: Random): number {
  const { ids, weights, count } = candidates;
  let left = random() * candidates.total;
  for (let i = 0; i < count - 1; i++) {
    left -= weights[i]!;
    if (left < 0) return ids[i]!;
  }
  return ids[count - 1]!;
}
