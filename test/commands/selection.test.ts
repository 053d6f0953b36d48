import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findSelection, parseRange } from "../../src/commands/selection.ts";
import { UserError } from "../../src/errors.ts";

/** `text` without its two bars, and what stands between them. */
function marked(text: string): { story: string; selected: string; from: number; to: number } {
  const [before = "", selected = "", after = ""] = text.split("|");
  return {
    story: before + selected + after,
    selected,
    from: before.length,
    to: before.length + selected.length,
  };
}

describe("a selection by its text", () => {
  it.each([
    "The |cat| sat.",
    "|The| cat sat.",
    "The cat sat|.|",
    "Zwei\n|Zeilen\nText|",
    "a 🦊 |fox 🦊|!",
  ])("is found in %j", (text) => {
    const { story, selected, from, to } = marked(text);
    expect(findSelection(story, { select: selected })).toEqual({ from, to });
  });

  it("is refused where the story does not hold it", () => {
    expect(() => findSelection("The cat sat.", { select: "the cat" })).toThrow(
      'The story does not hold "the cat".',
    );
  });

  it("is refused where the story holds it several times, with the ranges to choose from", () => {
    const story = "🦊 It rained.\nIt rained.";
    const error = caught(() => findSelection(story, { select: "It rained." }));
    expect(error.message).toBe('The story holds "It rained." 2 times.');
    expect(error.hint).toBe("Choose one: --range 2:12 (line 1), --range 13:23 (line 2).");
    expect(findSelection(story, { range: { from: 13, to: 23 } })).toEqual({ from: 14, to: 24 });
  });

  it("counts places that overlap, and names five", () => {
    const error = caught(() => findSelection("aaaaaaaa", { select: "aa" }));
    expect(error.message).toContain("7 times");
    expect(error.hint).toContain("--range 4:6 (line 1), and 2 more.");
  });

  it("is never empty", () => {
    expect(() => findSelection("text", { select: "" })).toThrow(UserError);
  });
});

describe("a selection by its range", () => {
  it("counts characters, not code units", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(), fc.nat(), (story, a, b) => {
        const characters = [...story];
        const from = a % (characters.length + 1);
        const to = Math.min(characters.length, from + 1 + (b % 5));
        fc.pre(from < to);
        const span = findSelection(story, { range: { from, to } });
        expect(story.slice(span.from, span.to)).toBe(characters.slice(from, to).join(""));
      }),
    );
  });

  it.each([
    [{ from: 0, to: 5 }, "--range 0:5 ends beyond the story, which has 4 characters."],
    [{ from: 2, to: 2 }, "--range 2:2 holds no characters."],
    [{ from: 3, to: 1 }, "--range 3:1 holds no characters."],
  ])("is refused as a wrong usage: %j", (range, message) => {
    const error = caught(() => findSelection("text", { range }));
    expect(error).toMatchObject({ message, exitCode: 2 });
  });

  it("is read from two whole numbers", () => {
    expect(parseRange("3:17")).toEqual({ from: 3, to: 17 });
    for (const bad of ["3", "3:", ":3", "-1:3", "3:4:5", "1.5:2", "a:b", ""])
      expect(parseRange(bad)).toBeUndefined();
  });
});

function caught(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
