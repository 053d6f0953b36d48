import { UserError } from "../../errors.ts";
import type { Likelihood } from "../language-model.ts";
import type { Cancelled, EngineParts } from "../parts.ts";
import { likeliest } from "../sampling/likeliest.ts";
import { logSumExp, tokenRank } from "../sampling/likelihood.ts";
import { createTextStream } from "../text-stream.ts";
import type { Score, ScoredToken, ScoreOptions } from "../types.ts";
import { summarised } from "./summarised.ts";

/** Tokens that the model reads in one run; the process hears of a cancel in between. */
const CHUNK = 64;

/** How {@link score} goes by its text. */
export type Scoring = Omit<ScoreOptions, "signal">;

/**
 * Scores every token of `text` given those before it. A text longer than the window is read in windows that advance by
 * the stride, so that each token has at least window − stride tokens before it (Hugging Face's strided perplexity).
 * Each window is read anew from its beginning.
 *
 * `before` is read but not scored; of one that does not fit into the window together with the text, its last
 * window − stride tokens. Without it the first token has no score, unless `bos` puts the end-of-text token in front; a
 * UserError if the vocabulary has none. Of a cancelled run the tokens scored so far are given. With no scored token at
 * all the perplexity is NaN, and so is the bits per character of an empty text.
 *
 * Throws a RangeError for a window that is not from 1 to the model's context, or a stride not from 1 to the window.
 */
export async function score(
  text: string,
  parts: EngineParts,
  cancelled: Cancelled,
  options: Scoring = {},
): Promise<Score> {
  const { tokenizer, model } = parts;
  const { window = model.contextLength } = options;
  const { stride = Math.max(1, Math.floor(window / 2)) } = options;
  checkWhole("window", window, model.contextLength);
  checkWhole("stride", stride, window);
  checkWhole("alternatives", options.alternatives ?? 1, model.vocabularySize);
  const ids = options.tokens ?? tokenizer.encode(text);
  const front = [
    ...(options.bos ? [beginningOfText(parts)] : []),
    ...(options.before ? tokenizer.encode(options.before) : []),
  ];
  // The model need not read the last token: nothing follows it.
  const fits = front.length + ids.length - 1 <= window;
  const read = fits ? front : front.slice(-Math.max(1, window - stride));
  const sequence = [...read, ...ids];
  const found = await likelihoods({ sequence, from: read.length, window, stride }, parts, cancelled, options);
  const known = read.length > 0 ? found : [null, ...found];
  const stream = createTextStream();
  const tokens: ScoredToken[] = [];
  for (const [i, id] of ids.slice(0, known.length).entries()) {
    const last = i === ids.length - 1;
    const piece = stream.push(tokenizer.bytes(id)) + (last ? stream.end() : "");
    const { logprob, rank, others } = known[i] ?? { logprob: null, rank: null };
    const alternatives = others?.map((one) => ({ ...one, text: tokenizer.decode([one.id]) }));
    tokens.push({ id, text: piece, logprob, rank, ...(alternatives ? { alternatives } : {}) });
  }
  return { tokens, ...summarised(tokens) };
}

/** What is scored, and how. */
interface Passage {
  readonly sequence: readonly number[];
  /** Place of the first token that is scored; of 0, the next one is. */
  readonly from: number;
  readonly window: number;
  readonly stride: number;
}

/** A token's likelihood with that of the likeliest at its place, where they are told. */
interface Found extends Likelihood {
  readonly others?: readonly { readonly id: number; readonly logprob: number }[];
}

/** Likelihoods of the tokens from `from` on, as far as it got before a cancel. */
async function likelihoods(
  { sequence, from, window, stride }: Passage,
  { model, cache, pause }: EngineParts,
  cancelled: Cancelled,
  { onProgress, alternatives }: Scoring,
): Promise<Found[]> {
  const first = Math.max(1, from);
  const last = sequence.length - 1;
  const found: Found[] = [];
  let start = 0;
  cache.truncate(0);
  for (let at = 0; first + found.length <= last && !cancelled(); ) {
    if (at - start >= window) {
      start += stride;
      at = start;
      cache.truncate(0);
    }
    // A token is scored by the one before it; places before that are only context.
    const context = first + found.length - 1 - at;
    const end = Math.min(at + CHUNK, start + window, context > 0 ? at + context : last);
    const tokens = sequence.slice(at, end);
    if (context > 0) await model.step(tokens, cache);
    else {
      const targets = sequence.slice(at + 1, end + 1);
      if (alternatives === undefined) found.push(...(await model.likelihoods(tokens, cache, targets)));
      else found.push(...among(await model.step(tokens, cache, targets.length), targets, alternatives));
    }
    at = end;
    onProgress?.(found.length / (last + 1 - first));
    await pause();
  }
  return found;
}

/** What `logits` say of the tokens that follow, row by row, and of the likeliest ones. */
function among(logits: Float32Array, targets: readonly number[], alternatives: number): Found[] {
  const size = logits.length / targets.length;
  return targets.map((target, row) => {
    const own = logits.subarray(row * size, (row + 1) * size);
    const normaliser = logSumExp(own);
    const tell = (id: number) => ({ id, logprob: own[id]! - normaliser });
    const others = likeliest(own, alternatives).map(tell);
    return { logprob: tell(target).logprob, rank: tokenRank(own, target), others };
  });
}

function checkWhole(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new RangeError(`${name} must be a whole number from 1 to ${max}, got ${value}`);
}

function beginningOfText({ tokenizer }: EngineParts): number {
  if (tokenizer.endOfText !== null) return tokenizer.endOfText;
  throw new UserError("This model has no beginning-of-text token.", { hint: "Score the text without it." });
}
