import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesBetween } from "../../src/story/difference.ts";

const toText = (text: string): Text => Text.of(text.split("\n"));

/** The change as `removed→inserted`, in order. */
function show(old: string, next: string): string[] {
  const shown: string[] = [];
  changesBetween(toText(old), toText(next)).iterChanges((from, to, _newFrom, _newTo, inserted) => {
    shown.push(`${old.slice(from, to)}→${inserted}`);
  });
  return shown;
}

describe("the difference of two texts", () => {
  it.each([
    ["same", "same", []],
    ["one", "one two", ["→ two"]],
    ["The cat sat.", "The dog sat.", ["cat→dog"]],
    ["a\nb\nc", "A\nb\nC", ["a→A", "c→C"]],
    ["a\nb\nc", "a\nc", ["b\n→"]],
    ["a\nb", "a", ["\nb→"]],
    ["a", "a\nb", ["→\nb"]],
    ["", "a\nb", ["→a\nb"]],
    ["a\nb", "", ["a\nb→"]],
    ["x\n\nkeep\n\ny", "x1\n\nkeep\n\ny2", ["→1", "→2"]],
    ["🇩🇪", "🇫🇷", ["🇩🇪→🇫🇷"]],
  ])("%j to %j", (old, next, changes) => {
    expect(show(old, next)).toEqual(changes);
  });

  it("turns any text into any other", () => {
    const line = fc.oneof(fc.constantFrom("a", "b", "c", "", "ab", "😀", "😁x"), fc.string({ maxLength: 3 }));
    const text = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => toText(lines.join("\n")));
    fc.assert(
      fc.property(text, text, (old, next) => {
        expect(changesBetween(old, next).apply(old).toString()).toBe(next.toString());
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps every paragraph that both have once and in the same order", () => {
    const names = (...words: string[]) => fc.array(fc.constantFrom(...words));
    const [mine, theirs] = [names("x", "y", "z"), names("p", "q", "r")];
    fc.assert(
      fc.property(mine, theirs, mine, theirs, (old1, new1, old2, new2) => {
        const old = [...old1, "first", ...old2, "second"].join("\n");
        const next = [...new1, "first", ...new2, "second"].join("\n");
        const changes = changesBetween(toText(old), toText(next));
        for (const word of ["first", "second"]) {
          const at = old.indexOf(word);
          expect(changes.touchesRange(at, at + word.length)).not.toBe("cover");
          expect(changes.mapPos(at, 1)).toBe(next.indexOf(word));
          expect(changes.mapPos(at + word.length, -1)).toBe(next.indexOf(word) + word.length);
        }
      }),
    );
  });
});
