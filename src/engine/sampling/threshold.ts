import { DEEPEST } from "./exponential.ts";

/** Bins for each 1 of a key. */
const STEPS = 64;

/**
 * Walks through the first `count` of `keys` from the smallest, adding up `weights` (1 each where there are none), and
 * returns the key at which they first reach `target`; the largest key if they never do. What a sort would tell, in
 * linear time: the weights are gathered in bins by their keys, and only the bin in which the walk ends is sorted.
 * Keys are 0 or more, weights more than 0.
 */
export function thresholdKey(
  keys: Float64Array,
  weights: Float64Array | null,
  count: number,
  target: number,
): number {
  const bins = new Float64Array(STEPS * DEEPEST);
  const bin = (key: number) => Math.min(key * STEPS, bins.length - 1) | 0;
  for (let i = 0; i < count; i++) bins[bin(keys[i]!)]! += weights === null ? 1 : weights[i]!;

  let passed = 0;
  let edge = -1;
  for (let at = 0; at < bins.length; at++) {
    if (bins[at] === 0) continue;
    if (edge >= 0) passed += bins[edge]!;
    edge = at;
    if (passed + bins[at]! >= target) break;
  }

  const inside: number[] = [];
  for (let i = 0; i < count; i++) if (bin(keys[i]!) === edge) inside.push(i);
  inside.sort((a, b) => keys[a]! - keys[b]!);
  for (const i of inside) {
    passed += weights === null ? 1 : weights[i]!;
    if (passed >= target) return keys[i]!;
  }
  return keys[inside.at(-1) ?? 0]!;
}
