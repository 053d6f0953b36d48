import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeBlocks } from "../../src/story/code-blocks.ts";
import { storyWords } from "../../src/story/spelling-range.ts";

describe("the words of a story", () => {
  it("are those of its paragraphs, in units of the story", () => {
    const text = Text.of(["One two", "", "three", "four"]);
    const words = storyWords(text, 8, 12).map(({ from, to }) => text.sliceString(from, to));
    expect(words).toEqual(["three"]);
    expect(storyWords(text, 0, text.length).map((word) => word.from)).toEqual([0, 4, 9, 15]);
  });

  it("are those near the place in a paragraph that is too long to be read as a whole", () => {
    const text = Text.of(["keeper ".repeat(20_000)]);
    const words = storyWords(text, 70_000, 70_100);
    expect(words.length).toBeLessThan(200);
    expect(words[0]?.from).toBeLessThan(70_000);
    expect(words.at(-1)?.to).toBeGreaterThan(70_100);
    for (const { from, to } of words) expect(text.sliceString(from, to)).toBe("keeper");
  });

  it("are none in front matter and fenced code, whatever is around", () => {
    const text = Text.of([
      "---",
      "memory: drak",
      "---",
      "one",
      "~~~~",
      "two",
      "~~~",
      "~~~~",
      "three",
      "```",
      "four",
    ]);
    expect(storyWords(text, 0, text.length).map((word) => word.text)).toEqual(["one", "three"]);
    expect(storyWords(text, 5, 6)).toEqual([]);
  });

  it("are the same piece by piece as at once", () => {
    const lines = fc.array(fc.constantFrom("the lamp", "```", "", "~~~ js", "a `b c` keeper’s", "~~~"), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(lines, (found) => {
        const text = Text.of(found.length === 0 ? [""] : found);
        const all = storyWords(text, 0, text.length);
        const pieces = Array.from({ length: text.lines }, (_, i) => text.line(i + 1).from).flatMap((at) =>
          storyWords(text, at, at),
        );
        expect(pieces).toEqual(all);
        const blocks = codeBlocks(text);
        for (const word of all)
          expect(blocks.some(({ from, to }) => from <= word.from && word.from < to)).toBe(false);
      }),
    );
  });
});
