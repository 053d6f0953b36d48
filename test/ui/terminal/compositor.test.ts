import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Span } from "../../../src/ui/rows.ts";
import { eachCluster, isUnsupported } from "../../../src/ui/terminal/clusters.ts";
import { createCompositor } from "../../../src/ui/terminal/compositor.ts";
import { cellWidth, visible } from "../../../src/ui/terminal/widths.ts";
import { createTheme, groundSgr, pageSgr, type Theme } from "../../../src/ui/theme.ts";
import { createScreen } from "../../pty/screen.ts";

const THEME = createTheme("dark", 24);
const PAINTED = createTheme("paper", 24, { painted: true });

/** A terminal that remembers what was written, and may stall. */
function fakeOutput() {
  const written: string[] = [];
  const drains: (() => void)[] = [];
  const output = {
    writableNeedDrain: false,
    write: (text: string) => written.push(text),
    on: (_event: "drain", listener: () => void) => drains.push(listener),
  };
  return {
    output,
    written,
    last: () => written.at(-1) ?? "",
    drain() {
      output.writableNeedDrain = false;
      for (const drain of drains) drain();
    },
  };
}

function setUp(columns: number, rows: number, theme = THEME) {
  const fake = fakeOutput();
  const compositor = createCompositor({
    output: fake.output,
    columns,
    rows,
    sgr: pageSgr(theme),
    ground: groundSgr(theme),
  });
  return { ...fake, compositor };
}

const plain = (text: string): Span[] => [{ text, style: "text" }];
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const PROSE = "The harbour lay silver under the moon and nobody walked there now";

describe("one frame", () => {
  test("a key in the middle of a row rewrites the rest of that row alone", () => {
    const { compositor, last } = setUp(120, 40);
    const rect = { x: 0, y: 1, width: 90, height: 38 } as const;
    const rows = Array.from({ length: 38 }, () => plain(`     ${PROSE}`));
    compositor.paint({ rect, rows, cursor: { x: 20, y: 10 } });
    const full = Buffer.byteLength(last());
    const changed = plain(`     ${PROSE.replace("lay", "layx")}`);
    compositor.paint({
      rect,
      rows: rows.map((row, y) => (y === 9 ? changed : row)),
      cursor: { x: 21, y: 10 },
    });
    expect(last()).toBe(
      `\x1b[?2026h\x1b[?25l\x1b[11;21H${PROSE.replace("lay", "layx").slice(15)}\x1b[11;22H\x1b[?25h\x1b[?2026l`,
    );
    expect(Buffer.byteLength(last())).toBeLessThan(200);
    expect(full).toBeLessThan(6 * 1024);
  });

  test("a moved cursor moves the cursor, and the same frame again writes nothing", () => {
    const { compositor, written } = setUp(40, 5);
    const rect = { x: 0, y: 0, width: 40, height: 5 } as const;
    compositor.paint({ rect, rows: [plain("abc")], cursor: { x: 0, y: 0 } });
    compositor.paint({ rect, rows: [plain("abc")], cursor: { x: 2, y: 0 } });
    compositor.paint({ rect, rows: [plain("abc")], cursor: { x: 2, y: 0 } });
    expect(written.slice(1)).toEqual(["\x1b[1;3H\x1b[?25h"]);
  });

  test("a shorter row erases exactly what stood there", () => {
    const { compositor, last } = setUp(40, 5);
    const rect = { x: 0, y: 0, width: 40, height: 5 } as const;
    compositor.paint({ rect, rows: [plain("abcdef")], cursor: null });
    compositor.paint({ rect, rows: [plain("abc")], cursor: null });
    expect(last()).toContain("\x1b[1;4H\x1b[3X");
  });
});

describe("Ink's frames", () => {
  const rect = { x: 0, y: 1, width: 10, height: 2 } as const;

  test("surround the page, and a row in which Ink drew over the page is Ink's", async () => {
    const { compositor, written } = setUp(20, 4);
    const screen = createScreen(20, 4);
    compositor.inkOutput.write(`TITLE\n${" ".repeat(12)}controls\n  dialog\nstatus`);
    compositor.paint({ rect, rows: [plain("one"), plain("two")], cursor: { x: 3, y: 1 } });
    await settled();
    await screen.write(written.join(""));
    expect(screen.rows()).toEqual(["TITLE", "one         controls", "  dialog", "status"]);
    compositor.inkOutput.write(`TITLE\n${" ".repeat(12)}controls\n\nstatus 2`);
    await settled();
    await screen.write(written.splice(0).join(""));
    expect(screen.rows()).toEqual(["TITLE", "one         controls", "two", "status 2"]);
    expect(screen.cursor()).toEqual({ x: 3, y: 1 });
    compositor.paint({ rect: null, rows: [], cursor: null });
    await screen.write(written.splice(0).join(""));
    expect(screen.rows()).toEqual(["TITLE", "            controls", "", "status 2"]);
  });

  test("a row as wide as the screen keeps its last character", async () => {
    const { compositor, written } = setUp(8, 2);
    const screen = createScreen(8, 2);
    compositor.inkOutput.write("12345678\nabc");
    await settled();
    compositor.inkOutput.write("87654321\nabc");
    await settled();
    await screen.write(written.join(""));
    expect(screen.rows()).toEqual(["87654321", "abc"]);
  });

  test("are drawn on the painted ground, their own colours excepted", async () => {
    const { compositor, written } = setUp(12, 2, PAINTED);
    const screen = createScreen(12, 2);
    compositor.inkOutput.write("a\x1b[44m\x1b[31mb\x1b[39mc\x1b[49md\n");
    await settled();
    await screen.write(written.join(""));
    const seen = [0, 1, 2, 3, 8].map((x) => {
      const { colour, background } = screen.look(x, 0);
      return [colour, background];
    });
    const [ink, paper] = ["#33291c", "#f6efdf"];
    expect(seen).toEqual([
      [ink, paper],
      [1, 4],
      [ink, 4],
      [ink, paper],
      [null, paper],
    ]);
    expect(screen.look(3, 1).background).toBe(paper);
  });

  test("Ink learns of a new size", () => {
    const { compositor } = setUp(8, 2);
    const sizes: unknown[] = [];
    compositor.inkOutput.on("resize", () =>
      sizes.push([compositor.inkOutput.columns, compositor.inkOutput.rows]),
    );
    compositor.resize(9, 3);
    expect(sizes).toEqual([[9, 3]]);
  });
});

describe("a terminal in trouble", () => {
  const rect = { x: 0, y: 0, width: 10, height: 1 } as const;

  test("a stalled one is sent nothing, and the last frame when it has caught up", () => {
    const { compositor, output, written, drain } = setUp(10, 1);
    compositor.paint({ rect, rows: [plain("a")], cursor: null });
    output.writableNeedDrain = true;
    for (const text of ["ab", "abc", "abcd"]) compositor.paint({ rect, rows: [plain(text)], cursor: null });
    expect(written).toHaveLength(1);
    drain();
    expect(written).toHaveLength(2);
    expect(written[1]).toContain("bcd");
    drain();
    expect(written).toHaveLength(2);
  });

  test("one that was given back is not written to", async () => {
    const { compositor, written } = setUp(10, 1);
    compositor.off = true;
    compositor.paint({ rect, rows: [plain("a")], cursor: null });
    compositor.inkOutput.write("chrome");
    await settled();
    expect(written).toEqual([]);
    compositor.off = false;
    compositor.invalidate();
    compositor.paint({ rect, rows: [plain("a")], cursor: null });
    expect(written[0]).toContain("\x1b[2J");
  });
});

const pieces = [
  ..."ab c",
  "日",
  "本",
  "é",
  "e\u0301",
  "👍🏽",
  "👨‍👩‍👧",
  "🇩🇪",
  "❤️",
  "क्ष",
  "ก็",
  "\x1b[31m",
  "\x07",
  "\u200b",
  "\u0301",
  "각",
];
const styles = ["text", "model", "ghost", "heading+text", "text+selection", "model+selection"] as const;
const span = fc.record({
  text: fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => visible(parts.join(""))),
  style: fc.constantFrom(...styles),
});
const row = fc.array(span, { maxLength: 4 });
const step = fc.record({
  rows: fc.array(row, { maxLength: 5 }),
  width: fc.integer({ min: 6, max: 24 }),
  size: fc.option(
    fc.record({ columns: fc.integer({ min: 6, max: 24 }), rows: fc.integer({ min: 3, max: 7 }) }),
  ),
  chrome: fc.boolean(),
});

test.each([
  ["the terminal's ground", THEME],
  ["a painted ground", PAINTED],
])("whatever was painted before, every character stands in its column in its style: %s", async (_, theme) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const { compositor, written } = setUp(24, 6, theme);
      const screen = createScreen(24, 6);
      let size = { columns: 24, rows: 6 };
      for (const [index, { rows, width, size: newSize, chrome }] of steps.entries()) {
        if (newSize) {
          size = newSize;
          screen.resize(size.columns, size.rows);
          compositor.resize(size.columns, size.rows);
        }
        const pageWidth = Math.min(width, size.columns);
        const rect = { x: 0, y: 1, width: pageWidth, height: size.rows - 2 } as const;
        const title = chrome ? `title ${index}`.slice(0, size.columns) : "";
        compositor.inkOutput.write(`${title}\n`);
        compositor.paint({ rect, rows, cursor: { x: index % size.columns, y: 0 } });
        await settled();
        await screen.write(written.splice(0).join(""));
        expect(screen.rows()[0]).toBe(title);
        expect(screen.rows()[size.rows - 1]).toBe("");
        expect(screen.cursor()).toEqual({ x: index % size.columns, y: 0 });
        for (let y = 0; y < size.rows - 2; y++)
          expectRow(screen, y + 1, rows[y] ?? [], { width: pageWidth, columns: size.columns, theme });
      }
    }),
    { numRuns: 100 },
  );
});

/** Checks the characters whose width is beyond doubt, their looks, and that nothing stands behind the row's end. */
function expectRow(
  screen: ReturnType<typeof createScreen>,
  y: number,
  spans: readonly Span[],
  { width, columns, theme }: { readonly width: number; readonly columns: number; readonly theme: Theme },
): void {
  const text = spans.map(({ text }) => text).join("");
  let end = 0;
  eachCluster(text, (from, to, cells, column) => {
    if (column + cells > width) return false;
    end = column + cells;
    const cluster = text.slice(from, to);
    if (cluster.length === 1 && cells === 1) {
      expect(screen.cell(column, y) || " ", `column ${column} of ${JSON.stringify(text)}`).toBe(
        isUnsupported(cluster) ? `◌${cluster}` : cluster,
      );
      expect(screen.look(column, y)).toMatchObject(lookAt(theme, spans, from));
    } else if (cells === 2 && cluster.length === 1) {
      expect(screen.cell(column, y)).toBe(cluster);
    }
    return true;
  });
  for (let x = end; x < columns; x++) {
    expect(screen.cell(x, y).trim(), `cell ${x} behind ${JSON.stringify(text)}`).toBe("");
    expect(screen.look(x, y).background).toBe(theme.ground?.background.hex ?? null);
  }
}

function lookAt({ ground, looks }: Theme, spans: readonly Span[], offset: number) {
  let end = 0;
  const found = spans.find(({ text }) => {
    end += text.length;
    return offset < end;
  });
  const layers = found?.style.split("+") ?? [];
  return {
    bold: layers.includes("heading"),
    italic: layers.includes("model") || layers.includes("ghost"),
    dim: false,
    colour:
      (layers.includes("model") ? looks.model : layers.includes("ghost") ? looks.ghost : ground)?.colour
        ?.hex ?? null,
    background: (layers.includes("selection") ? looks.selection : ground)?.background?.hex ?? null,
  };
}

test("the widths in these tests are what they seem", () => {
  expect(cellWidth("日本")).toBe(4);
  expect(cellWidth("👨‍👩‍👧")).toBe(2);
});
