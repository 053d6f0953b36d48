import type { ModelCard } from "../engine/types.ts";

/** A model that the writer can choose, and what to know of it. */
export interface LibraryEntry {
  readonly name: string;
  /** Null where its files do not say, or are not here. */
  readonly parameters: number | null;
  /** Bytes on disk, or those to be fetched. */
  readonly size: number;
  /** Bytes of memory that it takes at the precision it would be opened in; null where that is not known. */
  readonly memory: number | null;
  /** Whether so much memory is free. */
  readonly fits: boolean;
  /** As last measured; null before. */
  readonly tokensPerSecond: number | null;
  readonly licence: string | null;
  /** False for one that would have to be fetched first. */
  readonly here: boolean;
  /** Why it cannot be opened. */
  readonly problem?: string;
  /** What its makers say of its limits; null where they say nothing. */
  readonly limits: string | null;
  /** It has written here before. */
  readonly known: boolean;
}

/** What the editor knows of the models. */
export interface Library {
  /** Null until it was read. */
  readonly entries: readonly LibraryEntry[] | null;
  /** The model that is being fetched, and how far it is. */
  readonly pulling: { readonly name: string; readonly text: string } | null;
}

/** Before anyone looked. */
export const UNREAD_LIBRARY: Library = { entries: null, pulling: null };

/** Whether a model of this machine is the one in use; that of a server may have the same name. */
export function isInUse(card: ModelCard | null, name: string): boolean {
  return card?.name === name && card.remote === undefined;
}

/** A model's line in the list: `430 MB · 61/s`, its memory and its speed; or what comes when it is fetched. */
export function entryDetail(entry: LibraryEntry): string {
  if (entry.problem !== undefined) return "damaged";
  if (!entry.here) return `to fetch, ${bytes(entry.size)}`;
  if (!entry.fits && entry.memory !== null) return `needs ${bytes(entry.memory)}`;
  return [
    bytes(entry.memory ?? entry.size),
    ...(entry.tokensPerSecond === null ? [] : [`${entry.tokensPerSecond}/s`]),
  ].join(" · ");
}

/** All that is known of a model, in a sentence. */
export function entryWords(entry: LibraryEntry): string {
  const { name, parameters, memory, tokensPerSecond, licence, here, fits, problem } = entry;
  if (problem !== undefined) return `${name}: ${problem}`;
  return `${name}: ${[
    ...(parameters === null ? [] : [`${count(parameters)} parameters`]),
    `${bytes(entry.size)} ${here ? "on disk" : "to fetch"}`,
    ...(memory === null ? [] : [`${bytes(memory)} of memory${fits ? "" : ", more than is free"}`]),
    ...(tokensPerSecond === null ? [] : [`${tokensPerSecond} tokens a second`]),
    ...(licence === null ? [] : [`licence ${licence}`]),
  ].join(", ")}`;
}

function count(value: number): string {
  return value >= 1e9 ? `${(value / 1e9).toFixed(1)}G` : `${Math.round(value / 1e6)}M`;
}

function bytes(value: number): string {
  return value >= 1e9 ? `${(value / 1e9).toFixed(1)} GB` : `${Math.round(value / 1e6)} MB`;
}
