import type { Text } from "@codemirror/state";
import type { StoryDocument } from "./document.ts";
import { bodyStart, frontMatter } from "./front-matter.ts";
import {
  mergeSteering,
  NO_STEERING,
  type ParsedSteering,
  parseSteering,
  type StorySteering,
  steeringAt,
} from "./steering.ts";

/** Characters handed to the engine before and after the place, at least: more than any GPT-2's window holds. */
const BEFORE = 24_000;
const AFTER = 2_000;

/**
 * What is left out at the story's start is a multiple of this, so that the engine, which counts from the first
 * character that it is given, cuts a growing story at the same places (`WINDOW_GRID`).
 */
const STEP = 8_192;

/** What is told with a prompt, as the engine's request names it; nothing where only the story is told. */
type Told = { readonly steering?: ReturnType<typeof steeringAt> };

/**
 * What the model is shown to go on at `pos`. The engine cuts `before` to its window. Front matter is not shown: what it
 * says, and `more`, becomes `steering`.
 */
export function continuePrompt(
  document: StoryDocument,
  pos: number,
  more: StorySteering = NO_STEERING,
): { readonly before: string; readonly after: string } & Told {
  const { text } = document;
  const before = textBefore(text, pos);
  return { before, after: textAfter(text, pos), ...toldAt(text, pos, before, "", more) };
}

/** What the model is shown to rewrite the passage between two positions. */
export function rewritePrompt(
  document: StoryDocument,
  passage: { readonly from: number; readonly to: number },
  more: StorySteering = NO_STEERING,
): { readonly before: string; readonly selected: string; readonly after: string } & Told {
  const { text } = document;
  const before = textBefore(text, passage.from);
  const selected = text.sliceString(passage.from, passage.to);
  const after = textAfter(text, passage.to);
  return { before, selected, after, ...toldAt(text, passage.from, before, selected, more) };
}

/** What a story's front matter says, with what is wrong with it. */
export function storySteering(text: Text): ParsedSteering {
  const front = frontMatter(text);
  return front ? parsed(front.source) : NOTHING;
}

const NOTHING: ParsedSteering = { steering: NO_STEERING, problems: [] };

/** What was read last: it is asked for again at every pause, and rarely another. */
let last: { readonly source: string; readonly found: ParsedSteering } = { source: "", found: NOTHING };

function parsed(source: string): ParsedSteering {
  if (source !== last.source) last = { source, found: parseSteering(source) };
  return last.found;
}

function toldAt(text: Text, pos: number, before: string, selected: string, more: StorySteering): Told {
  const own = pos < bodyStart(text) ? NO_STEERING : storySteering(text).steering;
  const whole = mergeSteering(own, more);
  return whole === NO_STEERING ? {} : { steering: steeringAt(whole, before, selected) };
}

/** A character that the cut would leave half is left out. In front matter, all before it counts. */
function textBefore(text: Text, pos: number): string {
  const body = bodyStart(text);
  const start = Math.max(0, Math.floor((pos - BEFORE) / STEP) * STEP);
  const from = pos < body ? start : Math.max(start, body);
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
