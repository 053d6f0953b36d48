import type { SamplingSettings } from "../settings.ts";
import { DEEPEST, power } from "./exponential.ts";
import { thresholdKey } from "./threshold.ts";

/**
 * Tokens of which one is drawn, in the order of their ids; the first `count` of each array count. Memory is used again
 * from token to token: nothing as long as the vocabulary is allocated on the way.
 */
export interface Candidates {
  count: number;
  /** The sum of their weights. */
  total: number;
  readonly ids: Uint32Array;
  /** How far the token's score lies below the best one, over the temperature: 0 for the likeliest. */
  readonly depths: Float64Array;
  /** exp(−depth): the probability in parts of the likeliest one's. */
  readonly weights: Float64Array;
  /** Working space. */
  readonly keys: Float64Array;
}

/** Room for a vocabulary of `size` tokens. */
export function createCandidates(size: number): Candidates {
  return {
    count: 0,
    total: 0,
    ids: new Uint32Array(size),
    depths: new Float64Array(size),
    weights: new Float64Array(size),
    keys: new Float64Array(size),
  };
}

/**
 * Fills `candidates` with the tokens that `settings` leave, in Hugging Face's order: temperature, top_k, top_p, min_p,
 * typical_p, each by the arithmetic of its logits warper. `best` is the largest of `scores`; the temperature is over 0.
 * Tokens deeper than {@link DEEPEST} are left out, and at least one is left.
 */
export function select(
  candidates: Candidates,
  scores: Float64Array,
  best: number,
  settings: Partial<SamplingSettings>,
): void {
  const { temperature = 1, top_k = 0, top_p = 1, min_p = 0, typical_p = 1 } = settings;
  if (top_k > 0) {
    gather(candidates, scores, best, temperature, SHALLOW);
    if (candidates.count < top_k) gather(candidates, scores, best, temperature);
    keepTopK(candidates, top_k);
    if (top_p < 1) keepTopP(candidates, top_p, candidates.total);
  } else if (top_p < 1) {
    const total = totalWeight(scores, best, temperature);
    gather(candidates, scores, best, temperature, SHALLOW);
    // A little more than the share, so that no rounding puts its edge among the tokens that were left out.
    if (candidates.total < top_p * total * (1 + 1e-9)) gather(candidates, scores, best, temperature);
    keepTopP(candidates, top_p, total);
  } else {
    gather(candidates, scores, best, temperature);
  }
  if (min_p > 0) keepUpTo(candidates, candidates.depths, -Math.log(min_p));
  if (typical_p < 1) keepTypical(candidates, typical_p);
}

/** The largest of `scores`. */
export function maximum(scores: Float64Array): number {
  let [a, b] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  // Two at a time take half as long: neither waits for the other.
  for (let id = 0; id < scores.length; id += 2) {
    if (scores[id]! > a) a = scores[id]!;
    if (scores[id + 1]! > b) b = scores[id + 1]!;
  }
  return Math.max(a, b);
}

/**
 * How deep the tokens lie that are looked at first where only the likeliest stay: a filter that does not reach below
 * leaves the same as among all, in a third of the time.
 */
const SHALLOW = 12;

/** Fills `candidates` with the tokens that lie less than `deepest` below the best. */
function gather(
  candidates: Candidates,
  scores: Float64Array,
  best: number,
  temperature: number,
  deepest = DEEPEST,
): void {
  const { ids, depths, weights } = candidates;
  let count = 0;
  let total = 0;
  for (let id = 0; id < scores.length; id++) {
    const depth = (best - scores[id]!) / temperature;
    if (depth < deepest) {
      const weight = power(depth);
      total += weight;
      ids[count] = id;
      depths[count] = depth;
      weights[count++] = weight;
    }
  }
  candidates.count = count;
  candidates.total = total;
}

/** The sum of the weights of all tokens. */
function totalWeight(scores: Float64Array, best: number, temperature: number): number {
  let total = 0;
  for (let id = 0; id < scores.length; id++) total += power((best - scores[id]!) / temperature);
  return total;
}

/** Keeps the `k` likeliest tokens, and those as likely as the last of them. */
function keepTopK(candidates: Candidates, k: number): void {
  const { count, depths } = candidates;
  if (k < count) keepUpTo(candidates, depths, thresholdKey(depths, null, count, k));
}

/**
 * Keeps the likeliest tokens that together reach the share `p` (nucleus; Holtzman et al. 2020). Of equally likely
 * tokens at the edge, those with higher ids stay, as after Hugging Face's stable ascending sort.
 */
function keepTopP(candidates: Candidates, p: number, total: number): void {
  const { ids, depths, weights } = candidates;
  // Tokens below this share of the mean weigh less than 1 − p in all: they are dropped without being put in order.
  keepUpTo(candidates, depths, Math.max(0, -Math.log(((1 - p) * total) / ids.length)));
  const edge = thresholdKey(depths, weights, candidates.count, p * total);
  let gathered = 0;
  for (let i = 0; i < candidates.count; i++) if (depths[i]! < edge) gathered += weights[i]!;
  for (let i = candidates.count - 1; i >= 0; i--) {
    if (depths[i] !== edge) continue;
    if (gathered < p * total || gathered === 0) gathered += weights[i]!;
    else depths[i] = Number.POSITIVE_INFINITY;
  }
  keepUpTo(candidates, depths, edge);
}

/**
 * Keeps the tokens whose surprise −log p is nearest to the expected one, the entropy, until they reach the share `p`
 * (locally typical sampling; Meister et al. 2023), and those as near as the last of them. A token's surprise is its
 * depth and what all have in common, so that depths say the same.
 */
function keepTypical(candidates: Candidates, p: number): void {
  const { count, total, depths, weights, keys } = candidates;
  let expected = 0;
  for (let i = 0; i < count; i++) expected += (weights[i]! / total) * depths[i]!;
  for (let i = 0; i < count; i++) keys[i] = Math.abs(depths[i]! - expected);
  keepUpTo(candidates, keys, thresholdKey(keys, weights, count, p * total));
}

/** Keeps the tokens whose key is `limit` or less. */
function keepUpTo(candidates: Candidates, keys: Float64Array, limit: number): void {
  const { ids, depths, weights } = candidates;
  let count = 0;
  let total = 0;
  for (let i = 0; i < candidates.count; i++) {
    if (keys[i]! > limit) continue;
    total += weights[i]!;
    ids[count] = ids[i]!;
    depths[count] = depths[i]!;
    weights[count++] = weights[i]!;
  }
  candidates.count = count;
  candidates.total = total;
}
