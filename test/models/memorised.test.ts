import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { familiarity, isLikelyMemorised } from "../../src/models/memorised.ts";

/** Prose, about five characters a token. */
const PROSE = readFileSync(new URL("../../stories/lighthouse.md", import.meta.url), "utf8").slice(-600);
const sure = (nats: number, tokens = 120): readonly number[] => Array<number>(tokens).fill(-nats);

describe("familiarity", () => {
  it("is perplexity, and zlib's bits over the model's", () => {
    const { perplexity, zlibRatio } = familiarity(PROSE, sure(Math.LN2, 100));
    expect(perplexity).toBeCloseTo(2);
    // 600 characters of English cost zlib 4 to 5 bits each, and the model 100 bits.
    expect(zlibRatio).toBeGreaterThan(20);
    expect(zlibRatio).toBeLessThan(30);
  });

  it("falls with every nat and is finite for a text that is certain", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.double({ min: 0.001, max: 5, noNaN: true }),
        (a, more) => {
          const [less, greater] = [familiarity(PROSE, sure(a)), familiarity(PROSE, sure(a + more))];
          expect(Number.isFinite(less.zlibRatio)).toBe(true);
          expect(less.zlibRatio).toBeGreaterThan(greater.zlibRatio);
          expect(less.perplexity).toBeLessThan(greater.perplexity);
        },
      ),
    );
  });

  it("refuses a text without tokens", () => {
    expect(() => familiarity("a", [])).toThrow(RangeError);
  });
});

describe("a take that seems memorised", () => {
  it.each([
    ["prose that the model is sure of", PROSE, sure(0.1), true],
    ["prose that it finds likely, as a greedy take is", PROSE, sure(1.1), false],
    ["a loop that it is sure of", "and he went away, ".repeat(33), sure(0.1), false],
    ["a few sure words", PROSE.slice(0, 100), sure(0.1, 20), false],
  ])("%s", (_, text, logprobs, expected) => {
    expect(isLikelyMemorised(text, logprobs)).toBe(expected);
  });
});
