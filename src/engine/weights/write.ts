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
  /** Numbers of the tensor from `from` on; those read before are overwritten. */
  read(from: number, count: number): Promise<Float32Array>;
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
  const memory = createMemory();
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
      const bytes = FLOAT_BYTES[weight.type];
      const work: Work = {
        async read(from, count) {
          signal?.throwIfAborted();
          const part = memory.bytes(count * bytes);
          await readWhole(file, part, weight.offset + from * bytes);
          done += part.length;
          onProgress?.(done / total);
          return readFloats(weight.type, part, memory.floats(count));
        },
        write: (data, offset) => writeWhole(target, data, offset),
      };
      await writeTensor(name, weight.shape, places.get(name)!, work);
    }
  } finally {
    await source?.file.close();
  }
}

async function writeTensor(name: string, shape: readonly number[], place: GraphWeight, work: Work) {
  if (place.kind === "plain") return copy(shape, place.data.offset, work);
  return hasOutputRows(name) ? writeRows(place, work) : writeColumns(place, work);
}

async function copy(shape: readonly number[], offset: number, { read, write }: Work): Promise<void> {
  const count = shape.reduce((product, size) => product * size, 1);
  for (let from = 0; from < count; from += PART) {
    await write(await read(from, Math.min(PART, count - from)), offset + from * 4);
  }
}

/** A matrix `[out, in]`: a part is some rows. */
async function writeRows(place: BlockWeight, { read, write }: Work): Promise<void> {
  const { rows, columns, values, scales } = place;
  const quantise = blockQuantiser(place);
  const blocks = Math.ceil(columns / place.blockSize);
  const bytes = blocks * blockBytes(place);
  const most = Math.max(1, Math.floor(PART / columns));
  for (let row = 0; row < rows; row += most) {
    const some = Math.min(most, rows - row);
    const x = await read(row * columns, some * columns);
    const partValues = new Uint8Array(some * bytes);
    const partScales = new Float32Array(some * blocks);
    quantiseRows(x, columns, place, quantise, partValues, partScales);
    await write(partValues, values.offset + row * bytes);
    await write(partScales, scales.offset + row * blocks * 4);
  }
}

/** A matrix `[in, out]`: a part is one block of every output. */
async function writeColumns(place: BlockWeight, { read, write }: Work): Promise<void> {
  const { rows, columns, blockSize, values, scales } = place;
  const quantise = blockQuantiser(place);
  const blocks = Math.ceil(columns / blockSize);
  const allValues = new Uint8Array(values.length);
  const allScales = new Float32Array(rows * blocks);
  for (let block = 0; block < blocks; block++) {
    const from = block * blockSize;
    const x = await read(from * rows, Math.min(blockSize, columns - from) * rows);
    quantiseColumns(x, rows, { block, blocks }, place, quantise, allValues, allScales);
  }
  await write(allValues, values.offset);
  await write(allScales, scales.offset);
}

/** Memory that is used again and again. */
function createMemory() {
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
