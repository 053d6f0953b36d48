import type { Text } from "@codemirror/state";
import type { SpelledWord } from "../story/spelling.ts";
import { storyWords } from "../story/spelling-range.ts";
import { isMisspelled, unasked } from "./spelling.ts";
import type { Checked } from "./spelling-effects.ts";

/** UTF-16 code units that are read before the dictionary is asked, and keys have their turn. */
const SLICE = 8000;

/**
 * The next misspelled word at or after a position, round the text's end and up to the word in which that is; null where
 * all are right. Reads slice by slice: between two of them `check` is waited for.
 *
 * @param check what dictionaries say of words
 */
export async function findMisspelling(
  text: Text,
  from: number,
  check: (words: readonly string[]) => Promise<Checked>,
): Promise<SpelledWord | null> {
  const verdicts = new Map<string, boolean>();
  const firstIn = async (start: number, end: number): Promise<SpelledWord | null> => {
    for (let at = start; at < end; ) {
      const to = Math.min(end, at + SLICE);
      const words = storyWords(text, at, to).filter((word) => word.from >= at && word.from < to);
      const checked = await check(unasked(words, verdicts));
      for (const [word, right] of checked.verdicts) verdicts.set(word, right);
      const found = words.find((word) => isMisspelled(word, { ...checked, verdicts }));
      if (found) return found;
      at = to;
    }
    return null;
  };
  return (await firstIn(from, text.length)) ?? (await firstIn(0, from));
}
