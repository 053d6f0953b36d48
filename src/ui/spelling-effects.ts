import type { Text } from "@codemirror/state";
import type { SpelledWord } from "../story/spelling.ts";
import type { Suggested } from "./spelling.ts";

/** What dictionaries and the writer's lists say. */
export interface Checked {
  /** Of each word that was asked about. */
  readonly verdicts: ReadonlyMap<string, boolean>;
  readonly own: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
}

/** Where a word of the writer's is kept. */
export type WordList = "dictionary" | "story";

/** What the editor wants of a spell checker, as data. */
export type SpellingEffect =
  /** Asks about words; comes back as `spelled`. */
  | { readonly type: "spell"; readonly dictionary: string; readonly words: readonly string[] }
  /** Asks what could stand in a word's place; comes back as `suggested`. */
  | { readonly type: "suggest"; readonly dictionary: string; readonly text: Text; readonly word: SpelledWord }
  /** Looks for the next misspelled word from a position on, round the story's end; comes back as `misspelling`. */
  | {
      readonly type: "seekMisspelling";
      readonly dictionary: string;
      readonly text: Text;
      readonly from: number;
    }
  /** Keeps a word; `story` is the path of the one in which it is passed over. */
  | { readonly type: "keepWord"; readonly word: string; readonly list: WordList; readonly story: string };

/** What comes back, and the moment at which to look for unknown words. */
export type SpellingMessage =
  | { readonly type: "proofread" }
  | ({ readonly type: "spelled"; readonly dictionary: string } & Checked)
  | {
      readonly type: "suggested";
      readonly dictionary: string;
      readonly found: Suggested;
      readonly checked: Checked;
    }
  | {
      readonly type: "misspelling";
      readonly text: Text;
      readonly found: { readonly from: number; readonly to: number } | null;
    }
  | { readonly type: "spellingFailed"; readonly dictionary: string; readonly text: string };

/** The spell checker, as far as the editor touches it. */
export interface SpellingServices {
  /** Rejects with a UserError for a dictionary that cannot be used. */
  check(dictionary: string, words: readonly string[]): Promise<Checked>;
  suggest(dictionary: string, word: string): Promise<readonly string[]>;
  /** Rejects with a UserError where the list cannot be written. */
  keep(word: string, list: WordList, story: string): Promise<void>;
}
