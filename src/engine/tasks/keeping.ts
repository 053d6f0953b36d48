import type { Tokenizer } from "../types.ts";
import { contentWords } from "./closeness.ts";

/** What a word of the passage gains over others at `closeness` 1, in logits. */
const FAVOUR = 6;

/** Favours the words of a passage in the texts that are to stand in its place. */
export interface Keeping {
  /** What is added, by token id, after `tokens`: for words of the passage that are still to come. */
  after(tokens: readonly number[]): ReadonlyMap<number, number>;
}

/** Favours the content words of `words` by `closeness`, each as often as the passage has it; null at 0. */
export function keepWords(words: string, closeness: number, tokenizer: Tokenizer): Keeping | null {
  if (closeness === 0) return null;
  const content = new Set(contentWords(words));
  const surfaces = words.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
  const kept = surfaces.filter((word) => content.has(word.toLowerCase().replaceAll("’", "'")));
  const spellings = kept.map((word) => tokenizer.encode(` ${word}`));
  return {
    after(tokens) {
      const added = new Map<number, number>();
      const used = new Map<string, number>();
      for (const ids of spellings) {
        const key = ids.join(" ");
        const before = used.get(key) ?? 0;
        used.set(key, before + 1);
        if (countRuns(tokens, ids) > before) continue;
        const begun = begunLength(tokens, ids);
        const id = ids[begun]!;
        added.set(id, Math.max(added.get(id) ?? 0, FAVOUR * closeness));
      }
      return added;
    },
  };
}

/** How many of the first `ids`, but not all, `tokens` ends with. */
function begunLength(tokens: readonly number[], ids: readonly number[]): number {
  for (let length = Math.min(ids.length - 1, tokens.length); length > 0; length--) {
    let same = true;
    for (let i = 0; same && i < length; i++) same = tokens[tokens.length - length + i] === ids[i];
    if (same) return length;
  }
  return 0;
}

/** How often `ids` stand in `tokens`. */
function countRuns(tokens: readonly number[], ids: readonly number[]): number {
  let count = 0;
  for (let at = 0; at + ids.length <= tokens.length; at++) {
    if (ids.every((id, i) => tokens[at + i] === id)) count++;
  }
  return count;
}
