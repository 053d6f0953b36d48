import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { composeDisplay } from "../../src/ui/display.ts";
import { createLayout } from "../../src/ui/layout.ts";
import { rowSpans, type Span } from "../../src/ui/rows.ts";
import { cellWidth, visible } from "../../src/ui/terminal/widths.ts";
import { anyText } from "./terminal/texts.ts";

const layout = createLayout();

/**
 * A page written with its marks: `[the model's]`, `{ghost}`, `<selected>`. Returns its rows as
 * `style:text|style:text`, plain text without a style.
 */
function rows(marked: string, width = 40): string[] {
  const at = { "[": -1, "]": -1, "{": -1, "}": -1, "<": -1, ">": -1 };
  let plain = "";
  for (const character of marked) {
    if (character in at) at[character as keyof typeof at] = plain.length;
    else plain += character;
  }
  const text = Text.of(plain.split("\n"));
  const range = (from: number, to: number) => (from < 0 ? null : { from, to });
  const marks = {
    passages: [range(at["["], at["]"])].filter((passage) => passage !== null),
    ghost: range(at["{"], at["}"]),
    selection: range(at["<"], at[">"]),
    matches: [],
    focus: null,
  };
  return layout
    .visibleRows(text, { line: 1, row: 0 }, width, 99)
    .map((row) => spell(rowSpans(text, row, marks)));
}

function spell(spans: readonly Span[]): string {
  return spans.map(({ text, style }) => (style === "text" ? text : `${style}:${text}`)).join("|");
}

describe("rowSpans", () => {
  test.each([
    ["plain", ["plain"]],
    ["", [""]],
    ["The [cat] sat", ["The |model:cat| sat"]],
    ["The cat{ sat}", ["The cat|ghost: sat"]],
    ["The <cat> sat", ["The |text+selection:cat| sat"]],
    ["a [b <c] d> e", ["a |model:b |model+selection:c|text+selection: d| e"]],
    ["# The [sea]\n#no", ["heading+text:# The |heading+model:sea", "#no"]],
    ["one <\n\n>two", ["one |text+selection: ", "text+selection: ", "two"]],
    ["one<\n>two", ["one|text+selection: ", "two"]],
    ["a\tb", ["a   b"]],
    ["\x1b[31mred", ["␛31mred"]],
    ["trailing   ", ["trailing"]],
    ["trailing<  > ", ["trailing|text+selection:  "]],
    ["[e{\u0301]x}", ["model:e\u0301|ghost:x"]],
  ])("%j", (marked, expected) => {
    expect(rows(marked)).toEqual(expected);
  });

  test("spaces that hang over a row's end are not painted, unless they are selected", () => {
    expect(rows("The cat sat", 7)).toEqual(["The cat", "sat"]);
    expect(rows("The <cat s>at", 7)).toEqual(["The |text+selection:cat ", "text+selection:s|at"]);
  });

  test("a heading stays one on its later rows", () => {
    expect(rows("# The sea\nand", 6)).toEqual(["heading+text:# The", "heading+text:sea", "and"]);
  });

  test("paints what is there, whatever the marks", () => {
    const range = fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]) => ({ from, to: from + length }));
    fc.assert(
      fc.property(
        fc.array(anyText, { minLength: 1, maxLength: 4 }),
        range,
        range,
        fc.nat(60),
        (lines, a, b, gap) => {
          const text = Text.of(lines);
          const passages = [a, { from: a.to + gap + 1, to: a.to + gap + 6 }];
          for (const row of layout.visibleRows(text, { line: 1, row: 0 }, 20, 99)) {
            const spans = rowSpans(text, row, {
              passages,
              ghost: null,
              selection: b,
              matches: [b],
              focus: a,
            });
            const shown = visible(text.sliceString(row.from, row.to));
            const painted = spans.map((span) => span.text).join("");
            expect(painted.trimEnd()).toBe(expandTabs(shown).trimEnd());
            expect(painted).not.toContain("\t");
            for (const [index, span] of spans.entries()) {
              expect(span.text).not.toBe("");
              expect(span.style).not.toBe(spans[index + 1]?.style);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

function expandTabs(text: string): string {
  const [first = "", ...rest] = text.split("\t");
  return rest.reduce((done, part) => `${done}${" ".repeat(4 - (cellWidth(done) % 4))}${part}`, first);
}

describe("composeDisplay", () => {
  const story = Text.of(["The cat sat.", "It slept."]);

  test("a continuation stands at its place and moves what follows", () => {
    const display = composeDisplay(story, { at: 12, to: 12, text: " And then\nit" });
    expect(display.text.toString()).toBe("The cat sat. And then\nit\nIt slept.");
    expect(display.ghost).toEqual({ from: 12, to: 24 });
    expect([0, 12, 13, 22].map(display.toDisplay)).toEqual([0, 12, 25, 34]);
    expect([0, 12, 13, 23, 24, 25, 34].map(display.toStory)).toEqual([0, 12, 12, 12, 12, 13, 22]);
  });

  test("a rewrite stands instead of the passage", () => {
    const display = composeDisplay(story, { at: 4, to: 7, text: "tiger" });
    expect(display.text.toString()).toBe("The tiger sat.\nIt slept.");
    expect([4, 5, 6, 7, 8].map(display.toDisplay)).toEqual([4, 4, 4, 9, 10]);
    expect([4, 5, 8, 9, 10].map(display.toStory)).toEqual([4, 4, 4, 7, 8]);
  });

  test("without a ghost it is the story itself", () => {
    const display = composeDisplay(story, null);
    expect(display.text).toBe(story);
    expect(display.toStory(display.toDisplay(7))).toBe(7);
  });

  test("a ghost outside the story is our mistake", () => {
    expect(() => composeDisplay(story, { at: 5, to: 99, text: "x" })).toThrow("5 to 99");
  });

  test("a position of the story outside the ghost's place is found again", () => {
    fc.assert(
      fc.property(fc.nat(22), fc.nat(22), fc.string(), fc.nat(22), (a, b, text, pos) => {
        const [at, to] = [Math.min(a, b), Math.max(a, b)];
        const display = composeDisplay(story, { at, to, text });
        const expected = pos <= at || pos >= to ? pos : at;
        // An empty ghost in place of a passage leaves nothing between its two ends.
        if (text === "" && pos >= to) expect([at, pos]).toContain(display.toStory(display.toDisplay(pos)));
        else expect(display.toStory(display.toDisplay(pos))).toBe(expected);
      }),
    );
  });
});
