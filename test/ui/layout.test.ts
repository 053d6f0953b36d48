import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLayout } from "../../src/ui/layout.ts";
import { isAbove, type Place } from "../../src/ui/place.ts";
import { cellWidth, visible } from "../../src/ui/terminal/widths.ts";
import { createWrapCache } from "../../src/ui/wrap-cache.ts";
import { anyText } from "./terminal/texts.ts";

/** A text written with the cursor in it: `The |cat`; a paragraph a line. */
function page(marked: string) {
  const pos = marked.indexOf("|");
  return { text: Text.of(marked.replace("|", "").split("\n")), pos };
}

/** The same notation back. */
function mark(text: Text, pos: number): string {
  return `${text.sliceString(0, pos)}|${text.sliceString(pos)}`;
}

const layout = createLayout();
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
/** `The cat sat on the / mat and purred.` and `Then it slept.` in 19 cells. */
const WIDTH = 19;
const STORY = "The cat sat on the mat and purred.\nThen it slept.";

describe("locate", () => {
  test.each([
    ["|The cat sat on the mat and purred.\nThen it slept.", 1, 0, 0],
    ["The cat| sat on the mat and purred.\nThen it slept.", 1, 0, 7],
    ["The cat sat on the |mat and purred.\nThen it slept.", 1, 1, 0],
    ["The cat sat on the mat and purred.|\nThen it slept.", 1, 1, 15],
    ["The cat sat on the mat and purred.\nThen it slept.|", 2, 0, 14],
  ])("%j", (marked, line, row, column) => {
    const { text, pos } = page(marked);
    expect(layout.locate(text, pos, WIDTH)).toEqual({ line, row, column });
  });

  test("at a row's end, if asked for", () => {
    const { text, pos } = page("The cat sat on the |mat");
    expect(layout.locate(text, pos, WIDTH, -1)).toEqual({ line: 1, row: 0, column: 19 });
  });

  test("the column of a hanging space is the row's edge", () => {
    const { text, pos } = page("The cat    |");
    expect(layout.locate(text, pos, 7)).toEqual({ line: 1, row: 0, column: 7 });
  });

  test("columns count cells", () => {
    const { text, pos } = page("a日👨‍👩‍👧e\u0301\x1b|b");
    expect(layout.locate(text, pos, 40).column).toBe(1 + 2 + 2 + 1 + 1);
  });
});

describe("positionAt", () => {
  test.each([
    [1, 0, 0, "|The cat"],
    [1, 0, 3, "The| cat"],
    [1, 0, 99, "The cat sat on the| mat"],
    [1, 1, 99, "purred.|"],
    [2, 0, 99, "slept.|"],
    [9, 9, 99, "slept.|"],
  ])("line %i, row %i, column %i: %j", (line, row, column, around) => {
    const { text } = page(`${STORY}|`);
    const pos = layout.positionAt(text, { line, row }, column, WIDTH);
    expect(mark(text, pos)).toContain(around);
  });

  test("goes to the nearer side of a wide character", () => {
    const text = Text.of(["日本"]);
    expect([0, 1, 2, 3, 4].map((column) => layout.positionAt(text, { line: 1, row: 0 }, column, 9))).toEqual([
      0, 0, 1, 1, 2,
    ]);
  });
});

describe("visualMove", () => {
  test.each([
    [
      "The cat sat| on the mat and purred.\nThen it slept.",
      1,
      "The cat sat on the mat and pur|red.\nThen it slept.",
    ],
    [
      "The cat sat on the mat and pur|red.\nThen it slept.",
      1,
      "The cat sat on the mat and purred.\nThen it sle|pt.",
    ],
    [
      "The cat sat on the mat and purred.\nThen it sle|pt.",
      -2,
      "The cat sat| on the mat and purred.\nThen it slept.",
    ],
    [
      "The cat sat| on the mat and purred.\nThen it slept.",
      -1,
      "|The cat sat on the mat and purred.\nThen it slept.",
    ],
    [
      "The cat sat on the mat and purred.\nThen| it slept.",
      1,
      "The cat sat on the mat and purred.\nThen it slept.|",
    ],
  ])("%j by %i", (before, delta, after) => {
    const { text, pos } = page(before);
    expect(mark(text, layout.visualMove(text, pos, delta, null, WIDTH).pos)).toBe(after);
  });

  test("the goal column outlives a short line", () => {
    const { text, pos } = page("a long line|\n\nanother line");
    const first = layout.visualMove(text, pos, 1, null, 40);
    expect(first).toEqual({ pos: 12, goalColumn: 11 });
    expect(layout.visualMove(text, first.pos, 1, first.goalColumn, 40).pos).toBe(24);
  });
});

test("rowBounds: Home and End stay in their row", () => {
  const { text, pos } = page("The cat sat| on the mat and purred.");
  const { from, to } = layout.rowBounds(text, pos, WIDTH);
  expect([mark(text, from), mark(text, to)]).toEqual([
    "|The cat sat on the mat and purred.",
    "The cat sat on the| mat and purred.",
  ]);
  expect(layout.rowBounds(text, to, WIDTH)).toEqual({ from, to });
});

const paragraphs = fc.array(anyText, { minLength: 1, maxLength: 6 });
const width = fc.integer({ min: 2, max: 24 });

test("locate and positionAt are each other's inverse, and rows cover the text", () => {
  fc.assert(
    fc.property(paragraphs, width, fc.nat(), (lines, width, seed) => {
      const text = Text.of(lines);
      const pos = seed % (text.length + 1);
      const place = layout.locate(text, pos, width);
      const back = layout.positionAt(text, place, place.column, width);
      const row = layout.visibleRows(text, place, width, 1)[0];
      expect(row?.from).toBeLessThanOrEqual(pos);
      expect(row?.to).toBeGreaterThanOrEqual(pos);
      // At the edge the column stands for all hanging spaces, and inside a character there is no column.
      const line = text.lineAt(pos);
      const isBoundary = [...segmenter.segment(visible(line.text))].some(
        ({ index }) => index === pos - line.from,
      );
      const whole = cellWidth(text.sliceString(row?.from ?? 0, pos));
      if (whole < width && isBoundary) expect(layout.locate(text, back, width)).toEqual(place);

      const rows = layout.visibleRows(text, { line: 1, row: 0 }, width, 10_000);
      expect(rows[0]?.from).toBe(0);
      expect(rows.at(-1)?.to).toBe(text.length);
      for (const [index, next] of rows.slice(1).entries()) {
        const above = rows[index];
        expect(next.from).toBe((above?.to ?? 0) + (above?.line === next.line ? 0 : 1));
        expect(layout.step(text, above ?? next, 1, width)).toEqual({ line: next.line, row: next.row });
        expect(layout.step(text, next, -1, width)).toEqual({ line: above?.line, row: above?.row });
      }
    }),
    { numRuns: 300 },
  );
});

test("scrollTo shows the position, keeps still when it can, and never scrolls further than it must", () => {
  const inputs = fc.record({
    lines: paragraphs,
    width,
    height: fc.integer({ min: 1, max: 12 }),
    margin: fc.nat(4),
    seeds: fc.tuple(fc.nat(), fc.nat()),
  });
  fc.assert(
    fc.property(inputs, ({ lines, width, height, margin, seeds }) => {
      const text = Text.of(lines);
      const all = layout.visibleRows(text, { line: 1, row: 0 }, width, 10_000);
      const index = (place: Place) =>
        all.findIndex((row) => row.line === place.line && row.row === place.row);
      const top = seeds[0] % all.length;
      const pos = seeds[1] % (text.length + 1);
      const here = index(layout.locate(text, pos, width));
      const kept = Math.min(margin, Math.floor((height - 1) / 2));
      const scrolled = index(
        layout.scrollTo(text, all[top] ?? { line: 1, row: 0 }, pos, width, height, margin),
      );
      const fits = (first: number) =>
        here >= (first === 0 ? 0 : first + kept) &&
        here < first + height - (first + height >= all.length ? 0 : kept);
      expect(fits(scrolled)).toBe(true);
      if (fits(top)) expect(scrolled).toBe(top);
      else if (scrolled > top) expect(fits(scrolled - 1)).toBe(false);
      else expect(fits(scrolled + 1)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test("a top row that no longer exists is mended", () => {
  const text = Text.of(["short"]);
  expect(layout.visibleRows(text, { line: 7, row: 3 }, 10, 5)).toEqual([{ line: 1, row: 0, from: 0, to: 5 }]);
  expect(layout.scrollTo(text, { line: 7, row: 3 }, 2, 10, 5)).toEqual({ line: 1, row: 0 });
});

describe("work", () => {
  const lines = Array.from(
    { length: 2000 },
    (_, line) => `${line} ${"the lantern harbour silver ".repeat(20)}`,
  );

  test("a page wraps what it shows, a key one paragraph", () => {
    const counted = createLayout();
    let text = Text.of(lines);
    const pos = text.line(1000).from + 50;
    const top = counted.scrollTo(text, { line: 995, row: 0 }, pos, 60, 30, 2);
    counted.visibleRows(text, top, 60, 30);
    const before = counted.wrappedParagraphs;
    expect(before).toBeLessThan(40);
    text = text.replace(pos, pos, Text.of(["x"]));
    counted.scrollTo(text, top, pos + 1, 60, 30, 2);
    counted.visibleRows(text, top, 60, 30);
    counted.locate(text, pos + 1, 60);
    expect(counted.wrappedParagraphs).toBe(before + 1);
  });

  test("the cache forgets what was not asked for, and is bounded", () => {
    const cache = createWrapCache(1000);
    const texts = Array.from({ length: 100 }, (_, index) => `${index} `.repeat(30));
    for (const text of texts) cache.rowsOf(text, 20);
    expect(cache.wrapped).toBe(100);
    cache.rowsOf(texts[99] ?? "", 20);
    expect(cache.wrapped).toBe(100);
    cache.rowsOf(texts[0] ?? "", 20);
    expect(cache.wrapped).toBe(101);
    cache.rowsOf(texts[0] ?? "", 30);
    expect(cache.wrapped).toBe(102);
  });
});

test("isAbove orders rows", () => {
  expect(isAbove({ line: 1, row: 5 }, { line: 2, row: 0 })).toBe(true);
  expect(isAbove({ line: 2, row: 0 }, { line: 2, row: 0 })).toBe(false);
});
