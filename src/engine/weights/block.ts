import type { BlockFormat } from "./scheme.ts";

/**
 * Quantises one block: `count` numbers of `x` from `from` on, into `values` from the byte `at` on. Returns the scale:
 * a number is (value − zero) · scale, where zero is 2^(bits−1). Of two values in a byte the low half is first. What is
 * missing in a block at the end of a row is zero. One NaN makes the scale NaN, so that damage is not hidden.
 */
export type QuantiseBlock = (
  x: Float32Array,
  from: number,
  count: number,
  values: Uint8Array,
  at: number,
) => number;

/** What quantises blocks of this format. */
export function blockQuantiser({ bits, blockSize }: BlockFormat): QuantiseBlock {
  return bits === 8 ? quantiser8(blockSize) : quantiser4(blockSize);
}

/** Bytes of a block's values. */
export function blockBytes({ bits, blockSize }: BlockFormat): number {
  return (blockSize * bits) / 8;
}

/** Values from 1 to 255 around 128: the largest number becomes 127 steps. */
function quantiser8(blockSize: number): QuantiseBlock {
  return (x, from, count, values, at) => {
    let largest = 0;
    for (let i = from; i < from + count; i++) largest = Math.max(largest, Math.abs(x[i]!));
    const scale = Math.fround(largest / 127);
    const perNumber = scale > 0 ? 1 / scale : 0;
    for (let i = 0; i < count; i++) values[at + i] = (x[from + i]! * perNumber + 128.5) | 0;
    values.fill(128, at + count, at + blockSize);
    return scale;
  };
}

/**
 * Steps that the number of largest magnitude becomes, before rounding: 8 uses the whole range of 4 bits, −8 to 7; with
 * less the numbers of the other sign are not clipped, with more this one is, and all others are rounded more finely.
 * Up to 9.4 no number falls below −8 by more than truncation mends.
 */
const STEPS = [8, 7.1, 7.6, 8.4, 8.7, 9, 9.4];

/**
 * Values from 0 to 15 around 8. Of several ways to round the block, the one whose squared error is least is taken, each
 * with the scale that suits it best: for whole numbers q the error Σ(x − s·q)² is least at s = Σxq / Σq², where it is
 * Σx² − (Σxq)² / Σq². (The search is that of `make_qx_quants` in github.com/ggml-org/llama.cpp.)
 */
function quantiser4(blockSize: number): QuantiseBlock {
  return (x, from, count, values, at) => {
    let most = 0;
    let least = 0;
    for (let i = from; i < from + count; i++) {
      most = Math.max(most, x[i]!);
      least = Math.min(least, x[i]!);
    }
    const extreme = most > -least ? most : least;
    let best = -1;
    let scale = Number.isNaN(most) ? Number.NaN : 0;
    let perNumber = 0;
    if (extreme !== 0) {
      for (const steps of STEPS) {
        const trial = -steps / extreme;
        let products = 0;
        let squares = 0;
        for (let i = from; i < from + count; i++) {
          const q = Math.min((x[i]! * trial + 8.5) | 0, 15) - 8;
          products += x[i]! * q;
          squares += q * q;
        }
        const gain = (products * products) / squares;
        if (gain > best) {
          best = gain;
          scale = Math.fround(products / squares);
          perNumber = trial;
        }
      }
    }
    values.fill(0x88, at, at + blockSize / 2);
    for (let i = 0; i < count; i += 2) {
      const low = Math.min((x[from + i]! * perNumber + 8.5) | 0, 15);
      const high = i + 1 < count ? Math.min((x[from + i + 1]! * perNumber + 8.5) | 0, 15) : 8;
      values[at + (i >> 1)] = low | (high << 4);
    }
    return scale;
  };
}
