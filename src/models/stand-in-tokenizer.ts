import { BYTE_CHARACTERS } from "../engine/byte-alphabet.ts";
import { VOCABULARY } from "./shapes.ts";

/**
 * A `tokenizer.json` as large as GPT-2's, for checkpoints that nobody reads a word of: every byte, then pairs of
 * bytes until all ids but the last are taken, which is the end of text.
 */
export function standInTokenizer(): object {
  const end = "<|endoftext|>";
  const pairs = BYTE_CHARACTERS.flatMap((a) => BYTE_CHARACTERS.map((b) => [a, b] as const)).slice(
    0,
    VOCABULARY - 1 - BYTE_CHARACTERS.length,
  );
  const entries = [...BYTE_CHARACTERS, ...pairs.map((pair) => pair.join("")), end];
  return {
    version: "1.0",
    added_tokens: [{ id: VOCABULARY - 1, content: end, special: true }],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    decoder: { type: "ByteLevel" },
    model: {
      type: "BPE",
      vocab: Object.fromEntries(entries.map((entry, id) => [entry, id])),
      merges: pairs.map((pair) => pair.join(" ")),
    },
  };
}
