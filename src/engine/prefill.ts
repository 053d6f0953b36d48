import type { KvCache } from "./language-model.ts";
import type { Cancelled, EngineParts } from "./parts.ts";

/**
 * Tokens that the model reads in one run, between which the process hears of a cancel: the first run's, and at most
 * and at least as many, to which their number is doubled and halved while runs are quick or slow.
 */
const CHUNK = { first: 64, most: 128, least: 32 } as const;

/** Tokens that are read in one run where there are no more than a few runs. */
export const CHUNK_READ: number = CHUNK.first;

/** Runs shorter than the one and longer than the other are quick and slow, in milliseconds. */
const QUICK = 60;
const SLOW = 250;

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
 * last `rows` of them; null if it was cancelled. In how many runs it reads them does not change them.
 * # [rows, vocabulary]
 */
export async function readTokens(
  parts: EngineParts,
  tokens: readonly number[],
  cancelled: Cancelled,
  rows = 1,
): Promise<Float32Array | null> {
  const { cache, model } = parts;
  cache.truncate(reusableTokens(cache, tokens, rows));
  let chunk: number = CHUNK.first;
  while (tokens.length - cache.tokens.length > Math.max(chunk, rows)) {
    if (cancelled()) return null;
    const from = cache.tokens.length;
    const start = parts.now();
    await model.step(tokens.slice(from, Math.min(from + chunk, tokens.length - rows)), cache);
    const took = parts.now() - start;
    if (took < QUICK) chunk = Math.min(CHUNK.most, 2 * chunk);
    if (took > SLOW) chunk = Math.max(CHUNK.least, chunk / 2);
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
