import type { Text } from "@codemirror/state";
import { wordAt } from "./motions.ts";
import { type Selection, selectionRange } from "./selection.ts";
import { sentenceAt } from "./sentence.ts";

/** What a click takes hold of, the smallest first. */
export const UNITS = ["character", "word", "sentence", "paragraph"] as const;

/** One of {@link UNITS}. */
export type Unit = (typeof UNITS)[number];

/** A stretch of the story, in UTF-16 code units, perhaps empty. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** The word, sentence or paragraph at `pos`; a character is only the place. */
export function unitAt(text: Text, pos: number, unit: Unit): Range {
  switch (unit) {
    case "character":
      return { from: pos, to: pos };
    case "word":
      return wordAt(text, pos);
    case "sentence":
      return sentenceAt(text, pos);
    case "paragraph": {
      const { from, to } = text.lineAt(pos);
      return { from, to };
    }
  }
}

/** The selection that the next larger unit around it makes: word, sentence, paragraph, in the end the whole story. */
export function grownSelection(text: Text, selection: Selection): Selection {
  const { from, to } = selectionRange(selection);
  for (const unit of UNITS) {
    const [first, last] = [unitAt(text, from, unit), unitAt(text, Math.max(from, to - 1), unit)];
    const around = { from: Math.min(from, first.from), to: Math.max(to, last.to) };
    if (around.from < from || around.to > to) return { anchor: around.from, head: around.to };
  }
  return { anchor: 0, head: text.length };
}
