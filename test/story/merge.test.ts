import { ChangeSet, Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeChanges } from "../../src/story/merge.ts";

const textOf = (lines: string): Text => Text.of(lines.split("\n"));

/** The merged text, or null. */
function merge(base: string, ours: string, theirs: string): string | null {
  const changes = mergeChanges(textOf(base), textOf(ours), textOf(theirs));
  return changes?.apply(textOf(ours)).toString() ?? null;
}

describe("merging", () => {
  it.each([
    ["one\ntwo\nthree", "ONE\ntwo\nthree", "one\ntwo\nTHREE", "ONE\ntwo\nTHREE"],
    ["one\ntwo\nthree", "one\ntwo\nthree\nfour", "zero\none\ntwo\nthree", "zero\none\ntwo\nthree\nfour"],
    ["a b c", "A b c", "a b C", "A b C"],
    ["one\ntwo", "one\n2", "one\nTWO", null],
    ["one", "one a", "one b", null],
    ["one\ntwo\nthree", "one\nthree", "one\n2\nthree", null],
    ["one", "two", "two", "two"],
    ["", "mine", "theirs", null],
  ])("%j, here %j, there %j makes %j", (base, ours, theirs, expected) => {
    expect(merge(base, ours, theirs)).toBe(expected);
  });

  const lines = fc
    .array(fc.constantFrom("a", "b", "c", "dd", ""), { maxLength: 8 })
    .map((all) => all.join("\n"));

  it("with nothing changed on one side is the other", () => {
    fc.assert(
      fc.property(lines, lines, (base, changed) => {
        expect(merge(base, changed, base)).toBe(changed);
        expect(merge(base, base, changed)).toBe(changed);
        expect(merge(base, changed, changed)).toBe(changed);
      }),
    );
  });

  it("is the same from both sides, and has every line that either put in", () => {
    fc.assert(
      fc.property(lines, lines, lines, (base, ours, theirs) => {
        const merged = merge(base, ours, theirs);
        expect(merge(base, theirs, ours)).toBe(merged);
      }),
    );
  });

  it("keeps insertions of both at different places", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (a, b) => {
        const base = Array.from({ length: 21 }, (_, i) => `line ${i}`).join("\n");
        const put = (at: number, word: string): string => {
          const text = textOf(base);
          return ChangeSet.of({ from: text.line(at + 1).from, insert: `${word} ` }, text.length)
            .apply(text)
            .toString();
        };
        const merged = merge(base, put(a, "ours"), put(b, "theirs"));
        if (a === b) expect(merged).toBeNull();
        else expect(merged?.split("\n").filter((line) => /ours|theirs/u.test(line))).toHaveLength(2);
      }),
    );
  });
});
