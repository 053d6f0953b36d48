import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WINDOW_GRID } from "../../src/engine/window.ts";
import { countStoryWords, countWords } from "../../src/story/counts.ts";
import { createDocument } from "../../src/story/document.ts";
import {
  nextGrapheme,
  nextParagraph,
  nextWord,
  previousGrapheme,
  previousParagraph,
  previousWord,
  wordAt,
} from "../../src/story/motions.ts";
import { continuePrompt, rewritePrompt } from "../../src/story/prompt.ts";
import { sentenceAt } from "../../src/story/sentence.ts";

/** Moves the cursor `|` of a page. */
function move(page: string, motion: (text: Text, pos: number) => number): string {
  const at = page.indexOf("|");
  const text = page.replace("|", "");
  const pos = motion(Text.of(text.split("\n")), at);
  return `${text.slice(0, pos)}|${text.slice(pos)}`;
}

describe("motions", () => {
  it.each([
    ["next character", "a|bc", nextGrapheme, "ab|c"],
    ["next character", "a|\nb", nextGrapheme, "a\n|b"],
    ["next character", "ab|", nextGrapheme, "ab|"],
    ["next character", "|👩‍👩‍👧!", nextGrapheme, "👩‍👩‍👧|!"],
    ["next character", "|é!", nextGrapheme, "é|!"],
    ["next character", "|🇩🇪🇫🇷", nextGrapheme, "🇩🇪|🇫🇷"],
    ["previous character", "👩‍👩‍👧|!", previousGrapheme, "|👩‍👩‍👧!"],
    ["previous character", "🇩🇪🇫🇷|", previousGrapheme, "🇩🇪|🇫🇷"],
    ["previous character", "a\n|b", previousGrapheme, "a|\nb"],
    ["previous character", "|a", previousGrapheme, "|a"],
    ["next word", "|one two", nextWord, "one| two"],
    ["next word", "one| two", nextWord, "one two|"],
    ["next word", "|don't stop", nextWord, "don't| stop"],
    ["next word", "|well-kept", nextWord, "well-kept|"],
    ["next word", "one|\ntwo three", nextWord, "one\ntwo| three"],
    ["next word", "|“naïve” 日", nextWord, "“naïve|” 日"],
    ["previous word", "one two|", previousWord, "one |two"],
    ["previous word", "one |two", previousWord, "|one two"],
    ["previous word", "one\n|two", previousWord, "|one\ntwo"],
    ["next paragraph", "o|ne\n\ntwo", nextParagraph, "one\n\n|two"],
    ["next paragraph", "one\n|two", nextParagraph, "one\ntwo|"],
    ["previous paragraph", "one\n\ntw|o", previousParagraph, "one\n\n|two"],
    ["previous paragraph", "one\n\n|two", previousParagraph, "|one\n\ntwo"],
  ])("%s: %s", (_, before, motion, after) => {
    expect(move(before, motion)).toBe(after);
  });

  it("step over every text character by character, forwards as backwards", () => {
    const unit = fc.constantFrom("a", " ", "\n", "é", "👩‍👩‍👧", "日", "🇩🇪", "क्षि", "\u200d", "한", "\t");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 30 }), (units) => {
        const text = Text.of(units.join("").split("\n"));
        const stops = [0];
        while (stops.at(-1)! < text.length) stops.push(nextGrapheme(text, stops.at(-1)!));
        const back = [text.length];
        while (back.at(-1)! > 0) back.push(previousGrapheme(text, back.at(-1)!));
        expect(stops.at(-1)).toBe(text.length);
        expect(back.reverse()).toEqual(stops);
      }),
    );
  });

  it("count flags and marks from the start of their run, however long it is", () => {
    const flags = Text.of(["🇩🇪".repeat(50)]);
    expect(previousGrapheme(flags, flags.length)).toBe(flags.length - 4);
    const marked = Text.of([`e${"\u0301".repeat(200)}x`]);
    expect(nextGrapheme(marked, 0)).toBe(201);
    expect(previousGrapheme(marked, 201)).toBe(0);
  });

  it("find the word at a place", () => {
    const text = Text.of(["The cat's hat"]);
    expect(wordAt(text, 5)).toEqual({ from: 4, to: 9 });
    expect(wordAt(text, 3)).toEqual({ from: 0, to: 3 });
  });
});

describe("the sentence at the cursor", () => {
  it.each([
    ["It was dark. He le|ft. She stayed.", "He left."],
    ["It was| dark. He left.", "It was dark."],
    ["It was dark. |He left.", "He left."],
    ["It was dark.| He left.", "It was dark."],
    ["It was dark. H|e left.", "He left."],
    ["Mr. Marrow| lit the lamp. It shone.", "Mr. Marrow lit the lamp."],
    ["“Stop!” he| said. She ran.", "“Stop!” he said."],
    ["“Stop!” He| ran.", "He ran."],
    ["Well… I do| not know. Yes.", "Well… I do not know."],
    ["He went—slowly—ho|me. Night.", "He went—slowly—home."],
    ["He said, “Go.” Th|en he left.", "Then he left."],
    ["J. R. Smith wro|te it. Good.", "J. R. Smith wrote it."],
    ["First line.\nNo full st|op here\nThird.", "No full stop here"],
    ["Is it?! Ye|s.", "Yes."],
    ["one\n|\ntwo", ""],
    ["“Stop!” I sa|id. She ran.", "“Stop!” I said."],
    ["“Why?” Old Tom ask|ed. No one knew.", "“Why?” Old Tom asked."],
    ["So did I. Th|en we left.", "Then we left."],
    ["“No. I wo|n’t.” He left.", "I won’t.”"],
    ["It was No. 7 Dock Str|eet. Rain.", "It was No. 7 Dock Street."],
    ["He ran. *She |stayed.* Night.", "*She stayed.*"],
    ["夜だった。彼は|行った。朝。", "彼は行った。"],
    ["Over 3.5 mil|es. Far.", "Over 3.5 miles."],
  ])("%s: %s", (page, sentence) => {
    const at = page.indexOf("|");
    const text = Text.of(page.replace("|", "").split("\n"));
    const { from, to } = sentenceAt(text, at);
    expect(text.sliceString(from, to)).toBe(sentence);
  });
});

describe("words", () => {
  it.each([
    ["", 0],
    ["one", 1],
    ["one, two—three", 3],
    ["don't well-kept", 2],
    ["日本語 text", 4],
    ["Tokyo東京", 3],
    ["— … !", 0],
    ["1984 was", 2],
  ])("%j has %d", (text, count) => {
    expect(countWords(text)).toBe(count);
  });

  it("of a story are those of its text, after every edit", () => {
    const words = fc.constantFrom("one", " ", "\n", "two ", "日", "—", "x\ny");
    const edits = fc.array(fc.record({ at: fc.nat(), cut: fc.nat({ max: 9 }), insert: words }));
    fc.assert(
      fc.property(edits, (list) => {
        let text = Text.of(Array.from({ length: 200 }, (_, index) => `line ${index}`));
        for (const { at, cut, insert } of list) {
          const from = at % (text.length + 1);
          text = text.replace(from, Math.min(text.length, from + cut), Text.of(insert.split("\n")));
          expect(countStoryWords(text)).toBe(countWords(text.toString()));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("what the model is shown", () => {
  it("is what stands around the place", () => {
    const document = createDocument("one\ntwo three");
    expect(continuePrompt(document, 7)).toEqual({ before: "one\ntwo", after: " three" });
    const passage = { from: 4, to: 7 };
    expect(rewritePrompt(document, passage)).toEqual({ before: "one\n", selected: "two", after: " three" });
  });

  it("is cut in a long story, but never through a character", () => {
    const document = createDocument("😀".repeat(20_000));
    for (const pos of [30_000, 30_001]) {
      const { before, after } = continuePrompt(document, pos);
      expect(before.length).toBeGreaterThan(23_000);
      expect(before.length).toBeLessThan(24_000 + WINDOW_GRID);
      expect(after.length).toBeLessThanOrEqual(2000);
      expect(before.codePointAt(0)).toBe(0x1f600);
      expect(after.slice(-2)).toBe("😀");
    }
  });

  it("begins at places that the engine's windows do not depend on", () => {
    const document = createDocument("many words ".repeat(10_000));
    for (let pos = 0; pos <= 110_000; pos += 999) {
      const { before } = continuePrompt(document, pos);
      expect((pos - before.length) % WINDOW_GRID).toBe(0);
      expect(before.length).toBeGreaterThanOrEqual(Math.min(pos, 24_000));
    }
  });
});
