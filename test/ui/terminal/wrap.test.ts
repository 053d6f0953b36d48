import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellWidth, visible } from "../../../src/ui/terminal/widths.ts";
import { rewrap, rowAt, wrap } from "../../../src/ui/terminal/wrap.ts";
import { anyText } from "./texts.ts";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

function rows(text: string, width: number): string[] {
  const starts = wrap(text, width);
  return starts.map((start, row) => text.slice(start, starts[row + 1] ?? text.length));
}

describe("where rows break", () => {
  test.each([
    ["The cat sat", 7, "The cat |sat"],
    ["The cat sat", 11, "The cat sat"],
    ["The cat    sat", 7, "The cat    |sat"],
    ["unremarkable", 5, "unrem|arkab|le"],
    ["an unremarkable", 5, "an |unrem|arkab|le"],
    ["a self-made man", 8, "a self-|made man"],
    ["five -5 six", 6, "five |-5 six"],
    ["oh well—then", 9, "oh well—|then"],
    ["a “well—” he", 8, "a |“well—” |he"],
    ["吾輩は猫である", 6, "吾輩は|猫であ|る"],
    ["これは猫。", 8, "これは|猫。"],
    ["彼は「猫」", 7, "彼は|「猫」"],
    ["the 猫 cat", 6, "the 猫 |cat"],
    ["👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 4, "👨‍👩‍👧👨‍👩‍👧|👨‍👩‍👧"],
    ["e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301"],
    ["a\tbcd", 6, "a\t|bcd"],
    ["日本", 1, "日|本"],
    ["", 5, ""],
  ])("%j in %i cells: %j", (text, width, expected) => {
    expect(rows(text, width).join("|")).toBe(expected);
  });

  test("a row has a whole number of cells, at least one", () => {
    expect(() => wrap("a", 0)).toThrow(RangeError);
    expect(() => wrap("a", 2.5)).toThrow("2.5");
  });
});

test("rows fit, hold the whole paragraph and never part a character", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 30 }), (text, width) => {
      const boundaries = new Set([...segmenter.segment(visible(text))].map(({ index }) => index));
      const found = rows(text, width);
      expect(found.join("")).toBe(text);
      const starts = wrap(text, width);
      for (const start of starts.slice(1)) expect(boundaries).toContain(start);
      for (const row of found) {
        const shown = visible(row).replace(/[ \t\u3000]+$/, "");
        const isOneCharacter = [...segmenter.segment(shown)].length <= 1;
        if (!isOneCharacter) expect(cellWidth(shown)).toBeLessThanOrEqual(width);
        if (text !== "") expect(row).not.toBe("");
      }
    }),
    { numRuns: 500 },
  );
});

test("wrapping again after a change is the same as wrapping", () => {
  const text = fc.array(anyText, { maxLength: 4 }).map((parts) => parts.join(" "));
  fc.assert(
    fc.property(
      text,
      anyText,
      fc.nat(),
      fc.nat(40),
      fc.integer({ min: 1, max: 30 }),
      (old, insert, at, removed, width) => {
        const from = at % (old.length + 1);
        const next = old.slice(0, from) + insert + old.slice(from + removed);
        expect(rewrap(next, width, old, wrap(old, width))).toEqual(wrap(next, width));
      },
    ),
    { numRuns: 1000 },
  );
});

test("wrapping a megabyte again after a key comes to the same", () => {
  const old = "the lantern harbour silver whisper cathedral unremarkable of a to in, was ".repeat(14_000);
  const starts = wrap(old, 80);
  const next = `${old.slice(0, 500_000)}x${old.slice(500_000)}`;
  expect(rewrap(next, 80, old, starts)).toEqual(wrap(next, 80));
});

test("rowAt finds the row that holds an offset", () => {
  expect([0, 4, 5, 9, 10, 99].map((offset) => rowAt([0, 5, 10], offset))).toEqual([0, 0, 1, 1, 2, 2]);
});

test("Thai breaks between words, not inside them", () => {
  const text = "ฉันรักเธอมากที่สุดในโลก";
  const rows = wrap(text, 7);
  const pieces = rows.map((start, i) => text.slice(start, rows[i + 1]));
  expect(pieces.join("")).toBe(text);
  for (const piece of pieces.slice(1)) expect(piece).not.toMatch(/^[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]/u);
  expect(pieces[0]).toBe("ฉันรักเธอ");
});
