import { type FileHandle, open } from "node:fs/promises";
import type { Weight } from "../gpt2/checkpoint.ts";
import type { BlockWeight, GraphWeight } from "../gpt2/weights.ts";
import { blockBytes, blockQuantiser } from "./block.ts";
import { FLOAT_BYTES, readFloats } from "./floats.ts";
import { quantiseColumns, quantiseRows } from "./matrix.ts";
import { hasOutputRows } from "./scheme.ts";

/** How the work is watched and ended. */
export interface WriteOptions {
  /** Told how much is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
  /** Ends the work, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Numbers that are read at a time, about: some milliseconds' work, and 4 MB of memory as float32. */
const PART = 1 << 20;

/** Where a tensor's numbers come from and go to. */
interface Work {
  /** The tensor in parts of `size` numbers, the last one perhaps smaller; each is valid until the next is asked for. */
  parts(size: number): AsyncIterable<Float32Array>;
  write(data: Uint8Array | Float32Array, offset: number): Promise<void>;
}

/**
 * Writes every tensor of `weights` to its place in `target`. Only parts of a tensor, and the values of one matrix of
 * the layers, are in memory at a time; between the parts other work goes on.
 */
export async function writeWeights(
  target: FileHandle,
  weights: ReadonlyMap<string, Weight>,
  places: ReadonlyMap<string, GraphWeight>,
  { onProgress, signal }: WriteOptions = {},
): Promise<void> {
  const total = [...weights.values()].reduce((sum, { length }) => sum + length, 0);
  const memory = [createMemory(), createMemory()] as const;
  let done = 0;
  let source: { readonly path: string; readonly file: FileHandle } | undefined;
  try {
    for (const [name, weight] of weights) {
      if (source?.path !== weight.file) {
        await source?.file.close();
        source = undefined;
        source = { path: weight.file, file: await open(weight.file, "r") };
      }
      const { file } = source;
      await writeTensor(name, places.get(name)!, {
        async *parts(size) {
          for await (const part of readParts(file, weight, size, memory)) {
            signal?.throwIfAborted();
            yield part;
            done += part.length * FLOAT_BYTES[weight.type];
            onProgress?.(done / total);
          }
          signal?.throwIfAborted();
        },
        write: (data, offset) => writeWhole(target, data, offset),
      });
    }
  } finally {
    await source?.file.close();
  }
}

/** The numbers of a tensor in parts of `size`; while one is used, the next is read. */
async function* readParts(
  file: FileHandle,
  { type, offset, length }: Weight,
  size: number,
  memory: readonly [Memory, Memory],
): AsyncGenerator<Float32Array, void, void> {
  const step = size * FLOAT_BYTES[type];
  const read = (at: number) => {
    const part = memory[(at / step) % 2]!.bytes(Math.min(step, length - at));
    const reading = readWhole(file, part, offset + at).then(() => part);
    reading.catch(() => {}); // Awaited below, but perhaps long after it failed.
    return reading;
  };
  let next: Promise<Uint8Array> | undefined = read(0);
  try {
    for (let at = 0; at < length; at += step) {
      const part: Uint8Array | undefined = await next;
      next = at + step < length ? read(at + step) : undefined;
      if (part) yield readFloats(type, part, memory[0].floats(size));
    }
  } finally {
    await next?.catch(() => {});
  }
}

async function writeTensor(name: string, place: GraphWeight, work: Work): Promise<void> {
  if (place.kind === "plain") return copy(place.data.offset, work);
  return hasOutputRows(name) ? writeRows(place, work) : writeColumns(place, work);
}

async function copy(offset: number, { parts, write }: Work): Promise<void> {
  let at = offset;
  for await (const part of parts(PART)) {
    await write(part, at);
    at += part.byteLength;
  }
}

/** A matrix `[out, in]`: a part is some rows. */
async function writeRows(place: BlockWeight, { parts, write }: Work): Promise<void> {
  const { columns, values, scales } = place;
  const quantise = blockQuantiser(place);
  const blocks = Math.ceil(columns / place.blockSize);
  const bytes = blocks * blockBytes(place);
  let row = 0;
  for await (const x of parts(Math.max(1, Math.floor(PART / columns)) * columns)) {
    const some = x.length / columns;
    const partValues = new Uint8Array(some * bytes);
    const partScales = new Float32Array(some * blocks);
    quantiseRows(x, columns, place, quantise, partValues, partScales);
    await write(partValues, values.offset + row * bytes);
    await write(partScales, scales.offset + row * blocks * 4);
    row += some;
  }
}

/** A matrix `[in, out]`: a part is one block of every output. */
async function writeColumns(place: BlockWeight, { parts, write }: Work): Promise<void> {
  const { rows, columns, blockSize, values, scales } = place;
  const quantise = blockQuantiser(place);
  const blocks = Math.ceil(columns / blockSize);
  const allValues = new Uint8Array(values.length);
  const allScales = new Float32Array(rows * blocks);
  let block = 0;
  for await (const x of parts(blockSize * rows)) {
    quantiseColumns(x, rows, { block, blocks }, place, quantise, allValues, allScales);
    block += 1;
  }
  await write(allValues, values.offset);
  await write(allScales, scales.offset);
}

/** Memory that is used again and again. */
interface Memory {
  bytes(length: number): Uint8Array;
  /** At least so many. */
  floats(length: number): Float32Array;
}

function createMemory(): Memory {
  let bytes = new Uint8Array(0);
  let floats = new Float32Array(0);
  return {
    bytes(length: number): Uint8Array {
      if (bytes.length < length) bytes = new Uint8Array(length);
      return bytes.subarray(0, length);
    },
    floats(length: number): Float32Array {
      if (floats.length < length) floats = new Float32Array(length);
      return floats;
    },
  };
}

/** Fills `bytes` from `offset` on. Throws an Error if the file ends before. */
async function readWhole(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) throw new Error(`the file ended at byte ${offset + filled}`);
    filled += bytesRead;
  }
}

/** Writes all of `data` at `offset`. */
export async function writeWhole(
  file: FileHandle,
  data: Uint8Array | Float32Array,
  offset: number,
): Promise<void> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written, bytes.length - written, offset + written)).bytesWritten;
  }
}
