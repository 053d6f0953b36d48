import type { FileHandle } from "node:fs/promises";
import { readFloats } from "../../engine/weights/floats.ts";
import type { GgufTensor } from "./reader.ts";
import type { TensorType } from "./tensor-types.ts";

/** Bytes of a strip: the largest matrix of gpt2-xl as float32 is one strip. */
const STRIP = 48e6;
/** Bytes of each number as it is written. */
const STORED_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
/** Rows and columns of a square that is turned at once: it stays in the processor's cache. */
const SQUARE = 32;

/** Where numbers are written. */
export interface NumberTarget {
  readonly file: FileHandle;
  /** In bytes. */
  readonly offset: number;
  /** Whether rows become columns. */
  readonly turned: boolean;
}

/** Bytes that a tensor takes as it is written. Throws a TypeError for one that is not read. */
export function storedBytes({ shape, type }: Pick<GgufTensor, "shape" | "type">): number {
  return shape.reduce((product, size) => product * size, STORED_BYTES[known(type).stored]);
}

/**
 * Writes the numbers of `tensor`: float32, float16 and bfloat16 as they are, Q8_0 as the float32 that each scale times
 * its whole number is. Strips of rows are in memory, never more than some 150 MB; `onBytes` is told what was written.
 */
export async function writeNumbers(
  source: FileHandle,
  tensor: GgufTensor,
  target: NumberTarget,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const type = known(tensor.type);
  const columns = tensor.shape.at(-1) ?? 1;
  const rows = storedBytes(tensor) / columns / STORED_BYTES[type.stored];
  const rowBytes = (columns / type.block) * type.bytes;
  const strip = Math.max(1, Math.min(rows, Math.floor(STRIP / (columns * STORED_BYTES[type.stored]))));
  for (let row = 0; row < rows; row += strip) {
    const height = Math.min(strip, rows - row);
    const stored = new Uint8Array(height * rowBytes);
    await readWhole(source, stored, tensor.offset + row * rowBytes);
    const numbers = decoded(type, stored);
    const width = numbers.BYTES_PER_ELEMENT;
    if (!target.turned) await writeWhole(target.file, numbers, target.offset + row * columns * width);
    else {
      const turned = turn(numbers, height, columns);
      // A strip of all rows lies in one piece; of others, each column is a piece.
      const pieces = height === rows ? 1 : columns;
      const size = turned.length / pieces;
      for (let piece = 0; piece < pieces; piece++) {
        const place = target.offset + (piece * rows + row) * width;
        await writeWhole(target.file, turned.subarray(piece * size, (piece + 1) * size), place);
      }
    }
    onBytes(numbers.byteLength);
  }
}

/** Bits of numbers, as many to each as its type has. */
type Bits = Uint16Array | Uint32Array;

function decoded(type: TensorType, stored: Uint8Array): Bits {
  if (type.name === "Q8_0") {
    const numbers = dequantised(stored, type);
    return new Uint32Array(numbers.buffer);
  }
  return type.stored === "F32" ? new Uint32Array(stored.buffer) : new Uint16Array(stored.buffer);
}

/** The numbers of whole blocks of Q8_0: a float16 scale, then 32 whole numbers from −128 to 127. */
function dequantised(stored: Uint8Array, { block, bytes }: TensorType): Float32Array {
  const blocks = stored.length / bytes;
  const view = new DataView(stored.buffer);
  const halves = Uint16Array.from({ length: blocks }, (_, i) => view.getUint16(i * bytes, true));
  const scales = readFloats("float16", new Uint8Array(halves.buffer), new Float32Array(blocks));
  const numbers = new Float32Array(blocks * block);
  const whole = new Int8Array(stored.buffer);
  for (let i = 0; i < blocks; i++) {
    const scale = scales[i]!;
    for (let j = 0; j < block; j++) numbers[i * block + j] = scale * whole[i * bytes + 2 + j]!;
  }
  return numbers;
}

/** The same matrix with its rows as columns. # [rows, columns] -> [columns, rows] */
function turn(numbers: Bits, rows: number, columns: number): Bits {
  const turned =
    numbers instanceof Uint16Array ? new Uint16Array(numbers.length) : new Uint32Array(numbers.length);
  for (let top = 0; top < rows; top += SQUARE) {
    const bottom = Math.min(rows, top + SQUARE);
    for (let left = 0; left < columns; left += SQUARE) {
      const right = Math.min(columns, left + SQUARE);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          turned[column * rows + row] = numbers[row * columns + column]!;
        }
      }
    }
  }
  return turned;
}

/** Whether two tensors hold the same bytes; read in pieces. */
export async function isSame(file: FileHandle, a: GgufTensor, b: GgufTensor): Promise<boolean> {
  if (a.typeName !== b.typeName || a.length !== b.length || a.shape.join() !== b.shape.join()) return false;
  const piece = 2 ** 22;
  for (let at = 0; at < a.length; at += piece) {
    const [one, other] = [0, 1].map(() => new Uint8Array(Math.min(piece, a.length - at)));
    await readWhole(file, one!, a.offset + at);
    await readWhole(file, other!, b.offset + at);
    if (Buffer.compare(one!, other!) !== 0) return false;
  }
  return true;
}

function known(type: TensorType | null): TensorType {
  if (type === null) throw new TypeError("a tensor of this type is not read");
  return type;
}

async function readWhole(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, offset + at);
    if (bytesRead === 0) throw new Error(`the file ended at byte ${offset + at}`);
    at += bytesRead;
  }
}

async function writeWhole(file: FileHandle, numbers: Bits, offset: number): Promise<void> {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
  }
}
