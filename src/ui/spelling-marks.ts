import type { Text } from "@codemirror/state";
import { currentRevision } from "../story/history.ts";
import type { SpelledWord } from "../story/spelling.ts";
import { storyWords } from "../story/spelling-range.ts";
import type { Display } from "./display.ts";
import type { Model } from "./model.ts";
import type { Range } from "./rows.ts";
import { isMisspelled, isSpellingOn } from "./spelling.ts";

/** A text on the page, how it is displayed, and the part of the display that is seen. */
export interface SeenText {
  readonly text: Text;
  readonly display: Display;
  readonly seen: Range;
}

/** The words of the paragraphs that are seen, but for the one that is being typed. */
export function seenWords(model: Model, { text, display, seen }: SeenText): readonly SpelledWord[] {
  const words = storyWords(text, display.toStory(seen.from), display.toStory(seen.to));
  const { anchor, head } = model.selection;
  const { changes, selection } = currentRevision(model.tree);
  const typing = anchor === head && changes !== null && selection.head === head;
  return typing ? words.filter(({ from, to }) => head <= from || head > to) : words;
}

/**
 * Where misspelled words stand, in positions of the display. None is marked while a search or the x-ray has marks of
 * its own, nor one that offered text stands in or replaces.
 */
export function misspelledRanges(model: Model, shown: SeenText): readonly Range[] {
  if (!isSpellingOn(model.spelling) || model.find || model.xray) return [];
  const { display } = shown;
  const wrong = seenWords(model, shown).filter((word) => isMisspelled(word, model.spelling));
  if (!display.ghost) return wrong;
  const { from, to } = display.ghost;
  return wrong
    .map((word) => ({ from: display.toDisplay(word.from), to: display.toDisplay(word.to) }))
    .filter((range) => range.from < range.to && (range.to <= from || range.from >= to));
}
