import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A tensor of a checkpoint that a test makes. # shape */
export interface WrittenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by their names without prefix. */
export type Weights = ReadonlyMap<string, WrittenTensor>;

/** `config.json` as a test writes it: what is not said is left out of the file. */
export interface WrittenConfig {
  readonly [key: string]: unknown;
  readonly vocab_size: number;
  readonly n_positions: number;
  readonly n_embd: number;
  readonly n_layer: number;
  readonly n_head: number;
  readonly n_inner?: number | null;
}

/** How a checkpoint is laid out in files. */
export interface Layout {
  readonly dtype?: "F32" | "F16" | "BF16";
  /** Put before every name, e.g. `transformer.`; the head never has it. */
  readonly prefix?: string;
  /** More than 1: so many files with an index. */
  readonly shards?: number;
  /** Add the mask buffers that old checkpoints carry. */
  readonly buffers?: boolean;
  /** Bytes of white space at the end of the header: anything but a multiple of 4 leaves the tensors unaligned. */
  readonly padding?: number;
}

/** Whole numbers from 0 to 2³² − 1, the same for the same seed (mulberry32). */
export function randomIntegers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/**
 * Random weights for `config`: multiples of 1/256 between −1 and 1, divided by a power of two, which float32, float16
 * and bfloat16 all hold exactly. With `head`, a separate `lm_head.weight` too.
 */
export function randomWeights(config: WrittenConfig, seed: number, head = false): Weights {
  const next = randomIntegers(seed);
  const { vocab_size, n_positions, n_embd, n_layer } = config;
  const n_inner = config.n_inner ?? 4 * n_embd;
  const weights = new Map<string, WrittenTensor>();
  const add = (name: string, shape: readonly number[], scale: number) => {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < data.length; i++) data[i] = ((next() % 511) - 255) * (scale / 256);
    weights.set(name, { shape, data });
  };
  const norm = (name: string) => {
    add(`${name}.weight`, [n_embd], 1);
    add(`${name}.bias`, [n_embd], 1 / 4);
  };
  const linear = (name: string, from: number, to: number) => {
    add(`${name}.weight`, [from, to], 1 / 2);
    add(`${name}.bias`, [to], 1 / 4);
  };
  add("wte.weight", [vocab_size, n_embd], 1 / 2);
  add("wpe.weight", [n_positions, n_embd], 1 / 4);
  for (let layer = 0; layer < n_layer; layer++) {
    norm(`h.${layer}.ln_1`);
    linear(`h.${layer}.attn.c_attn`, n_embd, 3 * n_embd);
    linear(`h.${layer}.attn.c_proj`, n_embd, n_embd);
    norm(`h.${layer}.ln_2`);
    linear(`h.${layer}.mlp.c_fc`, n_embd, n_inner);
    linear(`h.${layer}.mlp.c_proj`, n_inner, n_embd);
  }
  norm("ln_f");
  if (head) add("lm_head.weight", [vocab_size, n_embd], 1 / 2);
  return weights;
}

/** Writes a model's folder: `config.json` and the weights in the layout asked for. */
export async function writeCheckpoint(
  folder: string,
  config: WrittenConfig,
  weights: Weights,
  layout: Layout = {},
): Promise<void> {
  const { dtype = "F32", prefix = "", shards = 1, padding = 0 } = layout;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "gpt2", ...config }));
  const named = new Map<string, WrittenTensor>();
  for (const [name, tensor] of weights) named.set(name.startsWith("lm_head") ? name : prefix + name, tensor);
  if (layout.buffers === true) {
    for (let layer = 0; layer < config.n_layer; layer++) {
      named.set(`${prefix}h.${layer}.attn.bias`, { shape: [1, 1, 2, 2], data: Float32Array.of(1, 0, 1, 1) });
      named.set(`${prefix}h.${layer}.attn.masked_bias`, { shape: [], data: Float32Array.of(-1e4) });
    }
  }
  if (shards === 1) {
    await writeFile(join(folder, "model.safetensors"), safetensors(named, dtype, padding));
    return;
  }
  const weight_map: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const file = `model-${String(shard + 1).padStart(5, "0")}-of-${String(shards).padStart(5, "0")}.safetensors`;
    const part = new Map([...named].filter((_, i) => i % shards === shard));
    for (const name of part.keys()) weight_map[name] = file;
    await writeFile(join(folder, file), safetensors(part, dtype, padding));
  }
  const index = { metadata: { total_size: 0 }, weight_map };
  await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify(index));
}

/** The bytes of a safetensors file. */
export function safetensors(tensors: Weights, dtype: "F32" | "F16" | "BF16" = "F32", padding = 0): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const bytes = encode(data, dtype);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    pieces.push(bytes);
    offset += bytes.length;
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(json + " ".repeat(((8 - (json.length % 8)) % 8) + padding));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...pieces]);
}

function encode(data: Float32Array, dtype: "F32" | "F16" | "BF16"): Uint8Array {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
  if (dtype === "F32") return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const halves =
    dtype === "BF16" ? Uint16Array.from(words, (word) => word >>> 16) : Uint16Array.from(words, half);
  return new Uint8Array(halves.buffer);
}

/** Float32 bits to float16 bits, for zero and for numbers that float16 holds exactly as normal ones. */
function half(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const exponent = (word >>> 23) & 0xff;
  return exponent === 0 ? sign : sign | ((exponent - 112) << 10) | ((word >>> 13) & 0x3ff);
}
