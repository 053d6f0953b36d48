import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createCache, type Gpt2Cache } from "../../../src/engine/gpt2/cache.ts";
import { parseConfig } from "../../../src/engine/gpt2/config.ts";

const LAYERS = 2;
const HEADS = 3;
/** Heads of 5 numbers lie in the cache as 8. */
const SIZE = 8;
const WINDOW = 300;
const CONFIG = parseConfig(
  JSON.stringify({
    model_type: "gpt2",
    vocab_size: 1000,
    n_positions: WINDOW,
    n_embd: 5 * HEADS,
    n_layer: LAYERS,
    n_head: HEADS,
  }),
  "config.json",
);

/** A number that no other place has: which token it came from and where it belongs. */
function stamp(token: number, layer: number, half: number, head: number, i: number): number {
  return token * 1000 + ((layer * 2 + half) * HEADS + head) * SIZE + i;
}

/** The graph's output for these tokens. # [layer, key or value, head, token, SIZE] */
function newKv(tokens: readonly number[]): Float32Array {
  const kv: number[] = [];
  for (let layer = 0; layer < LAYERS; layer++)
    for (let half = 0; half < 2; half++)
      for (let head = 0; head < HEADS; head++)
        for (const token of tokens)
          for (let i = 0; i < SIZE; i++) kv.push(stamp(token, layer, half, head, i));
  return Float32Array.from(kv);
}

/** Whether every number of every token held is in its place. */
function holds(cache: Gpt2Cache, tokens: readonly number[]): boolean {
  return [cache.keys, cache.values].every((layers, half) =>
    layers.every((buffer, layer) =>
      tokens.every((token, position) =>
        Array.from({ length: HEADS * SIZE }, (_, place) => {
          const [head, i] = [Math.floor(place / SIZE), place % SIZE];
          return buffer[(head * cache.capacity + position) * SIZE + i] === stamp(token, layer, half, head, i);
        }).every(Boolean),
      ),
    ),
  );
}

test("appending and cutting in any order keeps every number in its place", () => {
  const tokens = fc.array(fc.nat({ max: 999 }), { minLength: 1, maxLength: 90 });
  const moves = fc.array(fc.oneof(tokens, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 12 });
  fc.assert(
    fc.property(moves, (all) => {
      const cache = createCache(CONFIG);
      let expected: readonly number[] = [];
      for (const move of all) {
        if (typeof move === "number") {
          expected = expected.slice(0, Math.floor(move * expected.length));
          cache.truncate(expected.length);
        } else if (expected.length + move.length <= WINDOW) {
          expected = [...expected, ...move];
          cache.reserve(expected.length);
          cache.append(move, newKv(move));
        }
        expect(cache.tokens).toEqual(expected);
        expect(cache.capacity).toBeLessThanOrEqual(WINDOW);
        expect(holds(cache, expected)).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

test("it takes no memory before it is used, and grows in steps up to the window", () => {
  const cache = createCache(CONFIG);
  const capacities = [1, 128, 129, 257, WINDOW].map((length) => {
    cache.reserve(length);
    return cache.capacity;
  });
  expect(createCache(CONFIG).keys.every(({ length }) => length === 0)).toBe(true);
  expect(capacities).toEqual([128, 128, 256, WINDOW, WINDOW]);
});

test("growing takes along what is held", () => {
  const cache = createCache(CONFIG);
  const tokens = Array.from({ length: WINDOW }, (_, i) => i);
  for (let from = 0; from < WINDOW; from += 60) {
    const chunk = tokens.slice(from, from + 60);
    cache.reserve(from + 60);
    cache.append(chunk, newKv(chunk));
    expect(holds(cache, tokens.slice(0, from + 60))).toBe(true);
  }
});

test("what cannot be is refused, and changes nothing", () => {
  const cache = createCache(CONFIG);
  cache.reserve(2);
  cache.append([7, 8], newKv([7, 8]));
  for (const length of [-1, 3, 0.5, Number.NaN]) expect(() => cache.truncate(length)).toThrow(RangeError);
  expect(() => cache.reserve(WINDOW + 1)).toThrow(/301 tokens do not fit into 300/);
  expect(() => cache.append([9], newKv([9, 9]))).toThrow(/not the keys and values of 1 tokens/);
  const many = Array.from({ length: 127 }, () => 9);
  expect(() => cache.append(many, newKv(many))).toThrow(/no room for 127/);
  expect(cache.tokens).toEqual([7, 8]);
  expect(holds(cache, [7, 8])).toBe(true);
});
