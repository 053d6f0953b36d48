import type { Cancelled, EngineParts } from "./parts.ts";
import type { KvCache } from "./types.ts";

/** Tokens that the model reads in one run; the process hears of a cancel in between. */
const CHUNK = 64;

/** Tokens that it reads in one run ahead of time: what is asked for meanwhile waits for that run. */
const CHUNK_AHEAD = 32;

/** How many of `tokens` need not be read again: those that `cache` holds, but never the last `rows`. */
export function reusableTokens(cache: KvCache, tokens: readonly number[], rows = 1): number {
  const limit = Math.min(cache.tokens.length, tokens.length - rows);
  let same = 0;
  while (same < limit && cache.tokens[same] === tokens[same]) same++;
  return same;
}

/**
 * Makes the model read `tokens` from the start, or from where its cache differs, and returns the logits after the
 * last `rows` of them; null if it was cancelled. Chunks end at multiples of 64, so that the same prompt is computed
 * the same way however much of it was cached by chunks. # [rows, vocabulary]
 */
export async function readTokens(
  parts: EngineParts,
  tokens: readonly number[],
  cancelled: Cancelled,
  rows = 1,
): Promise<Float32Array | null> {
  const { cache, model } = parts;
  cache.truncate(reusableTokens(cache, tokens, rows));
  const last = Math.min(tokens.length - rows, CHUNK * Math.floor((tokens.length - 1) / CHUNK));
  while (cache.tokens.length < last) {
    if (cancelled()) return null;
    const from = cache.tokens.length;
    await model.step(tokens.slice(from, Math.min(last, from - (from % CHUNK) + CHUNK)), cache);
    await parts.pause();
  }
  if (cancelled()) return null;
  return model.step(tokens.slice(cache.tokens.length), cache, rows);
}

/**
 * Makes the model read `tokens` ahead of time, from where its cache differs, as far as it gets before it is cancelled.
 * A cache that holds them and more stays as it is.
 */
export async function readAhead(
  { cache, model, pause }: EngineParts,
  tokens: readonly number[],
  cancelled: Cancelled,
): Promise<void> {
  const same = reusableTokens(cache, tokens, 0);
  if (same === tokens.length) return;
  cache.truncate(same);
  while (cache.tokens.length < tokens.length && !cancelled()) {
    const from = cache.tokens.length;
    await model.step(tokens.slice(from, from + CHUNK_AHEAD), cache);
    await pause();
  }
}
