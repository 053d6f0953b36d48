import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countStoryWords, countWords, countWordsBetween } from "../../src/story/counts.ts";
import { headings } from "../../src/story/headings.ts";
import { modelWords, tally } from "../../src/story/tally.ts";

/** Words as a regular expression tells them: slow and plain. */
const CJK = "[[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]&&\\p{L}]";
const WORD = new RegExp(
  `${CJK}|[[\\p{L}\\p{N}]--${CJK}](?:[[\\p{L}\\p{N}\\p{M}'’\\u00AD\\-]--${CJK}])*`,
  "gv",
);

const piece = fc.constantFrom(
  "lamp",
  "it's",
  "a",
  "1st",
  "\n",
  " ",
  " — ",
  "-",
  "灯",
  "あ",
  "é",
  "e\u0301",
  "𝒜",
  "𠮷",
  "・",
  ".",
);
const story = fc.array(piece, { maxLength: 120 }).map((pieces) => pieces.join(""));

describe("words", () => {
  it("are those that a plain search finds", () => {
    fc.assert(
      fc.property(story, (text) => {
        expect(countWords(text)).toBe(text.match(WORD)?.length ?? 0);
      }),
    );
  });

  it("between two places are those of the text between them", () => {
    fc.assert(
      fc.property(story, fc.nat(), fc.nat(), (written, a, b) => {
        const text = Text.of(written.repeat(8).split("\n"));
        const [from = 0, to = 0] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y);
        expect(countWordsBetween(text, from, to)).toBe(countWords(text.sliceString(from, to)));
      }),
    );
  });
});

describe("headings", () => {
  it.each<[string, string, string]>([
    ["chapters and scenes", "zero\n# One\na b\n## Scene\nc\n# Two\nd", "One 4, Scene 1, Two 1"],
    ["fenced code is none", "# One\n```\n# no\n```\nb\n## Two", "One 3, Two 0"],
    ["a fence ends with its own marks", "~~~~\n# a\n~~~\n# b\n~~~~ x\n# c\n~~~~~\n# Yes", "Yes 0"],
    ["one that never ends", "# One\n```js\n# no", "One 2"],
    ["marks in a line are no fence", "``` a `b`\n# Yes", "Yes 0"],
    ["underlined ones are none", "One\n===\n\nTwo\n---", ""],
    ["closing marks", "# One ##\n#\n#No", "One 0,  1"],
  ])("%s", (_, written, expected) => {
    const found = headings(Text.of(written.split("\n")));
    expect(found.map(({ title, words }) => `${title} ${words}`).join(", ")).toBe(expected);
  });

  it("of a long story, edited anywhere, are those of the text read anew", () => {
    const line = fc.constantFrom("# One", "## Two", "a b", "", "```", "~~~", "    # no", "c");
    const lines = fc.array(line, { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(lines, lines, fc.nat(), (before, insert, at) => {
        const text = Text.of(before);
        headings(text);
        const pos = text.line((at % text.lines) + 1).from;
        const edited = text.replace(pos, pos, Text.of([...insert, ""]));
        expect(headings(edited)).toEqual(headings(Text.of(edited.toString().split("\n"))));
        for (const { from, to, words } of headings(edited)) {
          const body = edited.sliceString(edited.lineAt(from).to, to);
          expect(words).toBe(countWords(body));
        }
      }),
    );
  });
});

describe("a tally", () => {
  const text = Text.of(["# The Lamp", "", "It was dark. She said, “Who?”", "", "Nobody 👩 came."]);

  it("counts what a story amounts to", () => {
    expect(tally(text)).toEqual({ words: 10, characters: 53, letters: 44, sentences: 3, paragraphs: 2 });
  });

  it("tells the model's words from the writer's", () => {
    const said = text.toString().indexOf("She");
    const passages = [{ from: said - 1, to: said + 16, generation: "g1" }];
    expect(modelWords(text, passages, 0, text.length)).toBe(3);
    expect(modelWords(text, passages, said + 4, text.length)).toBe(2);
    expect(modelWords(text, passages, 0, 4)).toBe(0);
  });

  it("counts an edited story as if it were new", () => {
    const long = Text.of(Array.from({ length: 20_000 }, () => "It was dark, and the lamp was out."));
    const whole = tally(long);
    const edited = long.replace(0, 2, Text.of(["He"]));
    expect(tally(edited)).toEqual(whole);
    expect(countStoryWords(edited)).toBe(160_000);
  });
});
