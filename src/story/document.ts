import { Text } from "@codemirror/state";
import type { Passage } from "./passages.ts";

/** A story at one moment: its text, and which runs of it the model wrote. Immutable. */
export interface StoryDocument {
  readonly text: Text;
  /** Sorted, disjoint, never empty. All other text is the writer's. */
  readonly passages: readonly Passage[];
}

/** A story of the writer's own text. Lines end at `\n`; a stray `\r` stays a character. */
export function createDocument(text: string): StoryDocument {
  return { text: Text.of(text.split("\n")), passages: [] };
}

/** The whole text with `\n` between lines. Costs a copy: not for the typing path. */
export function documentText(document: StoryDocument): string {
  return document.text.toString();
}
