import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clusterRun, eachCluster } from "../../../src/ui/terminal/clusters.ts";
import { cellWidth, fitCells, visible } from "../../../src/ui/terminal/widths.ts";
import { createScreen } from "../../pty/screen.ts";
import { anyText } from "./texts.ts";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

function clusters(text: string): string[] {
  const found: string[] = [];
  eachCluster(text, (from, to) => found.push(text.slice(from, to)) > 0);
  return found;
}

describe("cellWidth", () => {
  test.each([
    ["The sea.", 8],
    ["naïve — “so”…", 13],
    ["吾輩は猫", 8],
    ["한국", 4],
    ["e\u0301", 1],
    ["👩🏽‍🚀", 2],
    ["🇩🇪🇫🇷", 4],
    ["❤️", 2],
    ["❤", 1],
    ["1️⃣", 2],
    ["🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2],
    ["क्ष", 2],
    ["𠀀", 2],
    ["\u1112\u1161\u11ab", 2],
    ["Привет", 6],
    ["שלום", 4],
    ["", 0],
  ])("%j takes %i", (text, cells) => {
    expect(cellWidth(text)).toBe(cells);
  });

  test("a tab reaches to the next multiple of four", () => {
    expect(cellWidth("\t")).toBe(4);
    expect(cellWidth("abc\t")).toBe(4);
    expect(cellWidth("abcd\tx")).toBe(9);
    expect(cellWidth("\t", 3)).toBe(1);
  });

  test("a mark with nothing to stand on takes a cell of its own", () => {
    expect(cellWidth("\u0301")).toBe(1);
  });

  test("agrees with a terminal", async () => {
    const screen = createScreen(80, 1);
    for (const text of [
      "日本語",
      "👨‍👩‍👧",
      "e\u0301a",
      "🇩🇪",
      "❤️x",
      "क्ष",
      "각",
      "𝒜𠀀",
      "⌚☀",
      "«»—…“”",
      "␛␀",
      "ﷺ",
    ]) {
      await screen.write(`\x1b[2J\x1b[H${text}`);
      expect(cellWidth(text), text).toBe(screen.cursor().x);
    }
  });
});

test("the clusters of any visible text are those of Intl.Segmenter", () => {
  fc.assert(
    fc.property(anyText.map(visible), (text) => {
      expect(clusters(text)).toEqual([...segmenter.segment(text)].map(({ segment }) => segment));
    }),
    { numRuns: 500 },
  );
});

test("a long run without plain units is cut only between clusters", () => {
  const thai = "ฉันรักการเขียนเรื่องสั้น".repeat(40);
  expect(clusters(thai)).toEqual([...segmenter.segment(thai)].map(({ segment }) => segment));
  expect(clusterRun(thai, 0).at(-1)?.to).toBeLessThan(140);
  const families = "👨‍👩‍👧‍👦".repeat(60);
  expect(clusters(families)).toHaveLength(60);
});

describe("visible", () => {
  test.each([
    ["\x1b[31mred\x07", "␛[31mred␇"],
    ["a\0b\x7f", "a␀b␡"],
    ["line\r", "line␍"],
    ["\x9b31m", "␦31m"],
    ["a\u200bb\ufeff", "a␣b␣"],
    ["soft\u00adhyphen", "soft¬hyphen"],
    ["\u202egnp.exe", "␦gnp.exe"],
    ["\ud83d!", "\ufffd!"],
    ["!\ude00", "!\ufffd"],
    ["a\u200db", "a␣b"],
    ["a\u{e0041}", "a␦␦"],
    ["\u2028", "␦"],
  ])("%j becomes %j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test.each([
    "👩🏽‍🚀",
    "❤️‍🔥",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "می‌خواهم",
    "क्‍ष",
    "tab\there",
    "e\u0301",
    "葛󠄀",
  ])("leaves %j alone", (text) => {
    expect(visible(text)).toBe(text);
  });

  test("keeps every offset, needs no second turn, and leaves nothing that commands a terminal", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = visible(text);
        expect(shown).toHaveLength(text.length);
        expect(visible(shown)).toBe(shown);
        expect(shown).not.toMatch(/[\0-\x08\x0a-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]/);
        expect(Buffer.from(shown, "utf8").toString("utf8")).toBe(shown);
      }),
    );
  });
});

test("fitCells keeps whole characters", () => {
  expect(fitCells("日本語", 5)).toBe("日本");
  expect(fitCells("a👨‍👩‍👧b", 2)).toBe("a");
  expect(fitCells("abc", 3)).toBe("abc");
});
