import { countWordsBetween } from "./counts.ts";
import type { StoryDocument } from "./document.ts";
import { bodyStart } from "./front-matter.ts";
import { headings } from "./headings.ts";
import { modelWords } from "./tally.ts";

/** How much of a part of the story is by whom, in words. */
export interface Share {
  /** Null for the whole story, and for what stands before the first heading. */
  readonly title: string | null;
  readonly words: number;
  readonly human: number;
  readonly model: number;
}

/** Who wrote how much: of the whole story, without its front matter, and of what is under each heading by itself. */
export function shares(document: StoryDocument): {
  readonly whole: Share;
  readonly chapters: readonly Share[];
} {
  const { text } = document;
  const start = bodyStart(text);
  const places = headings(text).filter(({ from }) => from >= start);
  const share = (title: string | null, from: number, to: number): Share => {
    const words = countWordsBetween(text, from, to);
    const model = modelWords(text, document.passages, from, to);
    return { title, words, human: words - model, model };
  };
  const parts = places.map(({ title, from }, i) => share(title, from, places[i + 1]?.from ?? text.length));
  const before = share(null, start, places[0]?.from ?? text.length);
  return {
    whole: share(null, start, text.length),
    chapters: before.words > 0 && places.length > 0 ? [before, ...parts] : parts,
  };
}
