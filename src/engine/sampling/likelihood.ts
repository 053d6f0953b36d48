import { power } from "./exponential.ts";

/** Natural log of the sum of exp of `logits`, without overflow: what a log-softmax subtracts. */
export function logSumExp(logits: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) if (logits[id]! > largest) largest = logits[id]!;
  let total = 0;
  for (let id = 0; id < logits.length; id++) total += power(largest - logits[id]!);
  return largest + Math.log(total);
}

/** Natural-log probability of token `id` under the model itself: log-softmax of its raw logits. */
export function tokenLogprob(logits: Float32Array, id: number): number {
  return logits[id]! - logSumExp(logits);
}

/** Place of token `id` among all: 1 for the model's favourite; equals share a place. */
export function tokenRank(logits: Float32Array, id: number): number {
  const own = logits[id]!;
  let rank = 1;
  for (let other = 0; other < logits.length; other++) if (logits[other]! > own) rank++;
  return rank;
}
