import type { Text } from "@codemirror/state";
import type { TakeTree } from "../sessions/takes.ts";
import type { GenerationId } from "../story/passages.ts";

/** A take, by name. */
export interface TakeId {
  readonly generation: GenerationId;
  /** Index into the generation's choices. */
  readonly choice: number;
}

/** What a word of a take is chosen for. */
export type WordPurpose = "branch" | "upTo" | "from";

/** The list of takes: what the panel has besides the chosen line. */
export interface TakesView {
  /** Null until it has been read. */
  readonly tree: TakeTree | null;
  /** Nearest the cursor first, or the whole story as a tree. */
  readonly scope: "near" | "story";
  /** What the keys do: walk the list, type a name (the panel's query), or choose a word of the chosen take. */
  readonly mode:
    | { readonly kind: "walk" }
    | { readonly kind: "name" }
    | { readonly kind: "word"; readonly purpose: WordPurpose; readonly word: number };
  /** The first of two takes that are to be compared. */
  readonly compared: TakeId | null;
  /** What the page shows of the chosen take; null for nothing. */
  readonly shown: ShownTake | null;
}

/** A take in its place on the page. */
export interface ShownTake {
  /** The story that the positions belong to. */
  readonly story: Text;
  readonly at: number;
  /** End of what it would replace. */
  readonly to: number;
  readonly text: string;
  /** The words of it that are chosen, in UTF-16 code units of `text`; null for none. */
  readonly mark: { readonly from: number; readonly to: number } | null;
}

/** One of two takes that stand beside each other. */
export interface ComparedTake {
  readonly title: string;
  readonly text: string;
}

/** A list that has not been read yet. */
export const UNREAD_TAKES: TakesView = {
  tree: null,
  scope: "near",
  mode: { kind: "walk" },
  compared: null,
  shown: null,
};

/** Where the words of a take begin and end, each with the white space before it, the last one with all behind it. */
export function takeWords(text: string): readonly { readonly from: number; readonly to: number }[] {
  return [...text.matchAll(/\s*\S+(?:\s+$)?|^\s+$/gu)].map(({ 0: word, index }) => ({
    from: index,
    to: index + word.length,
  }));
}
