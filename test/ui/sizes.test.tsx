import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { geometry, SMALLEST } from "../../src/ui/geometry.ts";
import type { Model } from "../../src/ui/model.ts";
import { mountApp } from "../../src/ui/mount.tsx";
import { pageCursor } from "../../src/ui/page.ts";
import { createPainter } from "../../src/ui/painter.ts";
import { createCompositor } from "../../src/ui/terminal/compositor.ts";
import { createTheme, pageSgr } from "../../src/ui/theme.ts";
import { createScreen } from "../pty/screen.ts";
import { Desk } from "./desk.ts";

const STORY = `# The Lamp\n\n${"The keeper climbed the stairs and it was dark. ".repeat(30)}|\n\n## Two\n\nThe end.`;

/** What may be open, by the keys that a writer would press. */
const STATES: Readonly<Record<string, (desk: Desk) => Desk>> = {
  "the story alone": (desk) => desk,
  streaming: (desk) => desk.press("tab").begin().stream(" and the light went out over the bay"),
  offered: (desk) => desk.press("tab").answer(" and the light went out."),
  "several choices": (desk) => desk.press("tab").answer(" one", " two", " three"),
  rewriting: (desk) => desk.press("alt+s", "alt+s", "ctrl+r").answer("dim", "black as a stove", "night"),
  controls: (desk) => desk.press("ctrl+t", "down", "down"),
  help: (desk) => desk.press("f1", "down", "down"),
  "save as": (desk) => desk.press("f2"),
  palette: (desk) => desk.press("ctrl+p", "s", "e"),
  history: (desk) => desk.type("One two three. ").press("ctrl+z", "f5", "down"),
  outline: (desk) => desk.press("ctrl+g", "down"),
  counts: (desk) => desk.press("alt+=", "down"),
  themes: (desk) => desk.press("f9", "down"),
  find: (desk) => desk.press("ctrl+f").type("the"),
  "x-ray": (desk) => desk.press("alt+x"),
  "x-ray and search": (desk) => desk.press("alt+x", "ctrl+f").type("the"),
  sentences: (desk) => desk.press("alt+o", "down"),
  alternatives: (desk) => desk.press("alt+n", "down"),
  replace: (desk) => desk.press("ctrl+f").type("the").press("tab").type("a longer thing"),
  "find and offered": (desk) => desk.press("tab").answer(" a", " b", " c").press("ctrl+f").type("it"),
};

const DIALOGS: readonly (Model["dialog"] | undefined)[] = [
  undefined,
  undefined,
  { kind: "welcome" },
  { kind: "changedOnDisk", path: "tale.md", quitting: false },
  { kind: "saveFailed", message: `the disk is full: ${"x".repeat(120)}` },
  { kind: "saveAs", input: "a-very-long-name/".repeat(12), afterwards: "stay" },
];

const NOTICES: readonly Model["notice"][] = [
  null,
  { kind: "info", text: "saved" },
  {
    kind: "warning",
    text: "open in another Inkwright (process 30594): read only; F2 saves a copy".repeat(2),
  },
];

/** The screen as a terminal shows it, and the cursor. */
async function shown(model: Model, desk: Desk) {
  const { columns, rows } = model;
  const screen = createScreen(columns, rows);
  let pending: Promise<void> = Promise.resolve();
  const output = {
    writableNeedDrain: false,
    write: (text: string) => {
      pending = pending.then(() => screen.write(text));
    },
    on: () => {},
  };
  const theme = createTheme("dark", 24);
  const compositor = createCompositor({ output, columns, rows, sgr: pageSgr(theme) });
  const studio = { subscribe: () => () => {}, snapshot: () => model };
  const app = mountApp({ studio, theme, layout: desk.layout, compositor });
  createPainter(compositor, desk.layout)(model);
  await new Promise((resolve) => setImmediate(resolve));
  await pending;
  const seen = { rows: screen.rows(), cursor: screen.cursor() };
  compositor.off = true;
  app.unmount();
  screen.close();
  return seen;
}

const situation = fc.record({
  columns: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 300 })),
  rows: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 100 })),
  state: fc.constantFrom(...Object.keys(STATES)),
  dialog: fc.constantFrom(...DIALOGS),
  notice: fc.constantFrom(...NOTICES),
});

describe("at any size, whatever is open", () => {
  it("the parts fill the screen exactly, and the page keeps three rows of eight or more", () => {
    fc.assert(
      fc.property(situation, ({ columns, rows, state, dialog, notice }) => {
        const desk = STATES[state]?.(new Desk(STORY, { columns, rows })) ?? new Desk("");
        const model = { ...desk.model, notice, ...(dialog === undefined ? {} : { dialog }) };
        const places = geometry(model);
        const { page, panel, controls, choices, find, status, tooSmall } = places;
        expect(tooSmall).toBe(columns < SMALLEST.columns || rows < SMALLEST.rows);
        if (tooSmall) return;
        const below = panel.width === columns ? panel.height : 0;
        expect(1 + page.height + choices + below + places.legend + find + places.dialog + status).toBe(rows);
        if (rows >= 8) expect(page.height).toBeGreaterThanOrEqual(3);
        if (panel.width < columns) expect(page.width + controls + panel.width).toBe(columns);
        if (rows >= 12 && model.panel && !dialog && !model.notice)
          expect(panel.height).toBeGreaterThanOrEqual(6);
        if (page.width >= 24) expect(places.margin + places.textWidth).toBeLessThanOrEqual(page.width);
        const cursor = pageCursor(model, desk.layout);
        if (cursor) {
          expect(cursor.x).toBeLessThan(columns);
          expect(cursor.y).toBeGreaterThan(0);
          expect(cursor.y).toBeLessThan(rows);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("the terminal shows title, page and foot where they belong, nothing over another, nothing scrolled", async () => {
    await fc.assert(
      fc.asyncProperty(situation, async ({ columns, rows, state, dialog, notice }) => {
        const desk = STATES[state]?.(new Desk(STORY, { columns, rows })) ?? new Desk("");
        const model = { ...desk.model, notice, ...(dialog === undefined ? {} : { dialog }) };
        const seen = await shown(model, desk);
        expect(seen.rows).toHaveLength(rows);
        if (geometry(model).tooSmall) {
          expect(seen.rows.join(" ").replaceAll(/\s+/gu, " ")).toMatch(columns < 9 ? /^\S/u : /^Inkwright/u);
          return;
        }
        const { page, dialog: asked, status, find, panel, choices } = geometry(model);
        expect(seen.rows[0]).toMatch(/^ tale\.md/u);
        const foot = seen.rows.slice(rows - status);
        if (notice?.kind === "warning") expect(foot[0]).toMatch(/^ ! open/u);
        else if (notice) expect(foot[0]).toMatch(/^ saved/u);
        else expect(foot[0]).toMatch(/^ \S/u);
        const question = seen.rows.slice(rows - status - asked, rows - status);
        for (const row of question) expect(row).toMatch(/^ \S|^…|^ …/u);
        if (model.dialog?.kind === "saveFailed" && asked > 0) expect(question.join(" ")).toContain("T try");
        const bar = seen.rows.slice(rows - status - asked - find, rows - status - asked);
        if (find > 0 && !model.panel) expect(bar[0]).toMatch(/^ (?:Find|Replace)/u);
        if (model.panel && panel.height > 1 && !model.dialog) {
          const top = panel.width === columns ? page.y + page.height + choices : page.y;
          const left = panel.width === columns ? 0 : page.width;
          const drawn = seen.rows.slice(top, top + panel.height).map((row) => [...row][left] ?? "");
          expect(drawn).toEqual(Array.from({ length: panel.height }, () => "│"));
        }
        if (model.dialog?.kind === "welcome") expect(seen.rows.join("\n")).toContain("Welcome to");
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it.each([
    ["f2", "Save as: tale.md", 0],
    ["ctrl+p", "Commands › ", 0],
    ["ctrl+f", "Find    › ", 0],
    ["alt+=", "▸ ", -2],
    ["ctrl+t", "▸temperature", -12],
  ])("%s puts the cursor where typing goes or what is chosen stands", async (key, label, back) => {
    for (const [columns, rows] of [
      [40, 12],
      [80, 24],
      [200, 60],
    ] as const) {
      const desk = new Desk("One two.|", { columns, rows }).press(key);
      const seen = await shown(desk.model, desk);
      const y = seen.rows.findIndex((row) => row.includes(label.trimEnd()));
      const x = (seen.rows[y] ?? "").indexOf(label.trimEnd()) + label.length + back;
      expect([columns, seen.cursor]).toEqual([columns, { x, y }]);
    }
  });
});
