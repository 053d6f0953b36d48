import type { Random } from "../random.ts";
import { NUMERIC_SETTINGS, type SamplingSettings, settingProblem } from "../settings.ts";
import { createCandidates, maximum, select } from "./candidates.ts";
import { banRepetition, penaliseRepetition } from "./processors.ts";

/**
 * The probabilities from which the next token is drawn: 0 for filtered tokens, and for those e⁴⁵ times less likely than
 * the likeliest; 1 in all. # [vocabulary]
 *
 * `logits` are the model's, −Infinity for tokens that may not come; `seen` is the whole sequence so far, the prompt
 * included. Settings that are not given are off. The order is Hugging Face's: repetition_penalty,
 * no_repeat_ngram_size, temperature, top_k, top_p, min_p, typical_p. With `greedy` or temperature 0 the first of the
 * likeliest tokens has it all. Where no_repeat_ngram_size leaves no token at all, it is passed over for this one.
 *
 * Throws a TypeError for what is no list of numbers, a RangeError for a value out of range, a token of `seen` outside
 * the vocabulary, NaN among the logits, or logits that allow no token.
 */
export function distribution(
  logits: ArrayLike<number>,
  seen: readonly number[],
  settings: Partial<SamplingSettings>,
): Float64Array {
  const scores = checkedLogits(logits);
  checkSeen(seen, scores.length);
  checkSettings(settings);
  penaliseRepetition(scores, seen, settings.repetition_penalty ?? 1);
  banRepetition(scores, seen, settings.no_repeat_ngram_size ?? 0);
  const best = maximum(scores);
  const probabilities = new Float64Array(scores.length);
  if (settings.greedy || settings.temperature === 0) {
    probabilities[scores.indexOf(best)] = 1;
    return probabilities;
  }
  const candidates = createCandidates(scores.length);
  select(candidates, scores, best, settings);
  const { total } = candidates;
  for (let i = 0; i < candidates.count; i++) {
    probabilities[candidates.ids[i]!] = candidates.weights[i]! / total;
  }
  return probabilities;
}

/** Draws a token from `probabilities`, which sum to 1: one number of `random` a token. */
export function drawToken(probabilities: Float64Array, random: Random): number {
  let left = random();
  let last = 0;
  for (let id = 0; id < probabilities.length; id++) {
    const probability = probabilities[id]!;
    if (probability === 0) continue;
    last = id;
    left -= probability;
    if (left < 0) return id;
  }
  // Rounding can leave a trace of the number over.
  return last;
}

function checkedLogits(logits: ArrayLike<number>): Float64Array {
  if (!ArrayBuffer.isView(logits) && !Array.isArray(logits)) {
    throw new TypeError(`logits must be a list of numbers, got ${String(logits)}`);
  }
  if (logits.length === 0) throw new RangeError("logits must not be empty");
  const scores = new Float64Array(logits);
  const total = scores.reduce((sum, score) => sum + score, 0);
  // Any NaN, or +Infinity, shows in the sum; the sum of −Infinity and finite numbers is −Infinity.
  if (Number.isNaN(total) || total === Number.POSITIVE_INFINITY) {
    throw new RangeError("logits must be finite or -Infinity, got NaN or Infinity");
  }
  if (total === Number.NEGATIVE_INFINITY && maximum(scores) === total) {
    throw new RangeError("logits must allow at least one token, got -Infinity for all");
  }
  return scores;
}

function checkSeen(seen: readonly number[], vocabulary: number): void {
  for (const id of seen) {
    if (!(Number.isInteger(id) && id >= 0 && id < vocabulary)) {
      throw new RangeError(`tokens seen must be from 0 to ${vocabulary - 1}, got ${id}`);
    }
  }
}

function checkSettings(settings: Partial<SamplingSettings>): void {
  for (const row of NUMERIC_SETTINGS) {
    const value = settings[row.key];
    const problem = value === undefined ? undefined : settingProblem(row, value);
    if (problem) throw new RangeError(`${row.key} ${problem}`);
  }
}
