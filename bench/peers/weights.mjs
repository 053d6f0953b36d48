// The numbers of a checkpoint's tensors.
import { open } from "node:fs/promises";

/** Reads one tensor as float32. @param {import("../../src/engine/gpt2/checkpoint.ts").Weight} weight */
export async function readWeight({ file, offset, length, type }) {
  const bytes = new Uint8Array(length);
  const handle = await open(file, "r");
  try {
    for (let at = 0; at < length; ) {
      const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
      if (bytesRead === 0) throw new Error(`${file} ended at byte ${offset + at}`);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
  if (type === "float32") return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return Float32Array.from(halves, type === "float16" ? fromFloat16 : fromBfloat16);
}

/** [rows, columns] -> [columns, rows], in tiles that stay in the processor's cache. */
export function transpose(matrix, rows, columns) {
  const turned = new Float32Array(matrix.length);
  const tile = 32;
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(rows, top + tile);
    for (let left = 0; left < columns; left += tile) {
      const right = Math.min(columns, left + tile);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          turned[column * rows + row] = matrix[row * columns + column];
        }
      }
    }
  }
  return turned;
}

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** IEEE 754 binary16 to a number. */
export function fromFloat16(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A number to IEEE 754 binary16, to the nearest, ties to even. */
export function toFloat16(number) {
  value[0] = number;
  const sign = (bits[0] >>> 16) & 0x8000;
  const size = Math.abs(value[0]);
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size));
  const steps = nearestEven(size / 2 ** (exponent - 10));
  // 1024 steps to the next power of two: what rounding adds beyond them flows into the exponent by itself.
  return sign | (steps + ((exponent + 14) << 10));
}

function nearestEven(number) {
  const floor = Math.floor(number);
  const rest = number - floor;
  return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
}

function fromBfloat16(half) {
  bits[0] = half << 16;
  return value[0];
}
