import { thresholdKey } from "./threshold.ts";

/*
 * Each filter takes probabilities that need not sum to 1 and sets to zero those of the tokens it drops. At least one
 * token is always left. The arithmetic is that of Hugging Face's logits warpers of the same names.
 */

/** Keeps the `k` likeliest tokens, and those as likely as the last of them. */
export function keepTopK(probabilities: Float64Array, k: number): void {
  const ones = new Float64Array(probabilities.length);
  for (let id = 0; id < ones.length; id++) if (probabilities[id]! > 0) ones[id] = 1;
  dropBelow(probabilities, thresholdKey(probabilities, ones, k, "largest"));
}

/**
 * Keeps the likeliest tokens that together reach the share `p` (nucleus; Holtzman et al. 2020). Of equally likely
 * tokens at the edge, those with higher ids stay, as after Hugging Face's stable ascending sort.
 */
export function keepTopP(probabilities: Float64Array, p: number): void {
  const target = p * sum(probabilities);
  const edge = thresholdKey(probabilities, probabilities, target, "largest");
  let gathered = 0;
  for (let id = 0; id < probabilities.length; id++) {
    if (probabilities[id]! > edge) gathered += probabilities[id]!;
  }
  for (let id = probabilities.length - 1; id >= 0; id--) {
    const probability = probabilities[id]!;
    if (probability > edge) continue;
    if (probability === edge && (gathered < target || gathered === 0)) gathered += probability;
    else probabilities[id] = 0;
  }
}

/** Drops tokens whose probability is less than the share `p` of the likeliest one's (Nguyen et al. 2024). */
export function keepMinP(probabilities: Float64Array, p: number): void {
  dropBelow(probabilities, p * maximum(probabilities));
}

/**
 * Keeps the tokens whose surprise −log p is nearest to the expected one, the entropy, until they reach the share `p`
 * (locally typical sampling; Meister et al. 2023), and those as near as the last of them.
 */
export function keepTypical(probabilities: Float64Array, p: number): void {
  const total = sum(probabilities);
  const distances = new Float64Array(probabilities.length);
  let entropy = 0;
  for (let id = 0; id < distances.length; id++) {
    const share = probabilities[id]! / total;
    if (share === 0) continue;
    const surprise = -Math.log(share);
    entropy += share * surprise;
    distances[id] = surprise;
  }
  for (let id = 0; id < distances.length; id++) distances[id] = Math.abs(distances[id]! - entropy);
  const furthest = thresholdKey(distances, probabilities, p * total, "smallest");
  for (let id = 0; id < distances.length; id++) if (distances[id]! > furthest) probabilities[id] = 0;
}

/** The largest of `values`. */
export function maximum(values: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (values[i]! > largest) largest = values[i]!;
  return largest;
}

/** The sum of `values`. */
export function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

function dropBelow(probabilities: Float64Array, least: number): void {
  for (let id = 0; id < probabilities.length; id++) if (probabilities[id]! < least) probabilities[id] = 0;
}
