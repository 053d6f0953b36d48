import type { Text } from "@codemirror/state";
import { bodyStart } from "./front-matter.ts";
import { contextOf, cutSegments, recutSegments, type Segment } from "./xray-segments.ts";

/**
 * How far down the model's list of likely tokens one stood: among its first 10, 100, 1,000, or beyond. The bands are
 * those of GLTR (Gehrmann, Strobelt, Rush: "GLTR: Statistical Detection and Visualization of Generated Text", 2019).
 */
export const BANDS = ["top10", "top100", "top1000", "beyond"] as const;

/** One of {@link BANDS}. */
export type Band = (typeof BANDS)[number];

/** The band of a rank, which is 1 for the model's favourite. */
export function bandOf(rank: number): Band {
  return rank <= 10 ? "top10" : rank <= 100 ? "top100" : rank <= 1000 ? "top1000" : "beyond";
}

/** A token as it was scored; the first one of a text has neither. */
export interface TokenScore {
  readonly text: string;
  /** Natural-log probability. */
  readonly logprob: number | null;
  readonly rank: number | null;
}

/** A piece of text that the model reads as one token, or as several where these are parts of one character. */
export interface Mark {
  /** Without white space before it, in UTF-16 code units, from the segment's beginning or the story's. */
  readonly from: number;
  readonly to: number;
  /** −log of its probability, in nats. */
  readonly surprisal: number;
  /** Of several tokens, the one that was the least foreseen. */
  readonly rank: number;
  /** Number of tokens. */
  readonly tokens: number;
}

/** A segment and what is known of it. */
interface ScoredSegment extends Segment {
  /** Positions count from the segment's beginning. */
  readonly marks: readonly Mark[];
  /** `marks` are of this very text after this very context; else they are what is left of earlier ones. */
  readonly fresh: boolean;
}

/** How likely each word of a story is to the model, as far as it is known. Immutable. */
export interface XRay {
  readonly text: Text;
  /** All of the text, in order. */
  readonly segments: readonly ScoredSegment[];
  /** What was scored, by context and text. */
  readonly known: ReadonlyMap<string, readonly Mark[]>;
}

/** A segment that is to be scored. */
export interface XRayRequest {
  readonly before: string;
  readonly text: string;
}

/** A stretch of the story, in UTF-16 code units. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Results that are kept; those that were asked for longest ago are forgotten first. */
const REMEMBERED = 2000;

/** The x-ray of a text of which nothing is known. */
export function beginXRay(text: Text): XRay {
  const segments = cutSegments(text).map((segment) => ({ ...segment, marks: [], fresh: false }));
  return { text, segments, known: new Map() };
}

/**
 * The x-ray after the text changed. Segments that changed, and those that follow so closely that the model reads of the
 * change before them, are stale unless they were scored like this before; until they are scored again they keep what
 * marks they had on unchanged text.
 */
export function followText(xray: XRay, text: Text): XRay {
  if (text === xray.text) return xray;
  const { known } = xray;
  const { segments, head, tail, changed, settled } = recutSegments(xray.segments, xray.text, text);
  const firstOfTail = segments.length - tail;
  const skipped = xray.segments.length - tail - firstOfTail;
  const old = oldMarks(xray, head, xray.segments.length - tail);
  return {
    text,
    known,
    segments: segments.map((segment, i): ScoredSegment => {
      const before = i < head ? xray.segments[i] : i >= firstOfTail ? xray.segments[i + skipped] : undefined;
      if (before && (i < head || segment.from >= settled)) return { ...before, ...segment };
      const found = known.get(keyOf(requestFor(text, segment)));
      if (found) return { ...segment, marks: found, fresh: true };
      const marks = before?.marks ?? carried(old, segment, changed, xray.text.length, text.length);
      return { ...segment, marks, fresh: false };
    }),
  };
}

/** The x-ray with a segment's scores: wherever this text stands after this context. */
export function withScores(xray: XRay, request: XRayRequest, tokens: readonly TokenScore[]): XRay {
  const marks = marksOf(tokens);
  const key = keyOf(request);
  const known = new Map(xray.known);
  known.delete(key);
  known.set(key, marks);
  for (const [oldest] of known) {
    if (known.size <= REMEMBERED) break;
    known.delete(oldest);
  }
  const segments = xray.segments.map((segment) => {
    const { from, to, fresh } = segment;
    const same = !fresh && to - from === request.text.length && keyOf(requestFor(xray.text, segment)) === key;
    return same ? { ...segment, marks, fresh: true } : segment;
  });
  return { ...xray, known, segments };
}

/** What to score next of `within`: the stale segment nearest to what is `visible`; null where all is known. */
export function nextRequest(xray: XRay, within: Range, visible: Range): XRayRequest | null {
  let best: { readonly segment: Segment; readonly distance: number } | null = null;
  for (const segment of staleSegments(xray, within)) {
    const distance = Math.max(0, segment.from - visible.to, visible.from - segment.to);
    if (best === null || distance < best.distance) best = { segment, distance };
  }
  return best && requestFor(xray.text, best.segment);
}

/**
 * The segments in a stretch that are to be scored, in order. What holds no words has nothing to score; front matter is
 * no story.
 */
export function staleSegments({ text, segments }: XRay, within: Range): readonly Segment[] {
  const body = bodyStart(text);
  return segments.filter(
    ({ from, to, fresh }) =>
      !fresh &&
      from < within.to &&
      to > Math.max(within.from, body) &&
      text.sliceString(from, to).trim() !== "",
  );
}

/** The marks that lie in a stretch, whole or in part, in order and in the story's positions. */
export function marksBetween({ segments }: XRay, from: number, to: number): readonly Mark[] {
  return segments
    .filter((segment) => segment.from < to && segment.to > from)
    .flatMap((segment) => segment.marks.map((mark) => shifted(mark, segment.from)))
    .filter((mark) => mark.from < to && mark.to > from);
}

/**
 * The marks of tokens, from where their text begins. Tokens that are parts of a character are taken together, those of
 * white space alone left out.
 */
export function marksOf(tokens: readonly TokenScore[]): readonly Mark[] {
  const marks: Mark[] = [];
  let at = 0;
  let part = { surprisal: 0, rank: 0, tokens: 0 };
  for (const { text, logprob, rank } of tokens) {
    if (logprob !== null && rank !== null) {
      const { surprisal, tokens: count } = part;
      part = { surprisal: surprisal - logprob, rank: Math.max(part.rank, rank), tokens: count + 1 };
    }
    if (text === "") continue;
    const from = at + text.length - text.trimStart().length;
    if (part.tokens > 0 && text.trim() !== "") marks.push({ from, to: at + text.length, ...part });
    at += text.length;
    part = { surprisal: 0, rank: 0, tokens: 0 };
  }
  return marks;
}

/** What is asked of the engine for a segment. */
export function requestFor(text: Text, segment: Segment): XRayRequest {
  return { before: contextOf(text, segment), text: text.sliceString(segment.from, segment.to) };
}

function keyOf({ before, text }: XRayRequest): string {
  return `${before}\0${text}`;
}

/** The marks of segments that were cut anew, in the old text's positions. */
function oldMarks({ segments }: XRay, from: number, to: number): readonly Mark[] {
  return segments.slice(from, to).flatMap(({ marks, from: at }) => marks.map((mark) => shifted(mark, at)));
}

/** Those of `old` that lie in a segment of the new text and are not of what changed. */
function carried(
  old: readonly Mark[],
  { from, to }: Segment,
  changed: { readonly from: number; readonly fromEnd: number },
  oldLength: number,
  length: number,
): readonly Mark[] {
  const kept = old.flatMap((mark) => {
    if (mark.to <= changed.from) return [mark];
    return mark.from >= oldLength - changed.fromEnd ? [shifted(mark, length - oldLength)] : [];
  });
  return kept.filter((mark) => mark.from >= from && mark.to <= to).map((mark) => shifted(mark, -from));
}

function shifted(mark: Mark, by: number): Mark {
  return by === 0 ? mark : { ...mark, from: mark.from + by, to: mark.to + by };
}
