import type { SamplingSettings } from "../settings.ts";
import { describePassage, followEnding, leastRoom, type Passage } from "../tasks/passage.ts";
import { CHARACTERS } from "./characters.ts";
import type { Server } from "./server.ts";

/** A text for the place of a passage, as a server wrote it. */
export interface RemoteCandidate {
  /** Its words, without the white space around. */
  readonly words: string;
  /** Whether it ends, and begins, as the passage does. */
  readonly whole: boolean;
}

/** A word has fewer characters a token than a text has on the average. */
const SHORT_TOKENS = 0.75;

/** A passage measured in characters; candidates may have at most a quarter of what the model reads. */
export function remotePassage(
  selected: string,
  after: string,
  settings: SamplingSettings,
  { contextLength, charactersAToken }: Pick<Server, "contextLength" | "charactersAToken">,
): Passage {
  const room = Math.max(8, Math.floor((contextLength / 4) * charactersAToken));
  const passage = describePassage(selected, after, room, settings, CHARACTERS);
  const { length, longest } = passage;
  const least = Math.min(leastRoom(length, charactersAToken), room);
  return { ...passage, longest: Math.max(longest, Math.floor(least)) };
}

/** Tokens that surely hold so many characters. */
export function tokensFor(
  characters: number,
  { charactersAToken }: Pick<Server, "charactersAToken">,
): number {
  return Math.ceil(characters / (SHORT_TOKENS * charactersAToken)) + 1;
}

/**
 * The candidate in what was written behind the story, where it ends as the passage does. `blanks` are the spaces that
 * the story has and the model writes. Null for a text that goes on in the middle of a word, and for one without words.
 */
export function candidateOf(text: string, blanks: string, passage: Passage): RemoteCandidate | null {
  if (blanks !== "" && !/^\s/u.test(text)) return null;
  const characters = Array.from(blanks === "" ? text : text.replace(/^[^\S\n]+/u, ""));
  const endsAt = followEnding(passage);
  let soFar = "";
  for (const [i, character] of characters.entries()) {
    soFar += character;
    const ending = endsAt(soFar, i + 1, /[\p{L}\p{N}\p{M}'’]/u.test(character));
    if (ending) {
      const kept = characters.slice(0, ending.keep).join("");
      const isCut = !ending.whole && /^\S/u.test(characters[ending.keep] ?? "");
      const words = (isCut ? kept.replace(/(?<=\S)\s+\S*$/u, "") : kept).trim();
      return words === "" ? null : { words, whole: ending.whole && beginsAlike(words, passage) };
    }
  }
  const words = soFar.trim();
  if (words === "") return null;
  const endsAlike = passage.endsAlike === null || passage.endsAlike(words);
  const isLong = characters.length >= passage.shortest;
  return { words, whole: endsAlike && isLong && beginsAlike(words, passage) };
}

/** The candidate in what was written behind a template, before the first of its stop strings. */
export function templateCandidateOf(
  text: string,
  stop: readonly string[],
  endedItself: boolean,
): RemoteCandidate | null {
  const places = stop.map((string) => text.indexOf(string)).filter((place) => place >= 0);
  const words = text.slice(0, Math.min(text.length, ...places)).trim();
  return words === "" ? null : { words, whole: places.length > 0 || endedItself };
}

/** A sentence begins as its passage does: with a capital. */
function beginsAlike(words: string, { capital }: Passage): boolean {
  return !capital || !/^\p{P}*\p{Ll}/u.test(words);
}
