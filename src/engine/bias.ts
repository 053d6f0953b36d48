import type { Steering, Tokenizer } from "./types.ts";

/** Adds to the logits of tokens that begin or go on with favoured phrases. */
export interface Bias {
  /** What is added, by token id, after `tokens`; `opens`: a word may begin there without a space. */
  after(tokens: readonly number[], opens: boolean): ReadonlyMap<number, number>;
}

/**
 * Biases by phrase, in Hugging Face's sense of `sequence_bias`, but that every token of a phrase is favoured while the
 * ones before it stand: the first one always, so that a phrase of several tokens is begun at all. A negative weight is
 * the last token's alone, as there.
 */
export function phraseBias(phrases: NonNullable<Steering["bias"]>, tokenizer: Tokenizer): Bias {
  const variants = phrases.flatMap(({ text, weight }) => {
    const phrase = text.trim();
    return [
      { ids: tokenizer.encode(` ${phrase}`), weight, bare: false },
      { ids: tokenizer.encode(phrase), weight, bare: true },
    ];
  });
  return {
    after(tokens, opens) {
      const added = new Map<number, number>();
      for (const { ids, weight, bare } of variants) {
        // What is not wanted is only kept from being ended: its first word may be a common one.
        const from = weight < 0 ? ids.length - 1 : 0;
        for (let had = Math.max(from, bare && !opens ? 1 : 0); had < ids.length; had++) {
          if (!endsWith(tokens, ids, had)) continue;
          const id = ids[had]!;
          // Two spellings may have tokens in common: one weight is enough.
          if (Math.abs(weight) > Math.abs(added.get(id) ?? 0)) added.set(id, weight);
        }
      }
      return added;
    },
  };
}

/** Whether `tokens` ends with the first `count` of `ids`. */
function endsWith(tokens: readonly number[], ids: readonly number[], count: number): boolean {
  for (let i = 1; i <= count; i++) if (tokens.at(-i) !== ids[count - i]) return false;
  return true;
}
