import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { openCheckpoint } from "../../../src/engine/gpt2/checkpoint.ts";
import { readRange } from "../../../src/engine/gpt2/safetensors.ts";

/** A value of a GGUF's metadata with its type, as a test writes it. */
export type Value =
  | { readonly u32: number }
  | { readonly u64: bigint }
  | { readonly f32: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly i32s: readonly number[] }
  | { readonly raw: Uint8Array };

/** How the numbers of a tensor are written. */
export type WrittenType = "F32" | "F16" | "BF16" | "Q8_0";

/** A tensor of a GGUF that a test makes; `shape` has the outermost dimension first. */
export interface Written {
  readonly name: string;
  readonly shape: readonly number[];
  /** ggml's number for the type. */
  readonly type: number;
  readonly data: Uint8Array;
}

/** ggml's numbers for types. */
export const GGML: Readonly<Record<WrittenType, number>> = { F32: 0, F16: 1, Q8_0: 8, BF16: 30 };

/** The bytes of a GGUF. */
export function gguf(
  metadata: readonly (readonly [string, Value])[],
  tensors: readonly Written[],
  { version = 3, alignment = 32 }: { readonly version?: number; readonly alignment?: number } = {},
): Buffer {
  const parts: Uint8Array[] = [
    Buffer.from("GGUF"),
    u32(version),
    u64(BigInt(tensors.length)),
    u64(BigInt(metadata.length)),
  ];
  for (const [key, value] of metadata) parts.push(text(key), encoded(value));
  let offset = 0;
  for (const { name, shape, type, data } of tensors) {
    parts.push(text(name), u32(shape.length), ...[...shape].reverse().map((size) => u64(BigInt(size))));
    parts.push(u32(type), u64(BigInt(offset)));
    offset = up(offset + data.length, alignment);
  }
  const head = Buffer.concat(parts);
  const whole = Buffer.alloc(up(head.length, alignment) + offset);
  head.copy(whole);
  let at = up(head.length, alignment);
  for (const { data } of tensors) {
    whole.set(data, at);
    at = up(at + data.length, alignment);
  }
  return whole;
}

function encoded(value: Value): Uint8Array {
  if ("u32" in value) return Buffer.concat([u32(4), u32(value.u32)]);
  if ("u64" in value) return Buffer.concat([u32(10), u64(value.u64)]);
  if ("f32" in value) return Buffer.concat([u32(6), new Uint8Array(Float32Array.of(value.f32).buffer)]);
  if ("bool" in value) return Buffer.concat([u32(7), Uint8Array.of(value.bool ? 1 : 0)]);
  if ("text" in value) return Buffer.concat([u32(8), text(value.text)]);
  if ("texts" in value)
    return Buffer.concat([u32(9), u32(8), u64(BigInt(value.texts.length)), ...value.texts.map(text)]);
  if ("i32s" in value)
    return Buffer.concat([
      u32(9),
      u32(5),
      u64(BigInt(value.i32s.length)),
      new Uint8Array(Int32Array.from(value.i32s).buffer),
    ]);
  return value.raw;
}

/** 4 bytes. */
export function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

/** 8 bytes. */
export function u64(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(value).buffer);
}

/** A text with its length. */
export function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(BigInt(bytes.length)), bytes]);
}

function up(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** What a test wants otherwise in a GGUF. */
export interface Changes {
  /** Values to put in or to replace; null takes a key away. */
  readonly metadata?: Readonly<Record<string, Value | null>>;
  readonly tensors?: (tensors: Written[]) => Written[];
  readonly version?: number;
  readonly alignment?: number;
  /** Write the head, though it is the embeddings once more. */
  readonly withHead?: boolean;
}

/** Names as convert_hf_to_gguf.py gives them. */
const NAMES: Readonly<Record<string, string>> = {
  wte: "token_embd",
  wpe: "position_embd",
  ln_f: "output_norm",
  lm_head: "output",
  ln_1: "attn_norm",
  "attn.c_attn": "attn_qkv",
  "attn.c_proj": "attn_output",
  ln_2: "ffn_norm",
  "mlp.c_fc": "ffn_up",
  "mlp.c_proj": "ffn_down",
};

/** Numbers of a tensor in float32, with their shape. */
export interface Plain {
  readonly shape: readonly number[];
  readonly numbers: Float32Array;
}

/** The tensors of a checkpoint as float32, by their names without prefix. */
export async function plainWeights(folder: string): Promise<ReadonlyMap<string, Plain>> {
  const { weights } = await openCheckpoint(folder);
  const plain = new Map<string, Plain>();
  for (const [name, weight] of weights) {
    const handle = await open(weight.file, "r");
    const bytes = new Uint8Array(await readRange(handle, weight.offset, weight.length));
    await handle.close();
    plain.set(name, { shape: weight.shape, numbers: floats(bytes, weight.type) });
  }
  return plain;
}

function floats(bytes: Uint8Array, type: "float32" | "float16" | "bfloat16"): Float32Array {
  if (type === "float32") return new Float32Array(bytes.slice().buffer);
  const halves = new Uint16Array(bytes.slice().buffer);
  if (type === "bfloat16") return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
  return Float32Array.from(halves, fromHalf);
}

/** The number that the bits of a float16 stand for. */
export function fromHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction / 2 ** 24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** The bits of the float16 nearest to `value`, by trying both neighbours. */
export function toHalf(value: number): number {
  const size = Math.abs(value);
  let [low, high] = [0, 0x7c00];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fromHalf(middle) <= size) low = middle;
    else high = middle;
  }
  const nearest = size - fromHalf(low) <= fromHalf(high) - size || high === 0x7c00 ? low : high;
  return (value < 0 || Object.is(value, -0) ? 0x8000 : 0) | nearest;
}

/** Numbers as `type` stores them, with what they are once read again. */
export function stored(numbers: Float32Array, type: WrittenType): { data: Uint8Array; read: Float32Array } {
  if (type === "F32") return { data: new Uint8Array(numbers.slice().buffer), read: numbers };
  if (type === "F16") {
    const halves = Uint16Array.from(numbers, toHalf);
    return { data: new Uint8Array(halves.buffer), read: Float32Array.from(halves, fromHalf) };
  }
  if (type === "BF16") {
    const words = new Uint32Array(numbers.slice().buffer);
    const read = new Float32Array(words.map((word) => word & 0xffff0000).buffer);
    return { data: new Uint8Array(Uint16Array.from(words, (word) => word >>> 16).buffer), read };
  }
  const blocks = numbers.length / 32;
  const data = new Uint8Array(blocks * 34);
  const read = new Float32Array(numbers.length);
  for (let block = 0; block < blocks; block++) {
    const part = numbers.subarray(32 * block, 32 * block + 32);
    const half = toHalf(part.reduce((most, one) => Math.max(most, Math.abs(one)), 0) / 127);
    const scale = fromHalf(half);
    data.set([half & 255, half >> 8], 34 * block);
    part.forEach((one, i) => {
      const whole = scale === 0 ? 0 : Math.max(-128, Math.min(127, Math.round(one / scale)));
      data[34 * block + 2 + i] = whole;
      read[32 * block + i] = scale * (whole + 0);
    });
  }
  return { data, read };
}

/** A matrix with its rows as columns. */
export function turned({ shape, numbers }: Plain): Plain {
  const [rows = 0, columns = 0] = shape;
  const other = new Float32Array(numbers.length);
  for (let i = 0; i < numbers.length; i++)
    other[(i % columns) * rows + Math.floor(i / columns)] = numbers[i]!;
  return { shape: [columns, rows], numbers: other };
}

/** A GGUF with the numbers that it holds once they are read, by the names and in the shapes of the checkpoint. */
export interface Converted {
  readonly bytes: Buffer;
  readonly read: ReadonlyMap<string, Plain>;
  /** Type of each tensor. */
  readonly types: ReadonlyMap<string, WrittenType>;
}

/**
 * A GGUF of the checkpoint in `folder`, as llama.cpp's converter makes it: matrices in `type` where that is possible,
 * else F16, and everything with one dimension, and the positions, in F32.
 */
export async function convert(folder: string, type: WrittenType, changes: Changes = {}): Promise<Converted> {
  const { config } = await openCheckpoint(folder);
  const key = `${folder} ${type} ${changes.withHead ?? false}`;
  const { tensors, read, types } = await (turnedBefore.get(key) ?? convertWeights(folder, type, changes));
  turnedBefore.set(key, Promise.resolve({ tensors, read, types }));
  const metadata = new Map<string, Value>([
    ["general.architecture", { text: "gpt2" }],
    ["general.name", { text: "A Test" }],
    ["general.tags", { texts: ["text-generation"] }],
    ["gpt2.block_count", { u32: config.n_layer }],
    ["gpt2.context_length", { u32: config.n_positions }],
    ["gpt2.embedding_length", { u32: config.n_embd }],
    ["gpt2.feed_forward_length", { u32: config.n_inner }],
    ["gpt2.attention.head_count", { u32: config.n_head }],
    ["gpt2.attention.layer_norm_epsilon", { f32: config.layer_norm_epsilon }],
    ...tokenizerMetadata(folder, config.vocab_size),
  ]);
  for (const [key, value] of Object.entries(changes.metadata ?? {})) {
    if (value === null) metadata.delete(key);
    else metadata.set(key, value);
  }
  const bytes = gguf([...metadata], changes.tensors?.([...tensors]) ?? tensors, changes);
  return { bytes, read, types };
}

type ConvertedWeights = Omit<Converted, "bytes"> & { readonly tensors: readonly Written[] };

/** Weights that were converted before: many tests begin with the same. */
const turnedBefore = new Map<string, Promise<ConvertedWeights>>();

async function convertWeights(
  folder: string,
  type: WrittenType,
  changes: Changes,
): Promise<ConvertedWeights> {
  const tensors: Written[] = [];
  const read = new Map<string, Plain>();
  const types = new Map<string, WrittenType>();
  const weights = new Map(await plainWeights(folder));
  if (changes.withHead) weights.set("lm_head.weight", weights.get("wte.weight")!);
  for (const [name, plain] of weights) {
    const isTurned = /c_(attn|proj|fc)\.weight$/.test(name);
    const out = isTurned ? turned(plain) : plain;
    const isQuantised = out.shape.length === 2 && name !== "wpe.weight";
    const chosen = !isQuantised ? "F32" : type === "Q8_0" && out.shape[1]! % 32 !== 0 ? "F16" : type;
    const written = stored(out.numbers, chosen);
    const back = { shape: out.shape, numbers: written.read };
    read.set(name, isTurned ? turned(back) : back);
    types.set(name, chosen);
    tensors.push({ name: ggufName(name), shape: out.shape, type: GGML[chosen], data: written.data });
  }
  return { tensors, read, types };
}

/** A hash of each tensor's shape and numbers, by name: what two checkpoints have in common. */
export function hashes(weights: ReadonlyMap<string, Plain>): Readonly<Record<string, string>> {
  const hash = ({ shape, numbers }: Plain) =>
    `[${shape.join(", ")}] ${createHash("sha256").update(new Uint8Array(numbers.slice().buffer)).digest("hex")}`;
  return Object.fromEntries([...weights].map(([name, plain]) => [name, hash(plain)]));
}

function ggufName(name: string): string {
  const [, layer, part = "", kind] = /^(?:h\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(name) ?? [];
  return layer === undefined ? `${NAMES[part]}.${kind}` : `blk.${layer}.${NAMES[part]}.${kind}`;
}

interface TokenizerJson {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (string | readonly string[])[];
  };
}

function tokenizerMetadata(folder: string, size: number): [string, Value][] {
  const json = JSON.parse(readFileSync(join(folder, "tokenizer.json"), "utf8")) as TokenizerJson;
  const tokens = Array.from({ length: size }, (_, id) => `[PAD${id}]`);
  const types = tokens.map(() => 5);
  for (const [token, id] of Object.entries(json.model.vocab)) [tokens[id], types[id]] = [token, 1];
  for (const { content, id } of json.added_tokens) [tokens[id], types[id]] = [content, 3];
  const merges = json.model.merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
  return [
    ["tokenizer.ggml.model", { text: "gpt2" }],
    ["tokenizer.ggml.pre", { text: "gpt-2" }],
    ["tokenizer.ggml.tokens", { texts: tokens }],
    ["tokenizer.ggml.token_type", { i32s: types }],
    ["tokenizer.ggml.merges", { texts: merges }],
    ["tokenizer.ggml.bos_token_id", { u32: 0 }],
    ["tokenizer.ggml.eos_token_id", { u32: 0 }],
  ];
}

/** Writes a checkpoint in float32 with these numbers beside the configuration and tokenizer of another one. */
export function writeTwin(folder: string, like: string, weights: ReadonlyMap<string, Plain>): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ["config.json", "tokenizer.json"]) {
    writeFileSync(join(folder, name), readFileSync(join(like, name)));
  }
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, { shape, numbers }] of weights) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + numbers.byteLength] };
    end += numbers.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  writeFileSync(
    join(folder, "model.safetensors"),
    Buffer.concat([
      u64(BigInt(json.length)),
      json,
      ...[...weights.values()].map(({ numbers }) => new Uint8Array(numbers.slice().buffer)),
    ]),
  );
}
