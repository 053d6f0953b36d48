// Prompts of random tokens: they cost what real ones do.
import { createRandom } from "./noise.mjs";

/**
 * `count` token ids, the same ones every time; another `variant` is another prompt from its first token on, so that
 * no engine finds a part of it in its cache. The special tokens, which stand first or last in a vocabulary, are not
 * among them.
 *
 * @param {import("../../src/engine/gpt2/config.ts").Gpt2Config} config
 * @param {number} count
 * @param {number} variant a whole number from 0
 */
export function promptIds({ vocab_size }, count, variant) {
  const random = createRandom((variant + 1) * 1_000_003 + count);
  return Array.from({ length: count }, () => 1 + Math.floor(random() * (vocab_size - 2)));
}
