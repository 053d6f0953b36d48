import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderSuggestions, spellingDistance } from "../../src/story/spelling-order.ts";

describe("the order of suggestions", () => {
  it.each([
    ["alot", ["a lot", "allot", "aloe"], "allot"],
    ["teh", ["ten", "eh", "tea", "the", "NEH"], "the"],
    ["climbe", ["climbs", "climb"], "climb"],
    ["wich", ["rich", "wick", "which"], "which"],
    ["recieve", ["relieve", "receive"], "receive"],
    ["speling", ["sapling", "spelling", "spewing"], "spelling"],
    ["seperate", ["serrate", "separate"], "separate"],
  ])("%s of %j: %s", (word, suggestions, first) => {
    expect(orderSuggestions(word, suggestions)[0]).toBe(first);
  });

  it("has each once, never the word itself, and own words where they are near", () => {
    expect(orderSuggestions("Ansl", ["Ansel", "Ansl", "Ansa"], ["Ansel", "Bartholomew", "Ans"])).toEqual(
      expect.arrayContaining(["Ansel", "Ans", "Ansa"]),
    );
    expect(orderSuggestions("Ansl", ["Ansel", "Ansl"], ["Ansel", "Bartholomew"])).toEqual(["Ansel"]);
  });

  it("goes by a distance that is 0 for the same word alone, the same both ways, and at most the letters", () => {
    const word = fc.string({ unit: fc.constantFrom(..."abeéA'"), maxLength: 7 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = spellingDistance(a, b);
        expect(distance).toBeCloseTo(spellingDistance(b, a), 10);
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(a.length + b.length + 1);
      }),
    );
  });
});
