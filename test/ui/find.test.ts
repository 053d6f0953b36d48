import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIND_LABEL, findCount, replacedOnes } from "../../src/ui/find-view.ts";
import { geometry } from "../../src/ui/geometry.ts";
import { pageCursor, pageRows } from "../../src/ui/page.ts";
import { Desk } from "./desk.ts";

const STORY = "The lamp was out.\nThe lamps| were out.\nOut!";

describe("the search", () => {
  it("goes along as one types, from where one was, and round the end", () => {
    const desk = new Desk(STORY).press("ctrl+f").type("out");
    expect(desk.page()).toBe("The lamp was out.\nThe lamps were [out|.\nOut!");
    expect(desk.press("enter").page()).toContain("[Out|!");
    expect(desk.press("f3").page()).toContain("was [out|.");
    expect(desk.press("shift+f3").page()).toContain("[Out|!");
    expect(desk.press("shift+enter").page()).toContain("were [out|.");
  });

  it("goes back with Esc, unless one has gone on; F3 then finds more", () => {
    expect(new Desk(STORY).press("ctrl+f").type("out").press("escape").page()).toBe(STORY);
    const desk = new Desk(STORY).press("ctrl+f").type("out").press("enter", "escape");
    expect(desk.page()).toContain("[Out|!");
    expect(desk.press("f3").page()).toContain("was [out|.");
  });

  it("begins with what is selected, and says what is not there", () => {
    const desk = new Desk("one [two| three two").press("ctrl+f");
    expect(desk.model.find?.query.text).toBe("two");
    expect(desk.press("enter").page()).toBe("one two three [two|");
    desk.type("x");
    expect(desk.page()).toBe("one [two| three two");
    expect(desk.press("enter").model.notice?.text).toBe("“twox” is not in the story");
  });

  it("switches regular expressions, capitals and whole words", () => {
    const desk = new Desk(STORY).press("ctrl+f").type("out");
    const count = () => desk.model.find!.result.matches.length;
    expect(count()).toBe(3);
    expect([desk.press("alt+c"), count()][1]).toBe(2);
    expect([desk.press("alt+c", "alt+r").type("|lamp\\b"), count()][1]).toBe(4);
    expect([desk.press("alt+w"), count()][1]).toBe(4);
    desk.type("(");
    expect(desk.model.find!.result.problem).toBe("not yet: unterminated group");
  });

  it("marks all matches on the page", () => {
    const desk = new Desk(STORY).press("ctrl+f").type("lamp");
    const rows = pageRows(desk.model, desk.layout);
    const found = rows.flatMap(({ spans }) => spans.filter(({ style }) => style.includes("match")));
    expect(found.map(({ text, style }) => [text, style])).toEqual([
      ["lamp", "text+match+selection"],
      ["lamp", "text+match"],
    ]);
  });
});

describe("replacing", () => {
  it("replaces one by one", () => {
    const desk = new Desk("|a lamp, a lamp, a lamp").press("ctrl+f").type("lamp").press("tab").type("light");
    expect(desk.press("alt+enter").page()).toBe("a light, a [lamp|, a lamp");
    expect(desk.press("enter", "alt+enter").page()).toBe("a light, a [lamp|, a light");
  });

  it("replaces all as one edit", () => {
    const desk = new Desk(STORY)
      .press("ctrl+f")
      .type("(l)amp")
      .press("alt+r", "tab")
      .type("$1ight")
      .press("alt+a");
    expect(desk.text()).toBe("The light was out.\nThe lights were out.\nOut!");
    expect(desk.model.notice?.text).toBe("2 replaced; Ctrl+Z takes it back");
    expect(desk.records("edit")).toHaveLength(1);
    expect(desk.press("escape", "ctrl+z").text()).toBe(STORY.replace("|", ""));
  });

  it("keeps to a selection of several lines", () => {
    const desk = new Desk("out\n[out\nout|\nout")
      .press("ctrl+f")
      .type("out")
      .press("tab")
      .type("in")
      .press("alt+a");
    expect(desk.text()).toBe("out\nin\nin\nout");
  });

  it("all of it, undone, is the story as it was", () => {
    const words = fc
      .array(fc.constantFrom("ab", "b", " ", "\n", "🦊"), { maxLength: 60 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(
        words,
        fc.constantFrom("b", "ab", "🦊", "x"),
        fc.constantFrom("", "b", "ab\tc", "🐻"),
        (story, text, by) => {
          const desk = new Desk(`|${story}`)
            .press("ctrl+f")
            .type(text)
            .press("tab")
            .type(by)
            .press("alt+a", "escape");
          expect(desk.text()).toBe(story.replaceAll(text, by));
          if (desk.text() !== story) expect(desk.press("ctrl+z").text()).toBe(story);
        },
      ),
    );
  });

  it("does nothing to a story that is read only", () => {
    const file = { path: "tale.md", sha256: null, savedText: null, readOnly: true };
    const desk = new Desk("|lamp", { file }).press("ctrl+f").type("lamp").press("tab", "alt+a");
    expect(desk.text()).toBe("lamp");
    expect(desk.model.notice?.kind).toBe("warning");
  });
});

describe("the bar of the search", () => {
  it("is typed into at its cursor, which is the terminal's own", () => {
    const desk = new Desk(STORY).press("ctrl+f").type("lmp").press("left", "left").type("a");
    expect(desk.model.find).toMatchObject({ query: { text: "lamp" }, at: 2 });
    expect(pageCursor(desk.model, desk.layout)).toEqual({ x: FIND_LABEL + 2, y: 21 });
    desk.press("tab").type("light");
    expect(pageCursor(desk.model, desk.layout)).toMatchObject({ x: FIND_LABEL + 5 });
    expect(desk.press("ctrl+w", "shift+tab", "end", "ctrl+u").model.find?.query.text).toBe("");
  });

  it("counts, and tells what is wrong", () => {
    const desk = new Desk(STORY).press("ctrl+f").type("out");
    const count = () => findCount(desk.model.find!, desk.model.selection);
    expect(count()).toBe("2 of 3");
    expect([desk.press("enter"), count()][1]).toBe("3 of 3");
    expect([desk.type("x"), count()][1]).toBe("not in the story");
    expect([desk.press("alt+r").type("["), count()][1]).toMatch(/^not yet: /);
    desk.press("ctrl+u").type("^");
    expect(count()).toBe("finds only empty places");
    expect([desk.type("T"), count()][1]).toMatch(/^1 of/);
  });

  it("shows what each match would become", () => {
    const desk = new Desk("|the old lamp\nlamps").press("ctrl+f").type("lamp").press("tab").type("light");
    expect(replacedOnes(desk.model.find!, desk.model.selection, 5)).toEqual([
      { before: "the old ", match: "lamp", becomes: "light", after: "", current: true },
      { before: "", match: "lamp", becomes: "light", after: "s", current: false },
    ]);
    expect(geometry(desk.model).find).toBe(4);
    expect(geometry(new Desk("|lamp", { rows: 10 }).press("ctrl+f").type("a").model).find).toBe(1);
  });

  it("follows edits and undo: places move along, and only the selected lines stay searched", () => {
    const desk = new Desk("out [out\nout| out").press("ctrl+f").type("out").press("tab").type("o");
    expect(findCount(desk.model.find!, desk.model.selection)).toBe("1 of 2 in the selection");
    desk.press("alt+enter");
    expect(desk.page()).toBe("out o\n[out| out");
    expect(desk.model.find?.within).toEqual({ from: 4, to: 9 });
    desk.press("ctrl+z");
    expect(desk.model.find?.within).toEqual({ from: 4, to: 11 });
    expect(desk.model.find?.result.matches).toHaveLength(2);
    expect(desk.press("alt+a").text()).toBe("out o\no out");
  });

  it("finds sorted, disjoint places that stay true through replacing and undoing", () => {
    const keys = fc.constantFrom(
      "alt+enter",
      "enter",
      "shift+enter",
      "alt+a",
      "ctrl+z",
      "ctrl+y",
      "tab",
      "a",
      "alt+r",
    );
    const story = fc.array(fc.constantFrom("a", "b", "A", "\n", "🦊"), { maxLength: 30 });
    fc.assert(
      fc.property(story, fc.array(keys, { maxLength: 12 }), (words, pressed) => {
        const desk = new Desk(`|${words.join("")}`).press("ctrl+f").type("a").press("tab").type("ba");
        for (const key of pressed) {
          desk.press(key);
          const { matches, text } = desk.model.find!.result;
          expect(text.toString()).toBe(desk.text());
          for (const [i, { from, to }] of matches.entries()) {
            expect(from).toBeLessThan(to);
            expect(from).toBeGreaterThanOrEqual(matches[i - 1]?.to ?? 0);
            expect(to).toBeLessThanOrEqual(text.length);
          }
        }
      }),
    );
  });
});
