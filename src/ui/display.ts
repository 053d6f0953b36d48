import { Text } from "@codemirror/state";

/** Text that is shown in the story but is not part of it. */
export interface Ghost {
  /** Where it stands, in UTF-16 code units of the story. */
  readonly at: number;
  /** End of what it would replace; equal to `at` for a continuation. */
  readonly to: number;
  readonly text: string;
}

/** What is painted: the story with the ghost text in its place. */
export interface Display {
  readonly text: Text;
  /** The ghost text in the display's own positions; null if there is none. */
  readonly ghost: { readonly from: number; readonly to: number } | null;
  /** A position of the story in the display. One at the ghost's place stands before it, one inside what it replaces too. */
  toDisplay(pos: number): number;
  /** A position of the display in the story. All of the ghost text is at its place. */
  toStory(pos: number): number;
}

/**
 * Puts ghost text into a story for painting. Cheap: the story's text is shared.
 *
 * @throws RangeError if the ghost's place is not in the story
 */
export function composeDisplay(text: Text, ghost: Ghost | null): Display {
  if (!ghost) return { text, ghost: null, toDisplay: (pos) => pos, toStory: (pos) => pos };
  const { at, to } = ghost;
  if (at < 0 || to < at || to > text.length) {
    throw new RangeError(`ghost text at ${at} to ${to} in a story of ${text.length} units`);
  }
  const end = at + ghost.text.length;
  const shift = end - to;
  return {
    text: text.replace(at, to, Text.of(ghost.text.split("\n"))),
    ghost: { from: at, to: end },
    toDisplay: (pos) => (pos <= at ? pos : pos < to ? at : pos + shift),
    toStory: (pos) => (pos <= at ? pos : pos < end ? at : pos - shift),
  };
}
