import type { Tokenizer } from "./types.ts";

/** Texts that are remembered: cutting a story to the window takes two, what follows a passage one more. */
const REMEMBERED = 6;

/**
 * A tokenizer that remembers the ids of the last few texts. Encoding a window takes as long as a decoding step of a
 * small model, and what was read ahead is asked for again word for word.
 */
export function rememberTexts(tokenizer: Tokenizer): Tokenizer {
  /** The one that was last asked for comes last. */
  const recent = new Map<string, readonly number[]>();
  return {
    ...tokenizer,
    encode(text) {
      const ids = recent.get(text) ?? tokenizer.encode(text);
      recent.delete(text);
      recent.set(text, ids);
      const [oldest] = recent.keys();
      if (recent.size > REMEMBERED && oldest !== undefined) recent.delete(oldest);
      return [...ids];
    },
  };
}
