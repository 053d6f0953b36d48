import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asInDictionary, wordsToCheck } from "../../src/story/spelling.ts";

/** The paragraph with the words that are checked between angles. */
function marked(paragraph: string): string {
  let text = paragraph;
  for (const { from, to } of [...wordsToCheck(paragraph)].reverse())
    text = `${text.slice(0, from)}‹${text.slice(from, to)}›${text.slice(to)}`;
  return text;
}

/** The forms of the only word of a paragraph. */
function forms(paragraph: string): readonly string[] {
  const words = wordsToCheck(paragraph);
  expect(words).toHaveLength(1);
  return words[0]?.forms ?? [];
}

describe("the words that are checked", () => {
  it.each([
    ["punctuation", "‹The› ‹keeper› ‹climbed›, ‹slowly›; “‹up›” ‹he› ‹said›."],
    ["apostrophes of both kinds", "‹He› ‹didn't› ‹go›. ‹She› ‹didn’t› ‹either›."],
    ["apostrophes at edges", "'‹Twas› ‹late›, ‘‹go›’ ‹he› ‹said›, ‹goin›' ‹home›, ‹rock› 'n' ‹roll›."],
    [
      "possessives",
      "‹Ansel›'s ‹lamp›, ‹Mary›’d ‹gone›, ‹they›'ll, ‹the› ‹dogs›' ‹bowls›, ‹who›'d've ‹known›",
    ],
    ["apostrophes behind hyphens", "‹what›-’‹tis› ‹rock›-’n’-‹roll› a-'‹hunting›"],
    ["hyphens and dashes", "‹lamp›-‹lit› ‹vis›-à-‹vis› ‹well›‑‹worn›— ‹he› ‹left›--‹gone›."],
    ["single letters and short forms", "A ‹man›, I ‹said›, e.g. ‹this›, i.e. ‹that›, ‹at› 3 a.m. ‹or› 3rd"],
    ["a blank left out", "‹the› ‹end›.‹Then› ‹it›"],
    ["capitals", "NASA ‹sent› NASA's TVs ‹to› ‹the› BBC-‹like› ‹Ones›"],
    [
      "words with digits and the like",
      "utf8 ‹is› x86_64 ‹not› iPhone ‹nor› camelCase ‹nor› mid-1920s ‹words›",
    ],
    ["heading signs", "# ‹One›"],
    ["heading signs at both ends", "## ‹The› ‹Lamp› ##"],
    ["lists and quotes", "> - ‹item› 1. ‹first›"],
    ["stress", "*‹stressed›* **‹strong›** _‹soft›_ __‹both›__ snake_case"],
    ["addresses", "‹see› https://exampel.com/zzyx?x=y, ‹or› www.exmple.org ‹or› me.myself@exampel.org"],
    ["links", '‹see› [‹link›](http://exampel.org "titel") ‹and› ![‹picture›](pictuer.png) ‹go›'],
    ["code and tags", "‹run› `npm rnu xyzzy` ‹and› ``cdoe`` ‹then› <br> &nbsp; <!-- commnet --> ‹stop›"],
    ["paths", "‹open› src/ui/modle.ts ‹or› ~/stroies/x ‹or› ./hte ‹and›/‹or› file.ts C:\\dri\\fiel"],
    ["tags of the web", "@kepeer #hashtga $VAIRABLE"],
    ["other scripts", "‹naïve› ‹Ærø› ‹Straße› ‹если› 東京 ‹cafe\u0301›"],
    ["soft hyphens", "‹hy\u00ADphen›"],
  ])("%s", (_name, page) => {
    expect(marked(page.replaceAll(/[‹›]/gu, ""))).toBe(page);
  });

  it.each([
    ["didn’t", ["didn't"]],
    ["Ansel’s", ["Ansel", "Ansel's"]],
    ["goin’", ["goin", "goin'", "going"]],
    ["’tis", ["tis", "'tis"]],
    ["shouldn't've", ["shouldn't", "shouldn't've"]],
    ["cafe\u0301", ["café"]],
    ["hy\u00ADphen", ["hyphen"]],
  ])("%s is right in any of its forms", (word, expected) => {
    expect(forms(word)).toEqual(expected);
  });

  it("takes a part of a compound where the whole is a word", () => {
    expect(wordsToCheck("vis-à-vis").map((word) => word.forms)).toEqual([
      ["vis", "vis-à-vis"],
      ["vis", "vis-à-vis"],
    ]);
  });

  it("of any text, gives words in order, apart from each other, that begin and end with a letter of it", () => {
    const pieces = fc.constantFrom(..."aZé’'-_.`/@:[]() \u0301#1東\u00AD");
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (characters) => {
        const text = characters.join("");
        let end = 0;
        for (const word of wordsToCheck(text)) {
          expect(word.from).toBeGreaterThanOrEqual(end);
          expect(text.slice(word.from, word.to)).toMatch(/^\p{L}[^\s_\d]*[\p{L}\p{M}\u00AD]$/u);
          expect(word.forms[0]).toBe(asInDictionary(text.slice(word.from, word.to)));
          end = word.to;
        }
      }),
      { numRuns: 500, examples: [[[..."a-’aa"]], [[..."a-\u0301aa"]]] },
    );
  });

  it.each([
    "`".repeat(20_000),
    "a.".repeat(10_000),
    "a/".repeat(10_000),
    "<a ".repeat(7000),
    "a@".repeat(10_000),
  ])("reads a line of %#: 20,000 units in no time", (line) => {
    const began = performance.now();
    wordsToCheck(line);
    expect(performance.now() - began).toBeLessThan(400);
  });
});
