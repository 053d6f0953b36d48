import type { Text } from "@codemirror/state";
import type { StoryDocument } from "./document.ts";

/** Characters handed to the engine before and after the place, at least: more than any GPT-2's window holds. */
const BEFORE = 24_000;
const AFTER = 2_000;

/**
 * What is left out at the story's start is a multiple of this, so that the engine, which counts from the first
 * character that it is given, cuts a growing story at the same places (`WINDOW_GRID`).
 */
const STEP = 8_192;

/** What the model is shown to go on at `pos`. The engine cuts `before` to its window. */
export function continuePrompt(
  document: StoryDocument,
  pos: number,
): { readonly before: string; readonly after: string } {
  const { text } = document;
  return {
    before: textBefore(text, pos),
    after: textAfter(text, pos),
  };
}

/** What the model is shown to rewrite the passage between two positions. */
export function rewritePrompt(
  document: StoryDocument,
  passage: { readonly from: number; readonly to: number },
): { readonly before: string; readonly selected: string; readonly after: string } {
  const { text } = document;
  return {
    before: textBefore(text, passage.from),
    selected: text.sliceString(passage.from, passage.to),
    after: textAfter(text, passage.to),
  };
}

/** A character that the cut would leave half is left out. */
function textBefore(text: Text, pos: number): string {
  const from = Math.max(0, Math.floor((pos - BEFORE) / STEP) * STEP);
  return text.sliceString(from, pos).replace(/^[\udc00-\udfff]/, "");
}

function textAfter(text: Text, pos: number): string {
  return text.sliceString(pos, Math.min(text.length, pos + AFTER)).replace(/[\ud800-\udbff]$/, "");
}

/** The spaces and tabs that end `before`, as a record names them; nothing where it ends otherwise. */
export function blanksAfter(before: string): { readonly blanks?: string } {
  const blanks = /[ \t]+$/.exec(before)?.[0];
  return blanks === undefined ? {} : { blanks };
}

/** A prompt as it is recorded: its parts can be told from the story, and are left out. */
export function recordedPrompt<Ids>(prompt: {
  readonly tokens: Ids;
  readonly text: string;
  readonly against: Ids | null;
}): { readonly tokens: Ids; readonly text: string; readonly against?: Ids } {
  const { tokens, text, against } = prompt;
  return { tokens, text, ...(against ? { against } : {}) };
}

/** The part of the steering that no prompt holds, as a record names it; nothing where there is none. */
export function recordedSteering<Ban, Bias, Include>(
  steering:
    | {
        readonly ban?: readonly Ban[];
        readonly bias?: readonly Bias[];
        readonly include?: readonly Include[];
      }
    | undefined,
): {
  readonly steering?: {
    readonly ban?: readonly Ban[];
    readonly bias?: readonly Bias[];
    readonly include?: readonly Include[];
  };
} {
  const { ban = [], bias = [], include = [] } = steering ?? {};
  const kept = {
    ...(ban.length > 0 ? { ban } : {}),
    ...(bias.length > 0 ? { bias } : {}),
    ...(include.length > 0 ? { include } : {}),
  };
  return Object.keys(kept).length === 0 ? {} : { steering: kept };
}
