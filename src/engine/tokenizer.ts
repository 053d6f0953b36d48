import { Tokenizer as Bpe } from "@huggingface/tokenizers";
import { errorMessage, UserError } from "../errors.ts";
import { bytesOfEntry } from "./byte-alphabet.ts";
import { readVocabulary, type Vocabulary } from "./tokenizer-files.ts";
import type { Tokenizer } from "./types.ts";

/**
 * Opens the byte-level BPE of a checkpoint folder. Throws a UserError if the folder has no tokenizer, or one that is
 * damaged or of another kind.
 */
export async function openTokenizer(folder: string): Promise<Tokenizer> {
  return createTokenizer(await readVocabulary(folder));
}

/**
 * A tokenizer of `vocabulary`. Splitting and merging are @huggingface/tokenizers'; special tokens are kept from it,
 * so that the name of one, typed in a story, is text. The way back from ids to bytes is ours: the package's decoder
 * changes spaces and cuts characters in two.
 */
export function createTokenizer(vocabulary: Vocabulary): Tokenizer {
  const bpe = bpeOf(vocabulary);
  const table = bytesById(vocabulary);
  const size = table.starts.length - 1;

  function bytes(id: number): Uint8Array {
    const [start, end] = [table.starts[id], table.starts[id + 1]];
    if (start === undefined || end === undefined) {
      throw new RangeError(`token id must be from 0 to ${size - 1}, got ${id}`);
    }
    return table.bytes.subarray(start, end);
  }

  return {
    vocabularySize: size,
    endOfText: vocabulary.added.get("<|endoftext|>") ?? null,
    infill: infillOf(vocabulary.added),
    encode: (text) => (text === "" ? [] : bpe.encode(text, { add_special_tokens: false }).ids),
    bytes,
    decode: (ids) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(joined(ids.map(bytes))),
  };
}

/** Throws a UserError where a step of the vocabulary cannot be made, such as a pattern that is none. */
function bpeOf(vocabulary: Vocabulary): Bpe {
  try {
    return new Bpe(
      {
        version: "1.0",
        truncation: null,
        padding: null,
        added_tokens: [],
        normalizer: vocabulary.normalizer,
        pre_tokenizer: vocabulary.preTokenizer,
        post_processor: null,
        decoder: { type: "ByteLevel" },
        model: { type: "BPE", vocab: vocabulary.ids, merges: vocabulary.merges },
      },
      {},
    );
  } catch (cause) {
    throw new UserError(`The tokenizer cannot be used: ${errorMessage(cause).slice(0, 200)}`, {
      hint: "Copy the tokenizer files of the checkpoint again.",
      cause,
    });
  }
}

function infillOf(added: ReadonlyMap<string, number>): Tokenizer["infill"] {
  const prefix = added.get("<|fim_prefix|>");
  const suffix = added.get("<|fim_suffix|>");
  const middle = added.get("<|fim_middle|>");
  if (prefix === undefined || suffix === undefined || middle === undefined) return null;
  return { prefix, suffix, middle };
}

/** The bytes of all tokens in a row: 50,000 small arrays would take 9 MB. */
interface BytesById {
  readonly bytes: Uint8Array;
  /** Where each id's begin; the next one's begin where they end. # [ids + 1] */
  readonly starts: Uint32Array;
}

/** What each id stands for; ids that the vocabulary skips stand for nothing. */
function bytesById(vocabulary: Vocabulary): BytesById {
  const literal = new TextEncoder();
  const parts: Uint8Array[] = [];
  for (const [entry, id] of Object.entries(vocabulary.ids)) {
    parts[id] = bytesOfEntry(entry) ?? literal.encode(entry);
  }
  for (const [name, id] of vocabulary.added) parts[id] = literal.encode(name);
  const starts = new Uint32Array(parts.length + 1);
  for (let id = 0; id < parts.length; id++) starts[id + 1] = starts[id]! + (parts[id]?.length ?? 0);
  return { bytes: joined(parts.filter((part) => part !== undefined)), starts };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
