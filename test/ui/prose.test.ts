import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { geometry } from "../../src/ui/geometry.ts";
import { pageCursor, pageRows } from "../../src/ui/page.ts";
import { Desk } from "./desk.ts";

describe("sentences", () => {
  it.each([
    ["One two. Three| four.\n\nFive.", ["alt+a"], "One two. |Three four.\n\nFive."],
    ["One two. |Three four.\n\nFive.", ["alt+a"], "|One two. Three four.\n\nFive."],
    ["One two.\n\n|Five.", ["alt+a"], "|One two.\n\nFive."],
    ["|One two. Three four.\n\nFive.", ["alt+e"], "One two. |Three four.\n\nFive."],
    ["One two. |Three four.\n\nFive.", ["alt+e"], "One two. Three four.\n\n|Five."],
    ["One.\n\nFive|.", ["alt+e"], "One.\n\nFive.|"],
    ["|Mr. Ash said “Stop!” and left. Then", ["alt+e"], "Mr. Ash said “Stop!” and left. |Then"],
    ["One| two. Three.", ["shift+alt+e"], "One[ two. |Three."],
    ["One two. Three| four.", ["shift+alt+k"], "One two. | four."],
    ["One| two. Three four.", ["alt+k"], "One|Three four."],
    ["one two\nthree| four", ["ctrl+u"], "one two\n| four"],
    ["one two\n|three", ["ctrl+u"], "one two|three"],
    ["one| two\nthree", ["ctrl+k"], "one|\nthree"],
    ["one|\nthree", ["ctrl+k"], "one|three"],
  ])("%j + %j = %j", (before, keys, after) => {
    expect(new Desk(before).press(...keys).page()).toBe(after);
  });
});

describe("selecting more and less", () => {
  const STORY = "# One\n\nIt was dark. She we|nt down. Then.\n\nEnd.";
  const GROWN = [
    "# One\n\nIt was dark. She [went| down. Then.\n\nEnd.",
    "# One\n\nIt was dark. [She went down.| Then.\n\nEnd.",
    "# One\n\n[It was dark. She went down. Then.|\n\nEnd.",
    "[# One\n\nIt was dark. She went down. Then.\n\nEnd.|",
  ];

  it("grows by units and shrinks the same way", () => {
    const desk = new Desk(STORY);
    expect(GROWN.map(() => desk.press("alt+s").page())).toEqual(GROWN);
    const back = [...GROWN.slice(0, -1).reverse(), STORY];
    expect(back.map(() => desk.press("shift+alt+s").page())).toEqual(back);
  });

  it("begins anew where something else was selected", () => {
    const desk = new Desk(STORY).press("alt+s", "alt+s", "right", "alt+s");
    expect(desk.page()).toBe("# One\n\nIt was dark. [She went down.| Then.\n\nEnd.");
    expect(desk.press("shift+alt+s", "shift+alt+s").page()).toContain("down.| Then");
  });

  it("never selects less by growing, and stays inside the story", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.nat(), fc.nat(), (text, a, b) => {
        const desk = new Desk(`|${text.replaceAll(/[|[\]\r]/gu, " ")}`);
        const { length } = desk.text();
        desk.model = { ...desk.model, selection: { anchor: a % (length + 1), head: b % (length + 1) } };
        let [from, to] = [length, 0];
        for (let i = 0; i < 6; i++) {
          const { anchor, head } = desk.press("alt+s").model.selection;
          if (i > 0) expect([anchor <= from, head >= to]).toEqual([true, true]);
          [from, to] = [anchor, head];
        }
        expect([from, to]).toEqual([0, length]);
      }),
    );
  });
});

describe("the mouse", () => {
  const STORY = "It was dark. She went down.\nThe end.|";

  /** A press at a column of a row of the page. */
  function press(
    desk: Desk,
    column: number,
    row: number,
    changes: { extend?: boolean; drag?: boolean; at?: number } = {},
  ) {
    const { page, margin } = geometry(desk.model);
    const pointer = { x: margin + column, y: page.y + row, extend: false, drag: false, at: 0, ...changes };
    return desk.send({ type: "pointer", ...pointer });
  }

  it("takes the word, the sentence and the paragraph with more clicks, if they come soon", () => {
    const desk = new Desk(STORY);
    const pages = [0, 100, 200, 300, 400].map((at) => press(desk, 18, 0, { at }).page());
    expect(pages).toEqual([
      "It was dark. She w|ent down.\nThe end.",
      "It was dark. She [went| down.\nThe end.",
      "It was dark. [She went down.|\nThe end.",
      "[It was dark. She went down.|\nThe end.",
      "It was dark. She w|ent down.\nThe end.",
    ]);
    expect(press(desk, 18, 0, { at: 2000 }).page()).toContain("w|ent");
    expect(press(desk, 2, 0, { at: 2100 }).page()).toContain("It| was");
  });

  it("drags by what was clicked, in both directions", () => {
    const desk = new Desk(STORY);
    press(desk, 18, 0);
    press(desk, 18, 0, { at: 50 });
    const drag = { extend: true, drag: true, at: 80 };
    expect(press(desk, 24, 0, drag).page()).toBe("It was dark. She [went down|.\nThe end.");
    expect(press(desk, 4, 0, drag).page()).toBe("It |was dark. She went] down.\nThe end.");
    expect(press(desk, 5, 1, drag).page()).toBe("It was dark. She [went down.\nThe end|.");
  });

  it("goes on with Shift from where the selection began", () => {
    const desk = new Desk(STORY);
    press(desk, 3, 0);
    expect(press(desk, 6, 0, { extend: true }).page()).toContain("It [was| dark");
  });

  it("scrolls when it is dragged over the page's edge", () => {
    const desk = new Desk(`|${"a line\n".repeat(80)}`);
    press(desk, 2, 3);
    const before = desk.model.top.line;
    for (let i = 0; i < 5; i++) press(desk, 2, 90, { extend: true, drag: true });
    expect(desk.model.top.line).toBeGreaterThan(before);
    expect(desk.model.selection.head).toBeGreaterThan(desk.model.selection.anchor + 7 * 15);
  });
});

describe("typography", () => {
  it("makes what is typed that of print, and undo gives back what was typed", () => {
    const desk = new Desk("|", { smartQuotes: true }).type('"Yes"');
    expect(desk.page()).toBe("“Yes”|");
    expect(desk.press("ctrl+z").page()).toBe('“Yes"|');
    expect(desk.press("ctrl+y").page()).toBe("“Yes”|");
    expect(desk.paste(' "no"').page()).toBe('“Yes” "no"|');
  });

  it("sees keys that come at once, and the end of a paragraph", () => {
    const desk = new Desk("|", { smartQuotes: true });
    desk.send({ type: "typed", text: `"It's the '90s," she said--`, at: 0 });
    expect(desk.text()).toBe("“It’s the ’90s,” she said—");
    expect(desk.type("get 'em").press("enter").text()).toBe("“It’s the ’90s,” she said—get ’em\n");
  });

  it("leaves alone what nobody asked to change", () => {
    expect(new Desk("|").type('"it\'s"').page()).toBe('"it\'s"|');
  });
});

describe("the writer's own editor", () => {
  it("gets the story, and what comes back is one edit that keeps the model's marks", () => {
    const desk = new Desk("One.\n\n|").press("tab").answer("Two.").press("tab", "f4");
    expect(desk.effects.at(-1)).toMatchObject({ type: "editElsewhere" });
    desk.send({ type: "editedElsewhere", text: "One!\n\nTwo.\n\nThree.", at: 9 });
    expect(desk.marked()).toBe("One!\n\n{Two.}\n\nThree.");
    expect(desk.press("ctrl+z").marked()).toBe("One.\n\n{Two.}");
  });

  it("may change nothing", () => {
    const desk = new Desk("One.|").press("ctrl+x", "ctrl+e");
    expect(desk.send({ type: "editedElsewhere", text: "One.", at: 9 }).records()).toEqual([]);
  });
});

describe("focus", () => {
  const STORY = "One. Two.\n\nThree. Fo|ur.";
  const dimmed = (desk: Desk): string =>
    pageRows(desk.model, desk.layout)
      .flatMap(({ spans }) => spans.filter(({ style }) => style.includes("dimmed")).map(({ text }) => text))
      .join("|");

  it("dims all but the paragraph, then the sentence, then nothing, and remembers it", () => {
    const desk = new Desk(STORY);
    expect(dimmed(desk)).toBe("");
    expect(dimmed(desk.press("f6"))).toBe("One. Two.");
    expect(dimmed(desk.press("f6"))).toBe("One. Two.|Three. ");
    expect(dimmed(desk.press("f6"))).toBe("");
    expect(desk.effects).toContainEqual({ type: "remember", key: "focus", value: "sentence" });
  });

  it("never dims what is on offer", () => {
    expect(dimmed(new Desk(STORY, { focusMode: "sentence" }).press("tab").answer(" Five."))).not.toContain(
      "Five",
    );
  });
});

it("as on a typewriter, the cursor's row stays in the middle", () => {
  const desk = new Desk(`|${"a line\n".repeat(100)}`).press("f8");
  const row = () => pageCursor(desk.model, desk.layout)?.y;
  for (let i = 0; i < 40; i++) desk.press("down");
  const middle = row();
  for (let i = 0; i < 9; i++) expect(desk.press("down").press("x") && row()).toBe(middle);
  expect(middle).toBe(1 + Math.floor(geometry(desk.model).page.height / 2));
});
