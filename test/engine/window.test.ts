import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { openTokenizer } from "../../src/engine/tokenizer.ts";
import type { Tokenizer } from "../../src/engine/types.ts";
import { cutToWindow, slideStart, WINDOW_GRID } from "../../src/engine/window.ts";
import { wordTokenizer } from "../fake-model.ts";

const folder = new URL("../../models/fable", import.meta.url).pathname;
const story = readFileSync(
  new URL("../../README.md", import.meta.url).pathname.replace("README", "CHANGELOG"),
  "utf8",
);
let fable: Tokenizer;
beforeAll(async () => {
  fable = await openTokenizer(folder);
});

/** Paragraphs of five sentences, each of its own words. */
function paragraphs(count: number): string {
  const sentence = (n: number) => `Sentence ${n} says that the keeper climbed ${n} steps to the light.`;
  const paragraph = (n: number) => Array.from({ length: 5 }, (_, i) => sentence(5 * n + i)).join(" ");
  return Array.from({ length: count }, (_, n) => paragraph(n)).join("\n\n");
}

describe("a text that fits", () => {
  test("is left alone", () => {
    expect(cutToWindow(story, 5000, fable).text).toBe(story);
    expect(cutToWindow("", 5, fable)).toEqual({ text: "", tokens: [] });
  });
});

describe("a text that does not", () => {
  test.each([
    ["paragraph", paragraphs(40), /^Sentence \d*[05] /],
    ["line", paragraphs(40).replaceAll("\n\n", "\n"), /^Sentence \d*[05] /],
    ["sentence", paragraphs(40).replaceAll("\n\n", " "), /^Sentence \d+ /],
    [
      "word",
      paragraphs(40).replace(/[.\n]+/g, ""),
      /^(Sentence|\d+|says|that|the|keeper|climbed|steps|to|light)\b/,
    ],
  ])("begins with a %s and keeps half the budget or more", (_, text, beginning) => {
    for (const budget of [200, 333, 512, 964]) {
      const cut = cutToWindow(text, budget, fable);
      expect(text.endsWith(cut.text)).toBe(true);
      expect(cut.text).toMatch(beginning);
      expect(cut.tokens).toEqual(fable.encode(cut.text));
      expect(cut.tokens.length).toBeLessThanOrEqual(budget);
      expect(cut.tokens.length).toBeGreaterThanOrEqual(budget / 2);
    }
  });

  test("begins at the same place for a long time while it grows, and never goes back", () => {
    const text = paragraphs(120);
    const beginnings: number[] = [];
    for (let end = 12_000; end < 20_000; end += 20) {
      beginnings.push(end - cutToWindow(text.slice(0, end), 400, fable).text.length);
    }
    expect(beginnings).toEqual([...beginnings].sort((a, b) => a - b));
    // 8,000 characters are some 2,300 tokens: six budgets, in steps of a quarter to a half.
    expect(new Set(beginnings).size).toBeLessThanOrEqual(23);
  });

  test("a story that grows by 60 tokens at a time is read anew in all by less than four times its length", () => {
    const text = paragraphs(300);
    let known: readonly number[] = [];
    let read = 0;
    const [from, to] = [12_000, 60_000];
    for (let end = from; end < to; end += 220) {
      const { tokens } = cutToWindow(text.slice(0, end), 964, fable);
      const same = tokens.findIndex((id, i) => id !== known[i]);
      read += tokens.length - (same < 0 ? tokens.length : same);
      known = tokens;
    }
    const grown = fable.encode(text.slice(from, to)).length;
    expect(read / grown).toBeLessThan(4);
  });

  test("begins at the same place where its far beginning is left out by the grid", () => {
    const text = paragraphs(300);
    for (let end = 40_000; end < 60_000; end += 777) {
      const whole = cutToWindow(text.slice(0, end), 900, fable);
      for (const left of [WINDOW_GRID, 2 * WINDOW_GRID, 3 * WINDOW_GRID]) {
        expect(cutToWindow(text.slice(left, end), 900, fable)).toEqual(whole);
      }
    }
  });

  test("an edit behind its beginning does not move it", () => {
    const text = paragraphs(100);
    const whole = cutToWindow(text, 900, fable);
    const at = text.length - Math.floor(whole.text.length / 2);
    const edited = cutToWindow(`${text.slice(0, at)}many more words${text.slice(at)}`, 900, fable);
    expect(edited.text.slice(0, 500)).toBe(whole.text.slice(0, 500));
  });

  test("of a long story only the end is encoded", () => {
    let characters = 0;
    const counting = {
      ...fable,
      encode: (text: string) => {
        characters += text.length;
        return fable.encode(text);
      },
    };
    const cut = cutToWindow(paragraphs(3000), 900, counting);
    expect(cut.tokens.length).toBeGreaterThan(450);
    expect(characters).toBeLessThan(15_000);
  });

  test("any text: within the budget, its very end, and half the budget wherever there are enough tokens", () => {
    const words = wordTokenizer("the cat sat on mat");
    const piece = fc.constantFrom(
      "the",
      " cat",
      " sat",
      ".",
      " ",
      "\n",
      "\n\n",
      "日本",
      "🦊",
      "x".repeat(30),
      "? ",
    );
    const texts = fc.array(piece, { maxLength: 300 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(texts, fc.integer({ min: 4, max: 60 }), (text, budget) => {
        const cut = cutToWindow(text, budget, words);
        expect(cut.tokens.length).toBeLessThanOrEqual(budget);
        expect(cut.tokens.length).toBeGreaterThanOrEqual(Math.min(words.encode(text).length, budget / 2));
        expect(text.endsWith(cut.text.replace(/^\ufffd+/, ""))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("a budget must be 1 or more", () => {
    expect(() => cutToWindow("a", 0, fable)).toThrow("budget must be 1 or more, got 0");
  });
});

describe("sliding", () => {
  const tokenizer = wordTokenizer("a b c d e f");
  /** The text that is kept of 16 tokens in a window of 16. */
  const kept = (text: string) => {
    const tokens = tokenizer.encode(text);
    expect(tokens.length).toBe(17);
    return tokenizer.decode(tokens.slice(slideStart(tokens, 16, tokenizer)));
  };

  test.each([
    [" a b c d e f a b c. d\n e f a b", " e f a b"],
    [" a b c d e f a b c d. e f a b c", " e f a b c"],
    [" a b c d e f a b c d e f a b c d e", " d e f a b c d e"],
    ["xxxxxxxxxxxxxxxxx", "xxxxxxxx"],
  ])("%j keeps %j", (text, end) => {
    const padded = text.length > 17 || tokenizer.encode(text).length < 17 ? pad(text) : text;
    expect(kept(padded)).toBe(end);
  });

  function pad(text: string): string {
    return " a".repeat(17 - tokenizer.encode(text).length) + text;
  }
});
