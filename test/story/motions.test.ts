import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countStoryWords, countWords } from "../../src/story/counts.ts";
import {
  nextGrapheme,
  nextParagraph,
  nextWord,
  previousGrapheme,
  previousParagraph,
  previousWord,
  wordAt,
} from "../../src/story/motions.ts";
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
    ["— … !", 0],
    ["1984 was", 2],
  ])("%j has %d", (text, count) => {
    expect(countWords(text)).toBe(count);
  });

  it("are counted the same line by line", () => {
    const lines = ["one two", "", "three", "one two"];
    expect(countStoryWords(Text.of(lines))).toBe(countWords(lines.join("\n")));
  });
});
