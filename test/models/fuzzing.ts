import { writeFileSync } from "node:fs";
import {
  headerLength,
  parseHeader,
  readSafetensors,
  type StoredTensor,
} from "../../src/engine/gpt2/safetensors.ts";
import { UserError } from "../../src/errors.ts";
import { configText } from "../../src/models/gguf/config.ts";
import { type GgufTensor, parseGguf, readGguf } from "../../src/models/gguf/reader.ts";
import { tokenizerText } from "../../src/models/gguf/tokenizer.ts";
import { randomIntegers, randomWeights, safetensors } from "../checkpoint-writer.ts";
import { gguf, type Value } from "./gguf/writer.ts";

/** A format whose reader is tried with spoilt files. */
export type Format = "safetensors" | "gguf";

/** What came of trying a reader. */
export interface Fuzzed {
  /** Inputs that were read. */
  readonly read: number;
  /** Inputs that were refused with a UserError. */
  readonly refused: number;
  /** Longest time for one input, in ms. */
  readonly slowest: number;
}

const CONFIG = { vocab_size: 6, n_positions: 4, n_embd: 4, n_layer: 1, n_head: 1 };

/** A valid file of each format, small so that most changes hit what is looked at. */
export function seedFile(format: Format): Buffer {
  if (format === "safetensors") return safetensors(randomWeights(CONFIG, 5));
  const metadata: [string, Value][] = [
    ["general.architecture", { text: "gpt2" }],
    ["general.alignment", { u32: 32 }],
    ["gpt2.block_count", { u32: 1 }],
    ["gpt2.context_length", { u64: 4n }],
    ["gpt2.embedding_length", { u32: 4 }],
    ["gpt2.attention.head_count", { u32: 1 }],
    ["gpt2.attention.layer_norm_epsilon", { f32: 1e-5 }],
    ["other.flag", { bool: true }],
    ["other.list", { texts: ["a", "bc", "def"] }],
    ["tokenizer.ggml.model", { text: "gpt2" }],
    ["tokenizer.ggml.tokens", { texts: ["a", "b", "ab", "c", "<|endoftext|>"] }],
    ["tokenizer.ggml.token_type", { i32s: [1, 1, 1, 1, 3] }],
    ["tokenizer.ggml.merges", { texts: ["a b"] }],
  ];
  return gguf(metadata, [
    { name: "token_embd.weight", shape: [5, 4], type: 0, data: new Uint8Array(80) },
    { name: "blk.0.attn_qkv.weight", shape: [12, 32], type: 8, data: new Uint8Array(12 * 34) },
    { name: "blk.0.attn_norm.bias", shape: [4], type: 1, data: new Uint8Array(8) },
  ]);
}

/** Numbers that sizes and counts go wrong with. */
const EDGES = [0n, 1n, 0x7fffffffn, 0xffffffffn, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
/** Pieces of JSON that fit nowhere, or do not fit together. */
const PIECES = [
  '"__proto__":',
  "1e400",
  "-1",
  "0.5",
  "9007199254740993",
  "[",
  "]",
  "{",
  "}",
  "null",
  '""',
  "\\u0000",
  '"F32"',
];

/** The next spoilt file: random bytes, or the valid one with some changes. */
function spoil(valid: Buffer, next: () => number): Buffer {
  const below = (most: number) => next() % Math.max(1, most);
  if (below(20) === 0) {
    const random = Buffer.alloc(below(300));
    for (let i = 0; i < random.length; i++) random[i] = next();
    // Half of them look like the beginning of a file.
    if (below(2) === 0) valid.copy(random, 0, 0, Math.min(below(32), random.length));
    return random;
  }
  let bytes = Buffer.from(valid);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(bytes.length);
    switch (below(8)) {
      case 0:
        bytes = bytes.subarray(0, at);
        break;
      case 1:
        bytes[at] = next();
        break;
      case 2:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
        break;
      case 3:
        if (at + 8 <= bytes.length) bytes.writeBigUInt64LE(EDGES[below(EDGES.length)]!, at);
        break;
      case 4:
        if (at + 4 <= bytes.length) bytes.writeUInt32LE(Number(EDGES[below(4)]!), at);
        break;
      case 5: {
        const from = below(bytes.length);
        const part = bytes.subarray(from, from + below(64));
        bytes = Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
        break;
      }
      case 6:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + below(16))]);
        break;
      default:
        Buffer.from(PIECES[below(PIECES.length)]!).copy(bytes, at);
    }
  }
  return bytes;
}

/** One input in so many goes through a file, the others are read from memory by the same code. */
const FILED = 50;

/**
 * Has the reader of `format` read `count` spoilt files, of which some are written to `path`. Rejects with an Error that
 * names the seed and the input where it throws anything but a UserError, or names a place outside the file.
 */
export async function fuzz(
  format: Format,
  count: number,
  seed: number,
  path: string,
  onInput: (done: number) => void = () => {},
): Promise<Fuzzed> {
  const valid = seedFile(format);
  const next = randomIntegers(seed);
  let [read, refused, slowest] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const bytes = spoil(valid, next);
    const began = performance.now();
    try {
      const isFiled = i % FILED === 0;
      if (isFiled) writeFileSync(path, bytes);
      const tensors = isFiled ? await readFiled(format, path) : readBytes(format, bytes);
      for (const { offset, length } of tensors) {
        const isInside = offset >= 0 && length >= 0 && offset + length <= bytes.length;
        if (!isInside) throw new Error("a place outside the file");
      }
      read++;
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw new Error(`${format}, seed ${seed}, input ${i}: ${bytes.toString("base64")}`, { cause: error });
      }
      refused++;
    }
    slowest = Math.max(slowest, performance.now() - began);
    onInput(i + 1);
  }
  return { read, refused, slowest };
}

type Places = Iterable<GgufTensor | StoredTensor>;

async function readFiled(format: Format, path: string): Promise<Places> {
  const file = format === "gguf" ? await readGguf(path) : await readSafetensors(path);
  return file.tensors.values();
}

function readBytes(format: Format, bytes: Buffer): Places {
  if (format === "safetensors") {
    const length = headerLength(bytes, "fuzzed", bytes.length);
    return parseHeader(bytes.subarray(8, 8 + length), "fuzzed", bytes.length).values();
  }
  const file = parseGguf(bytes, "fuzzed", bytes.length);
  configText(file, true);
  tokenizerText(file);
  return file.tensors.values();
}
