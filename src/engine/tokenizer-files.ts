import { join } from "node:path";
import { errorCode, UserError } from "../errors.ts";
import { readBounded } from "./bounded-file.ts";
import { BYTE_CHARACTERS } from "./byte-alphabet.ts";
import { modelName } from "./gpt2/names.ts";
import { problemOfSteps } from "./tokenizer-steps.ts";

/** What a checkpoint's tokenizer files say, checked. */
export interface Vocabulary {
  /** Every entry and its id, in the byte alphabet. */
  readonly ids: Readonly<Record<string, number>>;
  /** Names and ids of the special and other added tokens. */
  readonly added: ReadonlyMap<string, number>;
  /** Pairs to join, the first one first: `"a b"`, or `["a", "b"]`. */
  readonly merges: readonly unknown[];
  /** How the text is cut before the merges: Hugging Face's `pre_tokenizer`. */
  readonly preTokenizer: object;
  /** Hugging Face's `normalizer`, null for GPT-2. */
  readonly normalizer: object | null;
}

/** The most that a tokenizer's file may have, in bytes: 20 times GPT-2's. */
export const MOST_TOKENIZER = 2 ** 26;
/** Ids are smaller than this, as in a configuration: tables are as long as the largest. */
const MOST_IDS = 2 ** 24;

/** What GPT-2's text is cut with; also where a folder has `vocab.json` and `merges.txt` only. */
const BYTE_LEVEL = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

/**
 * Reads `tokenizer.json` of a checkpoint folder, or else `vocab.json` and `merges.txt`. Throws a UserError if there
 * is neither, or if they are damaged or hold anything but a byte-level BPE.
 */
export async function readVocabulary(folder: string): Promise<Vocabulary> {
  const whole = await readText(join(folder, "tokenizer.json"));
  if (whole !== undefined) return fromTokenizer(parse(whole, "tokenizer.json", folder), folder);
  const vocab = await readText(join(folder, "vocab.json"));
  const merges = await readText(join(folder, "merges.txt"));
  if (vocab === undefined || merges === undefined) {
    throw new UserError(`${modelName(folder)} has no tokenizer: ${folder}`, {
      hint: "The folder must hold tokenizer.json, or vocab.json and merges.txt, as GPT-2's checkpoints on Hugging Face do.",
    });
  }
  const model = {
    vocab: parse(vocab, "vocab.json", folder),
    merges: merges.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#version")),
  };
  return fromTokenizer({ model, pre_tokenizer: BYTE_LEVEL }, folder);
}

function fromTokenizer(json: unknown, folder: string): Vocabulary {
  const { model, pre_tokenizer, added_tokens, normalizer } = fields(json);
  const { type, vocab, merges } = fields(model);
  for (const steps of [pre_tokenizer, normalizer]) {
    const problem = isObject(steps) ? problemOfSteps(steps) : null;
    if (problem !== null) throw damaged(problem, folder);
  }
  if ((type !== undefined && type !== "BPE") || !isByteLevel(pre_tokenizer)) throw notByteLevel(folder);
  if (!isObject(vocab) || !Array.isArray(merges) || !merges.every(isMerge) || isMixed(merges)) {
    throw damaged("it has no vocabulary with merges", folder);
  }
  for (const [entry, id] of Object.entries(vocab)) checkedId(entry, id, folder);
  // What was parsed and checked: a copy of 50,000 entries would take twice as long.
  const ids = vocab as Readonly<Record<string, number>>;
  const added = new Map<string, number>();
  for (const token of Array.isArray(added_tokens) ? added_tokens : []) {
    const { content, id } = fields(token);
    if (typeof content !== "string") throw damaged("an added token has no content", folder);
    added.set(content, checkedId(content, id, folder));
  }
  // GPT-2's vocab.json lists its special token among the others.
  const end = ids["<|endoftext|>"];
  if (end !== undefined) added.set("<|endoftext|>", end);
  if (BYTE_CHARACTERS.some((character) => ids[character] === undefined)) throw notByteLevel(folder);
  return {
    ids,
    added,
    merges,
    preTokenizer: withoutPrefixSpace(pre_tokenizer),
    normalizer: isObject(normalizer) ? normalizer : null,
  };
}

/** A story is read as it is written: no step may put a space in front of it. */
function withoutPrefixSpace(step: object): object {
  const inner = fields(step).pretokenizers;
  if (Array.isArray(inner)) return { ...step, pretokenizers: inner.filter(isObject).map(withoutPrefixSpace) };
  return fields(step).type === "ByteLevel" ? { ...step, add_prefix_space: false } : step;
}

function isByteLevel(step: unknown): step is object {
  const { type, pretokenizers } = fields(step);
  return type === "ByteLevel" || (Array.isArray(pretokenizers) && pretokenizers.some(isByteLevel));
}

function isMerge(merge: unknown): boolean {
  if (typeof merge === "string") return merge.includes(" ");
  return Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === "string");
}

/** Whether merges are written in both ways. */
function isMixed(merges: readonly unknown[]): boolean {
  return merges.some((merge) => typeof merge !== typeof merges[0]);
}

function checkedId(entry: string, id: unknown, folder: string): number {
  if (typeof id === "number" && Number.isInteger(id) && id >= 0 && id < MOST_IDS) return id;
  const told = typeof id === "object" && id !== null ? "no number" : JSON.stringify(id).slice(0, 100);
  throw damaged(`the id of ${JSON.stringify(entry.slice(0, 100))} is ${told}`, folder);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? (value as Record<string, unknown>) : {};
}

function parse(text: string, file: string, folder: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(`${file} is not JSON`, folder, cause);
  }
}

function damaged(what: string, folder: string, cause?: unknown): UserError {
  return new UserError(`The tokenizer of ${modelName(folder)} is damaged: ${what}: ${folder}`, {
    hint: "Copy the tokenizer files of the checkpoint again.",
    cause,
  });
}

function notByteLevel(folder: string): UserError {
  return new UserError(`The tokenizer of ${modelName(folder)} is not a byte-level BPE: ${folder}`, {
    hint: "Only GPT-2's kind of tokenizer is understood; choose a GPT-2 checkpoint.",
  });
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readBounded(path, MOST_TOKENIZER)).toString("utf8");
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    if (errorCode(cause) === "ENOENT" || errorCode(cause) === "ENOTDIR") return undefined;
    throw new UserError(`Cannot read ${path}`, { cause, hint: "Check that you may read this file." });
  }
}
