// How llama.cpp stores a matrix: its types, and the numbers of a row in blocks of 32.
import { toFloat16 } from "./weights.mjs";

const BLOCK = 32;

/** `enum ggml_type`, and what makes the bytes. Source: ggml.h and ggml-quants.c of llama.cpp. */
export const TYPES = {
  F32: { id: 0, bytes: (count) => 4 * count, encode: (numbers) => numbers },
  Q4_0: { id: 2, bytes: (count) => (count / BLOCK) * 18, encode: encodeQ4 },
  Q8_0: { id: 8, bytes: (count) => (count / BLOCK) * 34, encode: encodeQ8 },
};

/** Each block: a float16 scale, then 32 int8 (`quantize_row_q8_0_ref`). @param {Float32Array} numbers */
function encodeQ8(numbers) {
  const blocks = new DataView(new ArrayBuffer(TYPES.Q8_0.bytes(numbers.length)));
  let to = 0;
  for (let from = 0; from < numbers.length; from += BLOCK) {
    const scale = Math.fround(Math.abs(farthest(numbers, from)) / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    blocks.setUint16(to, toFloat16(scale), true);
    to += 2;
    for (let i = from; i < from + BLOCK; i++) blocks.setInt8(to++, round(numbers[i] * inverse));
  }
  return blocks;
}

/**
 * Each block: a float16 scale, then 16 bytes, number i in the low half and number i + 16 in the high half of byte i,
 * 8 added to each (`quantize_row_q4_0_ref`). @param {Float32Array} numbers
 */
function encodeQ4(numbers) {
  const blocks = new DataView(new ArrayBuffer(TYPES.Q4_0.bytes(numbers.length)));
  let to = 0;
  for (let from = 0; from < numbers.length; from += BLOCK) {
    const scale = Math.fround(farthest(numbers, from) / -8);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const level = (i) => Math.min(15, Math.trunc(numbers[i] * inverse + 8.5));
    blocks.setUint16(to, toFloat16(scale), true);
    to += 2;
    for (let i = from; i < from + BLOCK / 2; i++)
      blocks.setUint8(to++, level(i) | (level(i + BLOCK / 2) << 4));
  }
  return blocks;
}

/** The number of the block that is farthest from zero, with its sign. */
function farthest(numbers, from) {
  let found = 0;
  for (let i = from; i < from + BLOCK; i++) if (Math.abs(numbers[i]) > Math.abs(found)) found = numbers[i];
  return found;
}

/** To the nearest, halves away from zero, as C's `roundf`. */
function round(number) {
  return Math.sign(number) * Math.floor(Math.abs(number) + 0.5);
}
