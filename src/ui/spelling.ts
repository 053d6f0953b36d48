import type { Text } from "@codemirror/state";
import type { SpelledWord } from "../story/spelling.ts";

/** Stands for no dictionary at all. */
export const NO_DICTIONARY = "off";

/** What the editor knows of the story's spelling. */
export interface Spelling {
  /** Name of the dictionary, or {@link NO_DICTIONARY}. */
  readonly dictionary: string;
  /** Names of those that there are, in the order in which a key goes through them. */
  readonly dictionaries: readonly string[];
  /** What the dictionary said, by the word: true where it has it. */
  readonly verdicts: ReadonlyMap<string, boolean>;
  /** The writer's own words, and those that are passed over in this story. */
  readonly own: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
  /** What the list of suggestions is about. */
  readonly suggested: Suggested | null;
}

/** A misspelled word of a text, and what could stand in its place, the likeliest first. */
export interface Suggested {
  readonly text: Text;
  readonly word: SpelledWord;
  readonly suggestions: readonly string[];
}

/** Nothing is known yet. */
export function unreadSpelling(dictionary: string, dictionaries: readonly string[]): Spelling {
  return {
    dictionary,
    dictionaries,
    verdicts: new Map(),
    own: new Set(),
    ignored: new Set(),
    suggested: null,
  };
}

/** Whether spelling is checked. */
export function isSpellingOn({ dictionary }: Spelling): boolean {
  return dictionary !== NO_DICTIONARY;
}

/** Whether a word is known to be in no dictionary. One that nobody was asked about yet is not. */
export function isMisspelled(
  { forms }: SpelledWord,
  spelling: Pick<Spelling, "verdicts" | "own" | "ignored">,
): boolean {
  const { verdicts, own, ignored } = spelling;
  return (
    forms.every((form) => verdicts.get(form) === false) &&
    !forms.some((form) => hasWord(own, form) || hasWord(ignored, form))
  );
}

/** The forms of words that nobody was asked about yet, each once. */
export function unasked(
  words: Iterable<SpelledWord>,
  verdicts: ReadonlyMap<string, boolean>,
): readonly string[] {
  const found = new Set<string>();
  for (const { forms } of words) for (const form of forms) if (!verdicts.has(form)) found.add(form);
  return [...found];
}

/** A word of a list stands for itself in capitals too: `lamp` is `Lamp`, but `Ansel` is not `ansel`. */
function hasWord(list: ReadonlySet<string>, word: string): boolean {
  return list.size > 0 && (list.has(word) || list.has(word.toLowerCase()));
}
