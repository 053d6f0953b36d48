import type { ContextEntry, LeftOut, PromptSegment, Steering, Tokenizer } from "./types.ts";
import { cutToWindow } from "./window.ts";

/** The share of the prompt that entries may have; the rest is the story's. */
const ENTRIES_SHARE = 0.5;

/** Paragraphs of the story behind what is to be avoided, where there is no note to take the place of. */
const AVOID_PARAGRAPHS = 3;

/** A part of a prompt's text. */
interface Piece {
  readonly origin: PromptSegment["origin"];
  readonly name?: string;
  readonly text: string;
}

/** A prompt's text with its parts, before anything is known of the model. */
export interface Context {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly segments: readonly PromptSegment[];
  readonly left: readonly LeftOut[];
  /** The same with what is to be avoided where the notes stand, or without them; null where it is not `guided`. */
  readonly against: readonly number[] | null;
}

/**
 * The text that the model reads for `story` with the entries of `steering`, in at most `budget` tokens:
 *
 *     memory and lore, in the order given
 *     the story's end, cut where a window begins well
 *       … with each note before one of its last paragraphs
 *
 * Whole entries are taken by priority until they have half of the budget. `guided`: a second text is made, in which
 * `avoid` stands instead of the notes.
 */
export function assembleContext(
  story: string,
  { entries = [], avoid = "" }: Steering,
  budget: number,
  guided: boolean,
  tokenizer: Tokenizer,
): Context {
  const joint = /\n/u.test(story) && !/\n[ \t]*\n/u.test(story) ? "\n" : "\n\n";
  const sizeOf = (text: string): number => tokenizer.encode(text.trim() + joint).length;
  const { chosen, left } = choose(entries, Math.floor(ENTRIES_SHARE * budget), sizeOf);
  const notes = chosen.filter(({ paragraphs }) => paragraphs !== undefined);
  const negative = guided && (notes.length > 0 || avoid.trim() !== "");
  const sizes = (list: readonly ContextEntry[]) => list.reduce((sum, { text }) => sum + sizeOf(text), 0);
  const extra = negative && avoid.trim() !== "" ? Math.max(0, sizeOf(avoid) - sizes(notes)) : 0;
  for (let room = budget - sizes(chosen) - extra; ; room--) {
    const cutStory = room > 0 ? cutToWindow(story, room, tokenizer) : { text: "", tokens: [] };
    const end = cutStory.text;
    const pieces = arrange(chosen, end, joint);
    const text = joined(pieces);
    const tokens = chosen.length === 0 ? cutStory.tokens : tokenizer.encode(text);
    if (tokens.length > budget && room > 0) {
      // Pieces have other tokens together than each has alone.
      room -= tokens.length - budget;
      continue;
    }
    const cut = story.length - end.length;
    return {
      text,
      tokens,
      segments: segmentsOf(pieces, tokens, tokenizer),
      left: cut > 0 ? [...left, { origin: "story", size: cut }] : left,
      against: negative ? againstTokens(chosen, avoid, end, joint, budget, tokenizer) : null,
    };
  }
}

/** Entries by priority, the first of equals first, as many as `room` holds; in the order in which they were given. */
function choose(
  entries: readonly ContextEntry[],
  room: number,
  sizeOf: (text: string) => number,
): { readonly chosen: readonly ContextEntry[]; readonly left: readonly LeftOut[] } {
  const sized = entries
    .filter(({ text }) => text.trim() !== "")
    .map((entry) => ({ entry, size: sizeOf(entry.text) }));
  const taken = new Set<ContextEntry>();
  let used = 0;
  for (const { entry, size } of sized.toSorted((a, b) => b.entry.priority - a.entry.priority)) {
    if (used + size > room) continue;
    taken.add(entry);
    used += size;
  }
  const left = sized.flatMap(({ entry, size }): LeftOut[] => {
    const { origin, name } = entry;
    return taken.has(entry) ? [] : [{ origin, ...(name === undefined ? {} : { name }), size }];
  });
  return { chosen: sized.flatMap(({ entry }) => (taken.has(entry) ? [entry] : [])), left };
}

/** The entries and the story's end in the order in which they are read. */
function arrange(entries: readonly ContextEntry[], end: string, joint: string): readonly Piece[] {
  const front: Piece[] = [];
  const inside: { readonly at: number; readonly piece: Piece }[] = [];
  for (const { origin, name, text, paragraphs } of entries) {
    const piece = { origin, ...(name === undefined ? {} : { name }), text: text.trim() + joint };
    if (paragraphs === undefined) front.push(piece);
    else inside.push({ at: paragraphStart(end, paragraphs), piece });
  }
  const pieces: Piece[] = [...front];
  let done = 0;
  for (const { at, piece } of inside.sort((a, b) => a.at - b.at)) {
    if (at > done) pieces.push({ origin: "story", text: end.slice(done, at) });
    pieces.push(piece);
    done = at;
  }
  if (done < end.length) pieces.push({ origin: "story", text: end.slice(done) });
  return pieces;
}

/** Where the last `count` paragraphs begin; 0 where there are not so many. */
function paragraphStart(text: string, count: number): number {
  let found = 0;
  let end = text.length;
  while (end > 0) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    if (text.slice(start, end).trim() !== "" && ++found === count) return start;
    end = start - 1;
  }
  return 0;
}

function againstTokens(
  entries: readonly ContextEntry[],
  avoid: string,
  end: string,
  joint: string,
  budget: number,
  tokenizer: Tokenizer,
): readonly number[] {
  const note = entries.find(({ paragraphs }) => paragraphs !== undefined);
  const rest = entries.filter(({ paragraphs }) => paragraphs === undefined);
  const paragraphs = note?.paragraphs ?? AVOID_PARAGRAPHS;
  const negative: ContextEntry = { origin: "note", text: avoid, priority: 0, paragraphs };
  const text = joined(arrange(avoid.trim() === "" ? rest : [...rest, negative], end, joint));
  const tokens = tokenizer.encode(text).slice(-budget);
  if (tokens.length > 0) return tokens;
  return tokenizer.endOfText === null ? tokenizer.encode("\n") : [tokenizer.endOfText];
}

function joined(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}

/** Where each piece stands, and how many tokens begin in it. */
function segmentsOf(
  pieces: readonly Piece[],
  tokens: readonly number[],
  tokenizer: Tokenizer,
): readonly PromptSegment[] {
  const encoder = new TextEncoder();
  const segments: PromptSegment[] = [];
  let from = 0;
  let bytes = 0;
  let next = 0;
  let tokenStart = 0;
  for (const { text, ...rest } of pieces) {
    bytes += encoder.encode(text).length;
    const first = next;
    while (next < tokens.length && tokenStart < bytes) tokenStart += tokenizer.bytes(tokens[next++]!).length;
    segments.push({ ...rest, from, to: from + text.length, tokens: next - first });
    from += text.length;
  }
  return segments;
}
