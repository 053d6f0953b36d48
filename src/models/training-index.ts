import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, UserError } from "../errors.ts";

/** Name of the file beside a model's weights. */
export const TRAINING_INDEX = "training-index.bin";

/** First bytes of such a file, and its version. */
const MAGIC = "IWTI";
const VERSION = 1;
const HEADER_BYTES = 24;

/** Words between two known runs of one stretch at most: between them no run was picked, so none was unknown. */
const FAR = 40;

/** Words of a text, in a row, that stand in what a model was trained on, as far as its index tells. */
export interface SeenWords {
  readonly words: number;
  readonly text: string;
}

/** Which runs of words a model was trained on. */
export interface TrainingIndex {
  /** The longest stretch of `text` that the index knows; null for none. */
  longest(text: string): SeenWords | null;
}

/** A word as the index sees it. */
interface Word {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** The words of a text: letters and digits in lower case, apostrophes straight. */
export function indexWords(text: string): readonly Word[] {
  return [...text.matchAll(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)].map(({ 0: word, index }) => ({
    key: word.toLowerCase().replaceAll("’", "'"),
    from: index,
    to: index + word.length,
  }));
}

/** FNV-1a of a word's UTF-16 code units, 32 bits. */
export function wordHash(key: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x0100_0193);
  return hash >>> 0;
}

/** Mixes the hashes of a run of words, from `at` on, into one. */
export function runHash(hashes: ArrayLike<number>, at: number, length: number): number {
  let hash = 0x9e37_79b9;
  for (let i = 0; i < length; i++) {
    hash = Math.imul(hash ^ (hashes[at + i] ?? 0), 0x85eb_ca6b);
    hash ^= hash >>> 13;
  }
  hash = Math.imul(hash, 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The bits of a Bloom filter that stand for a hash (Kirsch & Mitzenmacher 2006: two hashes make any number). */
export function bloomBits(hash: number, bits: number, count: number): readonly number[] {
  // All 32 bits of the hash must count, though the remainder looks at the lowest only.
  const step = (Math.imul(hash ^ (hash >>> 15), 0x27d4_eb2f) | 1) >>> 0;
  return Array.from({ length: count }, (_, i) => (hash + i * step) % bits);
}

/**
 * Opens the index of the texts that the model in `folder` was trained on; null where it has none. Made by
 * `training/index.mjs`: a Bloom filter of the hashes of runs of words, of those whose hash is a multiple of `every`,
 * so that any text picks the same runs (Manber 1994). Throws a UserError for a damaged file.
 */
export async function openTrainingIndex(folder: string): Promise<TrainingIndex | null> {
  // A model on a server has no folder.
  if (folder === "") return null;
  const path = join(folder, TRAINING_INDEX);
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
  const [run = 0, every = 0, count = 0, bits = 0] = [8, 12, 16, 20].map((at) =>
    file.length >= HEADER_BYTES ? file.readUInt32LE(at) : 0,
  );
  const isWhole =
    file.toString("latin1", 0, 4) === MAGIC &&
    file.readUInt32LE(4) === VERSION &&
    file.length === HEADER_BYTES + bits / 8 &&
    run > 0 &&
    every > 0 &&
    count > 0;
  if (!isWhole)
    throw new UserError(`The index of training texts is damaged: ${path}`, { hint: "Delete it." });
  const filter = file.subarray(HEADER_BYTES);
  const knows = (hash: number): boolean =>
    bloomBits(hash, bits, count).every((bit) => ((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
  return { longest: (text) => longestKnown(text, run, every, knows) };
}

/** The longest stretch in which each run that was picked is known, and at least two are. */
function longestKnown(
  text: string,
  run: number,
  every: number,
  knows: (hash: number) => boolean,
): SeenWords | null {
  const words = indexWords(text);
  const hashes = words.map(({ key }) => wordHash(key));
  let best: { readonly from: number; readonly to: number } | null = null;
  let begun: { readonly from: number; to: number; hits: number } | null = null;
  for (let at = 0; at + run <= words.length; at++) {
    const hash = runHash(hashes, at, run);
    if (hash % every !== 0) continue;
    if (!knows(hash)) {
      begun = null;
      continue;
    }
    begun =
      begun && at - begun.to <= FAR
        ? { from: begun.from, to: at + run, hits: begun.hits + 1 }
        : { from: at, to: at + run, hits: 1 };
    if (begun.hits >= 2 && (best === null || begun.to - begun.from > best.to - best.from)) {
      best = { from: begun.from, to: begun.to };
    }
  }
  if (best === null) return null;
  return { words: best.to - best.from, text: text.slice(words[best.from]?.from, words[best.to - 1]?.to) };
}
