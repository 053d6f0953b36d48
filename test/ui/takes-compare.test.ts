import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparedRows, comparedWords, wordDifference } from "../../src/ui/takes-compare.ts";

const OLD = { title: "take 1", text: " She went down to the sea.\n\nIt was cold." };
const NEW = { title: "take 2", text: " She ran down to the old sea.\n\nIt was dark." };

/** The rows as text, columns apart. */
const drawn = (width: number): readonly string[] =>
  comparedRows(OLD, NEW, width).map(({ cells }) =>
    cells.map((spans) => spans.map(({ text }) => text).join("")).join(" | "),
  );

describe("two takes beside each other", () => {
  it("have in brackets what only one of them has, column by column", () => {
    expect(drawn(70)).toEqual([
      "take 1 | take 2",
      "She ⟦went⟧ down to the sea. ¶ It | She ⟦ran⟧ down to the ⟦old⟧ sea.",
      "was ⟦cold.⟧ | ¶ It was ⟦dark.⟧",
    ]);
  });

  it("are below each other where columns would be too narrow", () => {
    expect(drawn(30)).toEqual([
      "take 1",
      "She ⟦went⟧ down to the sea. ¶",
      "It was ⟦cold.⟧",
      "",
      "take 2",
      "She ⟦ran⟧ down to the ⟦old⟧",
      "sea. ¶ It was ⟦dark.⟧",
    ]);
  });

  it("can be heard", () => {
    expect(comparedWords({ left: OLD, right: NEW })).toEqual([
      "Only in take 1: “went”, “cold.”.",
      "Only in take 2: “ran”, “old”, “dark.”.",
      "Esc goes back.",
    ]);
  });

  it("keep all their words, and share those outside the brackets", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c", "the", "sea."), { maxLength: 12 });
    fc.assert(
      fc.property(words, words, (a, b) => {
        const { left, right } = wordDifference(a.join(" "), b.join(" "));
        const bare = (text: string): string => text.replaceAll(/[⟦⟧]/gu, "");
        const shared = (text: string): string =>
          text
            .replaceAll(/⟦[^⟧]*⟧/gu, "")
            .split(/\s+/u)
            .filter(Boolean)
            .join(" ");
        expect([bare(left), bare(right)]).toEqual([a.join(" "), b.join(" ")]);
        expect(shared(left)).toBe(shared(right));
      }),
    );
  });
});
