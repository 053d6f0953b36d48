import { describe, expect, test } from "vitest";
import { createRandom, drawSeed } from "../../src/engine/random.ts";

const take = (count: number, random: () => number) => Array.from({ length: count }, random);

describe("random numbers", () => {
  test("the same seed and stream give the same numbers, for ever", () => {
    // sfc32 with the words seed, stream, 0x9e3779b9 and counter 1, after 16 rounds.
    expect(take(3, createRandom(42, 1))).toEqual(reference(42, 1, 3));
    expect(take(3, createRandom(0))).toEqual(reference(0, 0, 3));
    expect(take(3, createRandom(0xffff_ffff, 7))).toEqual(reference(0xffff_ffff, 7, 3));
  });

  test("neighbouring seeds and streams have nothing in common", () => {
    const first = new Set<number>();
    for (let seed = 0; seed < 40; seed++)
      for (let stream = 0; stream < 40; stream++) first.add(createRandom(seed, stream)());
    expect(first.size).toBe(1600);
    expect(Math.min(...first)).toBeLessThan(0.01);
    expect(Math.max(...first)).toBeGreaterThan(0.99);
  });

  test("they are spread evenly over [0, 1)", () => {
    const counts = new Array<number>(10).fill(0);
    for (const number of take(100_000, createRandom(1))) counts[Math.floor(number * 10)]!++;
    // Standard deviation 95: six of them.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(570);
  });

  test("seeds are whole numbers of 32 bits", () => {
    expect(drawSeed(() => 0)).toBe(0);
    expect(drawSeed(() => 1 - 2 ** -53)).toBe(0xffff_ffff);
    for (const wrong of [-1, 0.5, 2 ** 32, Number.NaN]) {
      expect(() => createRandom(wrong)).toThrow(`got ${wrong}`);
      expect(() => createRandom(1, wrong)).toThrow(RangeError);
    }
  });
});

/** The same generator, in arbitrary precision. */
function reference(seed: number, stream: number, count: number): number[] {
  const word = (value: bigint) => value & 0xffff_ffffn;
  let [a, b, c, counter] = [BigInt(seed), BigInt(stream), 0x9e37_79b9n, 1n];
  const next = () => {
    const sum = word(a + b + counter);
    counter = word(counter + 1n);
    a = b ^ (b >> 9n);
    b = word(c + (c << 3n));
    c = word(word((c << 21n) | (c >> 11n)) + sum);
    return sum;
  };
  for (let i = 0; i < 16; i++) next();
  return Array.from({ length: count }, () => Number(((next() >> 5n) << 26n) | (next() >> 6n)) / 2 ** 53);
}
