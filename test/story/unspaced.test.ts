import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextWord, nextWordStart, previousWord, wordAt } from "../../src/story/motions.ts";
import { unspacedWord } from "../../src/story/unspaced.ts";

/** The text with a bar at each place that a motion reaches, from one end to the other. */
function stops(text: string, move: (text: Text, pos: number) => number, from: number): string {
  const lines = Text.of(text.split("\n"));
  const places = new Set<number>();
  for (let pos = from; ; ) {
    const next = move(lines, pos);
    if (next === pos) break;
    places.add(next);
    pos = next;
  }
  return (
    [...text].reduce<{ at: number; out: string }>(
      ({ at, out }, character) => ({
        at: at + character.length,
        out: `${out}${places.has(at) ? "|" : ""}${character}`,
      }),
      { at: 0, out: "" },
    ).out + (places.has(text.length) ? "|" : "")
  );
}

describe("words of scripts without spaces", () => {
  it("forward each is a stop, as the system's dictionary cuts them", () => {
    expect(stops("ฉันรักเธอ มาก", nextWord, 0)).toBe("ฉัน|รัก|เธอ| มาก|");
    expect(stops("彼は東京に行った。", nextWord, 0)).toMatch(/^彼\|は\|東京\|に\|/u);
    expect(stops("one二三two", nextWord, 0)).toMatch(/^one\|.*\|two\|$/u);
    expect(stops("don't 行く", nextWord, 0)).toMatch(/^don't\|/u);
  });

  it("backward they are the same words", () => {
    expect(stops("ฉันรักเธอ", previousWord, "ฉันรักเธอ".length)).toBe("|ฉัน|รัก|เธอ");
  });

  it("a double click takes one of them", () => {
    const text = "彼は東京に行った。";
    const { from, to } = wordAt(Text.of([text]), 3);
    expect(text.slice(from, to)).toBe("東京");
  });

  it("motions always advance, stay in the text, and starts come after ends", () => {
    const word = fc.constantFrom("東京", "ฉัน", "รัก", "lamp", " ", "。", "はカ", "🦊", "é", "'", "\n");
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        const lines = Text.of(text.split("\n"));
        for (let pos = 0; pos < text.length; pos++) {
          expect(nextWord(lines, pos)).toBeGreaterThan(pos);
          expect(nextWordStart(lines, pos)).toBeGreaterThan(pos);
          expect(previousWord(lines, pos + 1)).toBeLessThanOrEqual(pos);
          const { from, to } = wordAt(lines, pos);
          expect(from <= pos && pos <= to).toBe(true);
        }
      }),
    );
  });

  it("a very long run is cut near the place only", () => {
    const run = "東京".repeat(5000);
    const { from, to } = unspacedWord(run, 5001);
    expect(from).toBeLessThanOrEqual(5001);
    expect(to).toBeGreaterThan(5001);
    expect(to - from).toBeLessThan(200);
  });
});
