import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockBytes, blockQuantiser } from "../../../src/engine/weights/block.ts";

const sizes = fc.constantFrom(16, 32, 64, 128, 256);
/** Numbers whose steps float32 still holds exactly enough. */
const number = fc.float({ noNaN: true, min: -8, max: 8 }).map((x) => (Math.abs(x) < 1e-20 ? 0 : x));
const numbers = fc.array(number, { minLength: 1, maxLength: 256 });

function quantised(x: readonly number[], bits: 4 | 8, blockSize: number) {
  const format = { bits, blockSize } as const;
  const values = new Uint8Array(blockBytes(format) + 2);
  const scale = blockQuantiser(format)(Float32Array.of(9, ...x), 1, x.length, values, 1);
  expect([values[0], values.at(-1)]).toEqual([0, 0]);
  const bytes = [...values.subarray(1, -1)];
  const whole = bits === 8 ? bytes : bytes.flatMap((byte) => [byte & 15, byte >> 4]);
  return { scale, whole: whole.map((value) => value - 2 ** (bits - 1)) };
}

function squaredError(x: readonly number[], whole: readonly number[], scale: number): number {
  return x.reduce((sum, number, i) => sum + (number - whole[i]! * scale) ** 2, 0);
}

describe("8 bits", () => {
  test("every number is at most half a step off, and what fills the block up is zero", () => {
    fc.assert(
      fc.property(sizes, numbers, (blockSize, all) => {
        const x = all.slice(0, blockSize);
        const { scale, whole } = quantised(x, 8, blockSize);
        x.forEach((number, i) => {
          expect(Math.abs(number - whole[i]! * scale)).toBeLessThanOrEqual(scale * 0.500_01);
        });
        expect(whole.slice(x.length)).toEqual(Array(blockSize - x.length).fill(0));
      }),
    );
  });

  test("the largest number is 127 steps, whatever its sign", () => {
    expect(quantised([0.5, -1.27], 8, 16)).toMatchObject({ scale: Math.fround(0.01) });
    expect(quantised([0.5, -1.27], 8, 16).whole.slice(0, 3)).toEqual([50, -127, 0]);
  });
});

describe("4 bits", () => {
  /** The plain way: the number of largest magnitude is −8. */
  function plainError(x: readonly number[]): number {
    const extreme = x.reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most), 0);
    const scale = extreme / -8;
    if (scale === 0) return 0;
    return squaredError(
      x,
      x.map((one) => Math.max(-8, Math.min(7, Math.round(one / scale)))),
      scale,
    );
  }

  test("no block is worse than by the plain way, and what fills it up is zero", () => {
    fc.assert(
      fc.property(sizes, numbers, (blockSize, all) => {
        const x = all.slice(0, blockSize);
        const { scale, whole } = quantised(x, 4, blockSize);
        expect(squaredError(x, whole, scale)).toBeLessThanOrEqual(plainError(x) * 1.000_01 + 1e-40);
        expect(whole.every((value) => value >= -8 && value <= 7)).toBe(true);
        expect(whole.slice(x.length)).toEqual(Array(blockSize - x.length).fill(0));
      }),
    );
  });

  test("on the bell curve the error is at least 3 % less than by the plain way", () => {
    let ours = 0;
    let plain = 0;
    for (let block = 0; block < 60; block++) {
      // Box and Muller's way to normal numbers, from a sequence without randomness.
      const x = Array.from({ length: 128 }, (_, i) => {
        const u = ((block * 128 + i) * 0.754_877_666 + 0.1) % 1;
        const v = ((block * 128 + i) * 0.569_840_291 + 0.3) % 1;
        return Math.fround(Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v));
      });
      const { scale, whole } = quantised(x, 4, 128);
      ours += squaredError(x, whole, scale);
      plain += plainError(x);
    }
    expect(Math.sqrt(ours / plain)).toBeLessThan(0.97);
  });
});

test.each([4, 8] as const)("with %i bits nothing but zeros is zeros, and a NaN is not hidden", (bits) => {
  expect(quantised([0, 0, -0], bits, 16)).toEqual({ scale: 0, whole: Array(16).fill(0) });
  expect(quantised([1, Number.NaN, 2], bits, 16).scale).toBeNaN();
});
