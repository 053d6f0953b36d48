import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentWords, copiedRun, keptShare, repeatedShare } from "../../src/engine/tasks/closeness.ts";
import { keepWords } from "../../src/engine/tasks/keeping.ts";
import { type Ranked, worth } from "../../src/engine/tasks/ranking.ts";
import { wordTokenizer } from "../fake-model.ts";

describe("closeness", () => {
  it("is by the words that say something", () => {
    expect(contentWords("He was in the old lighthouse, and it’s the keeper's.")).toEqual([
      "old",
      "lighthouse",
      "it's",
      "keeper's",
    ]);
    expect(contentWords("He was there")).toEqual(["he", "was", "there"]);
    expect(keptShare("The old keeper slept.", "An OLD man, a keeper, woke.")).toBeCloseTo(2 / 3);
    expect(keptShare("rain, rain", "rain")).toBe(0.5);
    expect(keptShare("!", "x")).toBe(0);
  });

  it("is all of a text that is kept, and none of one that shares no word", () => {
    const words = fc.array(fc.constantFrom("lamp", "sea", "the", "storm", "keeper", "ice"), { minLength: 1 });
    fc.assert(
      fc.property(words, (list) => {
        expect(keptShare(list.join(" "), `so ${list.join(", ")}.`)).toBe(1);
        expect(keptShare(list.join(" "), "nothing else here")).toBe(0);
      }),
    );
  });

  it("counts words in a row from the neighbours, and runs of three that come again", () => {
    expect(copiedRun("she saw the old man go home", ["The old man went.", "old man, go home now"])).toBe(4);
    expect(copiedRun("one", ["two", ""])).toBe(0);
    expect(repeatedShare("the sea was the sea was the sea")).toBeCloseTo(3 / 6);
    expect(repeatedShare("one two")).toBe(0);
  });
});

describe("worth", () => {
  const base: Ranked = {
    candidate: { words: "x", tokens: [1], logprobs: [-1], whole: true },
    source: "left",
    drawn: 0,
    logprob: -2,
    fit: -3,
    gain: 0,
    kept: 0.5,
    copied: 3,
    repeated: 0,
  };

  it("is the fit of what follows, or its own likelihood where nothing does", () => {
    expect(worth(base, 0)).toBe(-3);
    expect(worth({ ...base, fit: undefined }, 0)).toBe(-2);
  });

  it("grows with the words kept by closeness, and falls with copies, repetition and odd words", () => {
    expect(worth(base, 1)).toBeGreaterThan(worth(base, 0.5));
    expect(worth({ ...base, kept: 1 }, 1)).toBeGreaterThan(worth(base, 1));
    expect(worth({ ...base, copied: 12 }, 0)).toBeLessThan(worth(base, 0));
    expect(worth({ ...base, repeated: 0.5 }, 0)).toBeLessThan(worth(base, 0));
    expect(worth({ ...base, logprob: -9 }, 0)).toBeLessThan(worth(base, 0));
  });
});

describe("words to keep", () => {
  const words = wordTokenizer("the old keeper slept in an old lighthouse");
  const favoured = (passage: string, written: string, closeness = 0.5) => {
    const added = keepWords(passage, closeness, words)?.after(words.encode(written)) ?? new Map();
    return [...added.keys()].map((id) => words.decode([id])).sort();
  };

  it("are favoured until they have come, each as often as the passage has it", () => {
    expect(favoured("the old keeper slept", " in the")).toEqual([" keeper", " old", " slept"]);
    expect(favoured("the old keeper slept", " the keeper")).toEqual([" old", " slept"]);
    expect(favoured("old, old keeper", " old")).toEqual([" keeper", " old"]);
    expect(favoured("old, old keeper", " old old keeper")).toEqual([]);
    expect(keepWords("old", 0, words)).toBe(null);
  });

  it("goes on with a word of several tokens", () => {
    const [first, second] = words.encode(" Xy");
    const keeping = keepWords("Xy", 1, words);
    expect([...(keeping?.after([]) ?? [])][0]?.[0]).toBe(first);
    expect([...(keeping?.after([first!]) ?? [])][0]?.[0]).toBe(second);
  });
});
