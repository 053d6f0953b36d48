import type { Score, ScoredToken } from "../types.ts";

/**
 * The figures of a whole text from those of its tokens: the sum of −ln p in nats, perplexity as exp of its mean, and
 * bits per character, of which each code point is one. With no scored token the perplexity is NaN.
 */
export function summarised(tokens: readonly ScoredToken[]): Omit<Score, "tokens"> {
  const logprobs = tokens.flatMap(({ logprob }) => (logprob === null ? [] : [logprob]));
  const nll = logprobs.reduce((sum, logprob) => sum - logprob, 0);
  const characters = [...tokens.map((token) => token.text).join("")].length;
  return {
    nll,
    perplexity: Math.exp(nll / logprobs.length),
    bitsPerCharacter: nll / Math.LN2 / characters,
  };
}
