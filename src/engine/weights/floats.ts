import type { Weight } from "../gpt2/checkpoint.ts";

/** Bytes of one number. */
export const FLOAT_BYTES: Readonly<Record<Weight["type"], number>> = { float32: 4, float16: 2, bfloat16: 2 };

/**
 * The numbers in `bytes`, little-endian, as float32. `bytes` begin at a multiple of 4 in their buffer, and float32
 * ones are not copied; the others go into `memory`, which is long enough.
 */
export function readFloats(type: Weight["type"], bytes: Uint8Array, memory: Float32Array): Float32Array {
  const count = bytes.length / FLOAT_BYTES[type];
  if (type === "float32") return new Float32Array(bytes.buffer, bytes.byteOffset, count);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  if (type === "bfloat16") {
    const words = new Uint32Array(memory.buffer, memory.byteOffset, count);
    for (let i = 0; i < count; i++) words[i] = halves[i]! << 16;
  } else {
    halfTable ??= Float32Array.from({ length: 65_536 }, (_, half) => fromHalf(half));
    for (let i = 0; i < count; i++) memory[i] = halfTable[halves[i]!]!;
  }
  return memory.subarray(0, count);
}

/** Every float16 by its bits. */
let halfTable: Float32Array | undefined;

/** The number that 16 bits stand for (IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction). */
function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
