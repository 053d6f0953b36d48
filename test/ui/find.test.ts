import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resultOf } from "../../src/ui/find.ts";
import { pageRows } from "../../src/ui/page.ts";
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
    const count = () => resultOf(desk.model.tree && pageText(desk), desk.model.find!.query).matches.length;
    expect(count()).toBe(3);
    expect([desk.press("alt+c"), count()][1]).toBe(2);
    expect([desk.press("alt+c", "alt+r").type("|lamp\\b"), count()][1]).toBe(4);
    expect([desk.press("alt+w"), count()][1]).toBe(4);
    desk.type("(");
    expect(resultOf(pageText(desk), desk.model.find!.query).problem).toMatch(/no regular expression/);
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
    expect(desk.model.notice?.text).toBe("2 replaced; undo takes it back");
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

function pageText(desk: Desk) {
  const { tree } = desk.model;
  return tree.revisions.chunks.flat()[tree.current]!.document.text;
}
