import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COPIED_WORDS, copiedFromStory } from "../../src/story/copying.ts";

const story = (text: string): Text => Text.of(text.split("\n"));
const LINE = "The keeper climbed the hundred and twelve steps with a tin of oil in one hand.";

describe("what a take has from the story", () => {
  it("is its longest run of words, whatever their case, quotes and punctuation", () => {
    const found = copiedFromStory(
      "And then THE KEEPER climbed - the hundred and twelve steps, with a tin of milk.",
      story(`Once.\n\n${LINE}\n\nThe end.`),
    );
    expect(found).toEqual({
      words: 12,
      text: "THE KEEPER climbed - the hundred and twelve steps, with a tin of",
    });
  });

  it("is nothing below ten words, and nothing of the front matter", () => {
    expect(
      copiedFromStory("The keeper climbed the hundred and twelve steps alone at last.", story(LINE)),
    ).toBe(null);
    expect(copiedFromStory(LINE, story(`---\nmemory: ${LINE}\n---\nOnce.`))).toBe(null);
    expect(copiedFromStory("", story(LINE))).toBe(null);
  });

  it("is found wherever it stands in both", () => {
    const words = fc.array(fc.constantFrom("red", "green", "blue", "sea", "lamp"), { maxLength: 20 });
    const run = Array.from({ length: COPIED_WORDS }, (_, i) => `w${i}`).join(" ");
    fc.assert(
      fc.property(words, words, words, words, (a, b, c, d) => {
        const take = [...a, run, ...b].join(" ");
        const found = copiedFromStory(take, story([...c, run, ...d].join("\n")));
        expect(found?.words).toBeGreaterThanOrEqual(COPIED_WORDS);
        expect(take).toContain(found?.text ?? "nothing");
      }),
    );
  });
});
