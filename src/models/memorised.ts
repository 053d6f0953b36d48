import { deflateRawSync } from "node:zlib";

/** What tells a text that a model knows by heart from one that it makes up. */
export interface Familiarity {
  /** Geometric mean of 1 / probability of a token: 1 for a text the model is sure of. */
  readonly perplexity: number;
  /** Bits that zlib needs for each bit that the model needs. */
  readonly zlibRatio: number;
  /** Bits that zlib needs for a character: some 4 for a paragraph, less than 1 for a loop. */
  readonly zlibBits: number;
}

/** Tokens from which on a take is judged: fewer are sure by luck. */
const TOKENS = 40;

/**
 * What a text that is known by heart has at most, and at least. Measured with the model in the box: of 500 takes of 80
 * tokens, greedy ones and loops among them, none is nearer than perplexity 2.3 and ratio 7.6; trained on 64 stretches
 * until it knew them, all of 29 takes that gave one back word for word are on the other side.
 */
const PERPLEXITY = 2;
const ZLIB_RATIO = 12;

/** Bits a character, below which a text is easy for anyone. */
const ZLIB_BITS = 3;

/**
 * How sure a model was of a text that zlib finds hard, which is the mark of text learnt by heart: a loop is sure and
 * easy, a good take is neither (Carlini et al. 2021, “Extracting Training Data from Large Language Models”).
 *
 * @param logprobs natural-log probability of each token of `text` under the model itself, at least one. # [tokens]
 */
export function familiarity(text: string, logprobs: readonly number[]): Familiarity {
  if (logprobs.length === 0) throw new RangeError("logprobs: none");
  const nats = -logprobs.reduce((sum, logprob) => sum + logprob, 0);
  const zlibBits = 8 * deflateRawSync(text, { level: 9 }).length;
  return {
    perplexity: Math.exp(nats / logprobs.length),
    zlibRatio: zlibBits / Math.max(nats / Math.LN2, Number.EPSILON),
    zlibBits: zlibBits / Math.max(text.length, 1),
  };
}

/** Whether a take reads like text that its model knows by heart; never of a short one. */
export function isLikelyMemorised(text: string, logprobs: readonly number[]): boolean {
  if (logprobs.length < TOKENS) return false;
  const { perplexity, zlibRatio, zlibBits } = familiarity(text, logprobs);
  return perplexity <= PERPLEXITY && zlibRatio >= ZLIB_RATIO && zlibBits >= ZLIB_BITS;
}
