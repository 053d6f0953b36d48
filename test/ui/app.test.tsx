import { render } from "ink-testing-library";
import { describe, expect, it } from "vitest";
import { App } from "../../src/ui/app.tsx";
import { createKeymap } from "../../src/ui/bindings.ts";
import { CONTROLS, controlLabel } from "../../src/ui/controls.ts";
import { geometry } from "../../src/ui/geometry.ts";
import type { Model } from "../../src/ui/model.ts";
import { createTheme } from "../../src/ui/theme.ts";
import { Desk } from "./desk.ts";

/** The whole screen as text, drawn by Ink without a compositor. */
function screenOf(desk: Desk, changes: Partial<Model> = {}): string {
  const model = { ...desk.model, ...changes };
  const studio = { subscribe: () => () => {}, snapshot: () => model };
  const app = <App studio={studio} theme={createTheme("dark", 0)} layout={desk.layout} composited={false} />;
  const { lastFrame, unmount } = render(app);
  const frame = lastFrame() ?? "";
  unmount();
  return frame;
}

describe("the screen", () => {
  it("shows story, file, words, model and sliders with their values", () => {
    const screen = screenOf(new Desk("The cat sat.|", { columns: 100 }));
    expect(screen).toContain("The cat sat.");
    expect(screen).toContain("tale.md");
    expect(screen).toContain("3 words · paper");
    expect(screen).toMatch(/temperature .*0\.80/u);
    expect(screen).toMatch(/length .*60/u);
    expect(screen).toContain("Tab continue");
  });

  it("says what streams and how to stop it", () => {
    const desk = new Desk("Once|").press("tab").begin().stream(" upon a time");
    const screen = screenOf(desk);
    expect(screen).toContain("Once upon a time");
    expect(screen).toContain("3 tokens");
    expect(screen).toContain("Esc stop");
  });

  it("lists the candidates of a rewrite, best first", () => {
    const desk = new Desk("It was [dark|.").press("ctrl+r").answer("dim", "black as a stove", "night");
    const screen = screenOf(desk);
    expect(screen).toMatch(/▸ 1 dim/u);
    expect(screen).toMatch(/3 night/u);
    expect(screen).toContain("It was dim.");
  });

  it("streams three takes beside each other, with a place for each from the beginning", () => {
    const desk = new Desk("Once|", { columns: 80, choices: 3, showControls: false }).press("tab").begin();
    expect(screenOf(desk)).toMatch(/▸ 1 … +2 … +3 …/u);
    const { page } = geometry(desk.model);
    desk.stream(" upon a time there was a keeper of the lamp,", 0).stream(" a king", 1);
    expect(screenOf(desk)).toMatch(/▸ 1 upon a time there was +2 a king +3 …/u);
    expect(screenOf(desk)).toContain("choices 1 of 3");
    desk.press("alt+down").stream(" in May", 2);
    expect(screenOf(desk)).toMatch(/ {2}1 upon a time there was +▸ 2 a king +3 in May/u);
    expect(screenOf(desk)).toContain("Once a king");
    expect(geometry(desk.model).page).toEqual(page);
  });

  it.each([
    [60, 24, /▸ 1 upon *\n +2 a king/u],
    [30, 24, /Once upon\s/u],
    [80, 11, /Once upon\s/u],
  ])("has takes below each other, or folds them away, at %d by %d", (columns, rows, expected) => {
    const desk = new Desk("Once|", { columns, rows, choices: 3, showControls: false }).press("tab").begin();
    desk.stream(" upon", 0).stream(" a king", 1);
    expect(screenOf(desk)).toMatch(expected);
    expect(screenOf(desk).includes("▸ 1")).toBe(columns >= 36 && rows >= 12);
  });

  it("marks the control that keys move, and explains it", () => {
    const screen = screenOf(new Desk("|", { columns: 100 }).press("ctrl+t", "down"));
    expect(screen).toContain("▸length");
    expect(screen).toContain("tokens to write");
  });

  it.each([
    ["help", { kind: "help", top: 0, query: "" }, "Ctrl+R"],
    ["save as", { kind: "saveAs", input: "new.md", afterwards: "stay" }, "Save as: new.md"],
    ["changed on disk", { kind: "changedOnDisk", path: "tale.md", quitting: false }, "O overwrite"],
    ["failed save", { kind: "saveFailed", message: "the disk is full" }, "the disk is full"],
  ] as const)("asks and explains: %s", (_, dialog, words) => {
    expect(screenOf(new Desk("text|"), { dialog })).toContain(words);
  });

  it.each([40, 50, 60, 80])("cuts no hint in two at %d columns", (columns) => {
    const story = "The keeper climbed the stairs. ".repeat(30);
    const desks = {
      story: new Desk(`${story}|`, { columns }),
      offered: new Desk(`${story}|`, { columns }).press("tab").answer(" and so on"),
      choices: new Desk(`${story}|`, { columns }).press("tab").answer(" one", " two"),
      panel: new Desk(`${story}|`, { columns }).press("ctrl+p"),
      find: new Desk(`${story}|`, { columns }).press("ctrl+f").type("the"),
    };
    for (const [name, desk] of Object.entries(desks)) {
      const rows = screenOf(desk).split("\n");
      expect([name, rows.at(-1)]).toEqual([name, expect.not.stringMatching(/…/u)]);
      expect([name, rows.at(-1)]).toEqual([name, expect.stringMatching(/^ \S.*\d words?/u)]);
    }
  });

  it("names every control in full, and has a bar for each", () => {
    const desk = new Desk("|", { columns: 100, rows: 60 });
    const rows = screenOf(desk).split("\n");
    for (const control of CONTROLS) {
      const label = ` ${controlLabel(control)} `;
      expect([label, rows.some((row) => row.includes(label) && /[━─]{8}/u.test(row))]).toEqual([label, true]);
    }
  });

  it("says all of the help on 40 by 12 cells, in rows that go on", () => {
    const desk = new Desk("|", { columns: 40, rows: 12, keymap: createKeymap("emacs").keymap });
    const words = Array.from({ length: 40 }, (_, page) => {
      const rows = screenOf(desk, { dialog: { kind: "help", top: page * 8, query: "" } }).split("\n");
      return rows.slice(2, 10).map((row) => row.slice(1));
    }).flat();
    const said = words.map((row) => row.replace(/^(?:\S.*?)? {2,}|^ +/u, "").trim()).join(" ");
    for (const { title } of desk.model.keymap.commands) expect(said).toContain(title);
  });

  it.each([
    ["the", "1 of 120"],
    ["nothing like it", "not found"],
    ["", ""],
  ])("cuts nothing in the search for %j on 40 by 12 cells", (typed, expected) => {
    const story = "The keeper climbed the stairs. ".repeat(60);
    const desk = new Desk(`|${story}`, { columns: 40, rows: 12 }).press("ctrl+f").type(typed);
    for (const regex of [false, true]) {
      if (regex) desk.press("alt+r");
      const rows = screenOf(desk).split("\n").slice(-3, -1);
      expect(rows.join()).not.toContain("…");
      expect(rows[0]).toContain(expected);
      expect(rows.join().includes("Alt+Enter")).toBe(expected.includes("of"));
    }
  });

  it.each([
    [200, 60],
    [80, 24],
    [60, 16],
    [40, 12],
    [20, 5],
  ])("fits %d by %d cells, with every pane wanted", (columns, rows) => {
    const desk = new Desk("word ".repeat(400)).press("ctrl+r").answer("one", "two", "three");
    for (const dialog of [
      null,
      { kind: "help", top: 3, query: "" },
      { kind: "saveFailed", message: "x".repeat(90) },
    ] as const) {
      for (const focus of ["story", "controls"] as const) {
        const lines = screenOf(desk, { columns, rows, dialog, focus }).split("\n");
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
      }
    }
  });
});
