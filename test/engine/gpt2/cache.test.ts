import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createCache, type Gpt2Cache } from "../../../src/engine/gpt2/cache.ts";
import { parseConfig } from "../../../src/engine/gpt2/config.ts";

const LAYERS = 2;
const HEADS = 3;
/** Heads of 5 numbers lie in the cache as 8. */
const SIZE = 8;
const WINDOW = 20;
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

/** A number that no other place has. */
const stamp = (buffer: number, head: number, slot: number, i: number) =>
  ((buffer * HEADS + head) * 10_000 + slot) * SIZE + i;

/** Does `visit` for each number of `slots` in each buffer. */
function visit(cache: Gpt2Cache, slots: number, visit: (data: Float32Array, at: number, is: number) => void) {
  Object.values(cache.past).forEach((value, buffer) => {
    if (value.type !== "float32") throw new TypeError("keys and values are float32");
    for (let head = 0; head < HEADS; head++)
      for (let slot = 0; slot < slots; slot++)
        for (let i = 0; i < SIZE; i++)
          visit(value.data, (head * cache.capacity + slot) * SIZE + i, stamp(buffer, head, slot, i));
  });
}

test("growing keeps every number of the slots in use in its place", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(sizes, fc.nat({ max: WINDOW }), (all, held) => {
      const cache = createCache(CONFIG);
      cache.reserve(held);
      cache.hold(Array.from({ length: held }, () => 7));
      cache.branched = 0;
      for (const more of all) {
        const used = held + cache.branched;
        visit(cache, Math.min(used, cache.capacity), (data, at, is) => {
          data[at] = is;
        });
        cache.reserve(used + more);
        expect(cache.capacity).toBeGreaterThanOrEqual(used + more);
        let wrong = 0;
        visit(cache, used, (data, at, is) => {
          if (data[at] !== is) wrong++;
        });
        expect(wrong).toBe(0);
        cache.branched += Math.floor(more / 10);
      }
    }),
    { numRuns: 15 },
  );
});

test("it takes no memory before it is used, then a window and some more at once", () => {
  const cache = createCache(CONFIG);
  expect([cache.capacity, cache.past]).toEqual([0, {}]);
  cache.reserve(1);
  const first = cache.past;
  expect(cache.capacity).toBeGreaterThan(WINDOW);
  cache.reserve(WINDOW);
  expect(cache.past).toBe(first);
});

test("past and present are the same memory, so that the graph works in place", () => {
  const cache = createCache(CONFIG);
  cache.reserve(1);
  expect(Object.keys(cache.past)).toEqual(["past.0.key", "past.0.value", "past.1.key", "past.1.value"]);
  for (const [name, value] of Object.entries(cache.past)) {
    expect(cache.present[name.replace("past", "present")]).toBe(value);
  }
});

test("what cannot be is refused, and changes nothing", () => {
  const cache = createCache(CONFIG);
  cache.reserve(2);
  cache.hold([7, 8]);
  for (const length of [-1, 3, 0.5, Number.NaN]) expect(() => cache.truncate(length)).toThrow(RangeError);
  cache.branched = 0;
  expect(() => cache.truncate(1)).toThrow(/open branches/);
  cache.branched = null;
  expect(cache.tokens).toEqual([7, 8]);
  cache.truncate(1);
  expect(cache.tokens).toEqual([7]);
});
