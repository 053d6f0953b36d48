import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentText } from "../../src/story/document.ts";
import { fuzzyFilter, fuzzyScore } from "../../src/ui/fuzzy.ts";
import { geometry } from "../../src/ui/geometry.ts";
import { shownDocument } from "../../src/ui/page.ts";
import { PANELS } from "../../src/ui/panels/panels.ts";
import { Desk } from "./desk.ts";

/** The open panel's list, the chosen line in brackets. */
function list(desk: Desk): readonly string[] {
  const { panel } = desk.model;
  if (!panel) throw new Error("no panel is open");
  return PANELS[panel.kind].lines(desk.model, panel.query).map(({ text, prefix = "" }, i) => {
    return i === panel.chosen ? `[${prefix}${text}]` : `${prefix}${text}`;
  });
}

const STORY = "# The Lighthouse\n\nOnce.\n\n## One\n\nShe went down.\n\n## Two\n\nThe lamp| was out.";

describe("the outline", () => {
  it("begins where the cursor is, and the page follows the choice", () => {
    const desk = new Desk(STORY).press("ctrl+g");
    expect(list(desk)).toEqual(["The Lighthouse", "  One", "[  Two]"]);
    desk.press("up");
    expect(desk.page()).toContain("|## One");
    expect(desk.press("enter").page()).toContain("|## One");
    expect(desk.model.panel).toBeNull();
  });

  it("goes back where one was with Esc, and narrows down by what is typed", () => {
    const desk = new Desk(STORY).press("ctrl+g").type("one");
    expect(list(desk)).toEqual(["[  One]"]);
    expect(desk.page()).toContain("|## One");
    expect(desk.press("escape").page()).toBe(STORY);
    expect(desk.effects).toEqual([]);
  });

  it("says so where there are no headings", () => {
    const desk = new Desk("No chapter|").press("ctrl+g", "down", "enter");
    expect(desk.page()).toBe("No chapter|");
  });
});

describe("the palette", () => {
  it("finds commands by their words and runs them", () => {
    const desk = new Desk("one [two|").press("ctrl+p").type("undo");
    expect(list(desk)[0]).toBe("[undo]");
    desk.press("escape", "x", "ctrl+p").type("undo").press("enter");
    expect(desk.page()).toBe("one [two|");
  });

  it("has first what was run last, and nothing that means nothing now", () => {
    const desk = new Desk("one|").press("ctrl+p").type("select everything").press("enter");
    expect(desk.page()).toBe("[one|");
    desk.press("ctrl+p");
    expect(list(desk)[0]).toBe("[select everything]");
    expect(list(desk).join()).not.toContain("accept");
    expect(list(desk).join()).not.toContain("the line above");
  });

  it.each([
    ["typewriter", "keep the cursor in the middle of the page, or not"],
    ["focus", "dim all but the paragraph, the sentence, nothing"],
    ["goal", "the counts: words, chapters, today"],
    ["dark", "Dark: blue on night"],
    ["dusk", "Dusk: warm on dark"],
    ["theme", "the themes: colours of the screen"],
    ["search", "find and replace"],
    ["exit", "save and quit"],
    ["shrinksel", "select less again"],
    ["save", "save"],
  ])("finds by %j: %s", (typed, title) => {
    expect(list(new Desk("one|").press("ctrl+p").type(typed))[0]).toBe(`[${title}]`);
  });

  it("takes a theme by its name", () => {
    const desk = new Desk("one|").press("ctrl+p").type("dusk").press("enter");
    expect(desk.model.theme).toBe("dusk");
    expect(desk.effects).toEqual([{ type: "remember", key: "theme", value: "dusk" }]);
    expect(desk.press("ctrl+p").model.panel?.query).toBe("");
    expect(list(desk).join()).not.toContain("Dusk");
  });

  it.each([80, 100, 120])("has room for every command and its key on %i columns", (columns) => {
    const desk = new Desk("one|", { columns }).press("ctrl+p");
    const { width } = geometry(desk.model).panel;
    for (const { text, detail = "" } of PANELS.palette.lines(desk.model, ""))
      expect(`▸ ${text} ${detail}`.length, text).toBeLessThanOrEqual(width - 3);
  });

  it("opens from the controls and over another list, and closes with its own key", () => {
    const desk = new Desk(STORY).press("ctrl+t", "ctrl+p");
    expect(desk.model.panel?.kind).toBe("palette");
    expect(desk.press("ctrl+g").model.panel?.kind).toBe("outline");
    expect(desk.press("ctrl+p", "ctrl+p").model.panel).toBeNull();
    expect(desk.page()).toBe(STORY);
  });
});

describe("the history", () => {
  /** Three ways from one beginning: “one two”, then back and “one three four”, then back and “one five”. */
  function written(): Desk {
    const desk = new Desk("|");
    for (const words of ["one ", "two"]) desk.type(words).wait(5000);
    desk.press("ctrl+z").type("three ").wait(5000).type("four").wait(5000);
    return desk.press("ctrl+z", "ctrl+z").type("five").wait(5000);
  }

  it("shows every branch, the way that redo takes leftmost", () => {
    const desk = written().press("f5");
    expect(list(desk)).toEqual(["[● five]", "│ ● four", "│ ● three", "│ ● two", "● one"]);
  });

  it("previews on the page, without a word to anybody, and goes back with Esc", () => {
    const desk = written();
    const [page, before] = [desk.page(), desk.effects.length];
    desk.press("f5", "down", "down", "down");
    expect(documentText(shownDocument(desk.model))).toBe("one two");
    expect(desk.text()).toBe("one five");
    desk.rest();
    expect(desk.effects).toHaveLength(before);
    expect(desk.press("escape").page()).toBe(page);
  });

  it("jumps to the chosen one, records that, and loses nothing", () => {
    const desk = written().press("f5").type("four").press("enter");
    expect(desk.page()).toBe("one three four|");
    expect(desk.records("jump").at(-1)).toMatchObject({ to: 4 });
    expect(list(desk.press("f5"))).toHaveLength(5);
    desk.press("escape");
    // One step forth is one step back, wherever that led.
    expect(desk.press("ctrl+z").page()).toBe("one five|");
    expect(desk.press("ctrl+z").page()).toBe("one |");
    desk.press("f5").type("four").press("enter").type("!");
    expect(desk.press("ctrl+z").page()).toBe("one three four|");
  });

  it("tells what the model wrote, and what was deleted", () => {
    const desk = new Desk("Once. Twice.|").press("tab").answer(" Thrice.").press("tab").wait(5000);
    desk.press("ctrl+w").press("f5");
    expect(list(desk)).toEqual(["[● − Thrice.]", "◆ Thrice.", "● (the empty story)"]);
  });
});

describe("the themes", () => {
  it("are shown at once, kept with Enter and put back with Esc", () => {
    const desk = new Desk("one|").press("f9", "down", "down");
    expect(desk.model.theme).toBe("dusk");
    expect(desk.press("escape").model.theme).toBe("auto");
    expect(desk.effects).toEqual([]);
    desk.press("f9").type("paper").press("enter");
    expect(desk.model.theme).toBe("paper");
    expect(desk.effects).toEqual([{ type: "remember", key: "theme", value: "paper" }]);
  });
});

describe("fuzzy search", () => {
  it.each([
    ["save", "save under another name", true],
    ["sua", "save under another name", true],
    ["nas", "save under another name", false],
    ["EGLISE", "l’église", true],
    ["", "anything", true],
    ["x", "", false],
  ])("%j finds %j: %j", (typed, text, found) => {
    expect(fuzzyScore(text, typed) !== null).toBe(found);
  });

  it("prefers beginnings of words, letters that follow each other, and what comes early", () => {
    const items = ["unsaved", "sit and vote", "the safe", "save", "s a v e"];
    expect(fuzzyFilter(items, "save", (text) => text)[0]).toBe("save");
    expect(fuzzyFilter(["a b", "b c"], "b", (text) => text.split(" "))).toEqual(["b c", "a b"]);
    expect(fuzzyFilter(["undo", "a row down"], "do", (text) => text)[0]).toBe("a row down");
    expect(fuzzyFilter(["b a", "a b"], "", (text) => text)).toEqual(["b a", "a b"]);
  });

  it("finds exactly the texts that hold the letters in order", () => {
    const word = fc.stringMatching(/^[abc]{0,6}$/);
    fc.assert(
      fc.property(word, word, (text, typed) => {
        const pattern = new RegExp([...typed].join(".*"));
        expect(fuzzyScore(text, typed) !== null).toBe(pattern.test(text));
      }),
    );
  });
});

it("panels stand beside the page where there is room, else below it, and leave the page three rows", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 300 }), fc.integer({ min: 8, max: 100 }), (columns, rows) => {
      const { model } = new Desk(STORY, { columns, rows }).press("ctrl+p");
      const { page, panel } = geometry(model);
      expect(page.height).toBeGreaterThanOrEqual(3);
      if (panel.width < columns) expect(page.width + panel.width).toBe(columns);
      else expect(page.height + panel.height).toBe(rows - 2);
    }),
  );
});
