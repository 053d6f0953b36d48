import { ChangeSet, Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withinTime } from "../../src/commands/within-time.ts";
import { findAll, matchFrom, patternOf, type Query, replacementOf } from "../../src/story/find.ts";

const PLAIN: Query = { text: "", regex: false, matchCase: null, wholeWords: false };

/** The text with every match in brackets. */
function marked(text: string, query: Partial<Query>): string {
  const pattern = patternOf({ ...PLAIN, ...query });
  if (!pattern) return text;
  const { matches } = findAll(Text.of(text.split("\n")), pattern);
  return [...matches].reverse().reduce((whole, { from, to }) => {
    return `${whole.slice(0, from)}[${whole.slice(from, to)}]${whole.slice(to)}`;
  }, text);
}

describe("finding", () => {
  it.each<[string, Partial<Query>]>([
    ["The [lamp] and the [Lamp]s.\n[LAMP]", { text: "lamp" }],
    ["The [lamp] and the Lamps.", { text: "lamp", matchCase: true }],
    ["The [lamp] and the Lamps, [lamp]", { text: "lamp", wholeWords: true }],
    ["[a.b] axb", { text: "a.b" }],
    ["[axb] [a.b]", { text: "a.b", regex: true }],
    ["[don’t] and [don't]", { text: "don't" }],
    ['[“Who] ["Who]', { text: '"who' }],
    ["[one\u00a0two] [one two]", { text: "one two" }],
    ["[été] ete [ÉTÉ]", { text: "été" }],
    ["été ete [ÉTÉ]", { text: "ÉTÉ" }],
    ["[été] [ÉTÉ]", { text: "ÉTÉ", matchCase: false }],
    ["[a][ B]", { text: "\\W?\\p{Ll}", regex: true }],
    ["[aa][aa]a", { text: "aa" }],
    ["x[12]y[345]", { text: "\\d+", regex: true }],
    ["[The] end\n[The] start the", { text: "^the", regex: true }],
    ["nothing 🦊🐻 here", { text: "x*", regex: true }],
    ["🦊[xx]🐻", { text: "x*", regex: true }],
    ["🦊[🦊🐻]🐻", { text: "🦊🐻" }],
    ["anything", { text: "" }],
  ])("%j with %j", (expected, query) => {
    const text = expected.replaceAll(/[[\]]/gu, "");
    expect(marked(text, query)).toBe(expected);
  });

  it("refuses what is no regular expression", () => {
    expect(() => patternOf({ ...PLAIN, text: "(", regex: true })).toThrow(SyntaxError);
    expect(marked("a ( b", { text: "(" })).toBe("a [(] b");
  });

  it("finds in a long story what a plain search of the whole finds, also after an edit", () => {
    const word = fc.constantFrom("ab", "ba", "a", "b", " ", "\n");
    const lines = fc.array(word, { minLength: 0, maxLength: 400 }).map((words) => words.join(""));
    fc.assert(
      fc.property(lines, lines, fc.nat(), fc.nat(), (story, insert, a, b) => {
        const pattern = patternOf({ ...PLAIN, text: "ab" })!;
        const plainly = (whole: string) => [...whole.matchAll(/ab/gu)].map(({ index }) => index);
        const before = Text.of(story.split("\n"));
        expect(findAll(before, pattern).matches.map(({ from }) => from)).toEqual(plainly(story));
        const [from, to] = [a % (story.length + 1), b % (story.length + 1)].sort((x, y) => x - y) as [
          number,
          number,
        ];
        const after = ChangeSet.of({ from, to, insert: Text.of(insert.split("\n")) }, story.length).apply(
          before,
        );
        expect(findAll(after, pattern).matches.map(({ from }) => from)).toEqual(plainly(after.toString()));
      }),
    );
  });

  it("knows the first match that ends behind a place", () => {
    const matches = [
      { from: 2, to: 4 },
      { from: 6, to: 8 },
    ];
    expect([0, 3, 4, 7, 8].map((pos) => matchFrom(matches, pos))).toEqual([0, 0, 1, 1, 2]);
  });
});

describe("replacing", () => {
  it.each([
    ["(\\w+), (\\w+)", "Lamp, dark", "$2 $1", "dark Lamp"],
    ["l(amp)", "lamp", "[$&|$1|$9|$$]", "[lamp|amp|$9|$]"],
    ["(?<first>l)amp", "lamp", "$<first>ight", "light"],
    ["lamp", "lamp", "US$ 5", "US$ 5"],
  ])("%j in %j by %j", (expression, line, by, expected) => {
    const text = Text.of([`before ${line} after`]);
    const query = { ...PLAIN, text: expression, regex: true };
    const match = { from: 7, to: 7 + line.length };
    expect(replacementOf(text, match, patternOf(query)!, query, by)).toBe(expected);
  });

  it("takes a plain replacement as it is", () => {
    const query = { ...PLAIN, text: "lamp" };
    expect(replacementOf(Text.of(["lamp"]), { from: 0, to: 4 }, patternOf(query)!, query, "$&$1")).toBe(
      "$&$1",
    );
  });
});

describe("a search that takes too long", () => {
  const evil: Query = { ...PLAIN, text: "(a+)+b", regex: true };
  const endless = Text.of(["ab", "a".repeat(40)]);

  it("is stopped, and says so", () => {
    expect(findAll(endless, patternOf(evil)!, withinTime).late).toBe(true);
  });

  it("keeps what was found before, and what it throws comes through", () => {
    const leaves = Text.of([...Array.from({ length: 400 }, () => "ab"), "a".repeat(40)]);
    const { matches, late } = findAll(leaves, patternOf(evil)!, withinTime);
    expect(late).toBe(true);
    expect(matches.length).toBeGreaterThan(300);
    expect(() =>
      withinTime(() => {
        throw new RangeError("inside");
      }, 100),
    ).toThrow("inside");
  });

  it("does not disturb one that comes to its end", () => {
    expect(findAll(Text.of(["ab aab"]), patternOf(evil)!, withinTime)).toEqual({
      matches: [
        { from: 0, to: 2 },
        { from: 3, to: 6 },
      ],
      more: false,
      late: false,
      empty: false,
    });
  });
});
