import { describe, expect, it } from "vitest";
import { dayCount, dayOf } from "../../src/story/day.ts";
import { goalBar, goalText } from "../../src/ui/goals.ts";
import type { Model } from "../../src/ui/model.ts";
import { COUNTS } from "../../src/ui/panels/counts.ts";
import { OUTLINE } from "../../src/ui/panels/outline.ts";
import { statusFacts } from "../../src/ui/panes/status-line.tsx";
import { Desk } from "./desk.ts";

const kept = (desk: Desk) =>
  desk.effects.flatMap((effect) => (effect.type === "keepDay" ? [effect.words] : []));
const goals = (daily: number, story = 0): Partial<Model> => ({ goals: { daily, story } });

describe("today's words", () => {
  it("are the writer's and those of the model that were accepted", () => {
    const desk = new Desk("It was late. |").type("And cold. ").rest();
    expect(goalText(desk.model, "daily")).toBe("2");
    desk.press("tab").answer("The lamp was out.");
    expect(goalText(desk.model, "daily")).toBe("2");
    desk.press("tab").rest();
    expect(goalText(desk.model, "daily")).toBe("6");
    desk.press("ctrl+z").rest();
    expect(kept(desk)).toEqual([2, 6, 2]);
  });

  it("count down with what is deleted, to zero at least", () => {
    const desk = new Desk("one two three|").press("ctrl+w", "ctrl+w").rest();
    expect(goalText(desk.model, "daily")).toBe("0");
    desk.type("four five six ").rest();
    expect(goalText(desk.model, "daily")).toBe("1");
    expect(kept(desk)).toEqual([-2, 1]);
  });

  it("are not written again by undo, nor by putting a chapter elsewhere", () => {
    const desk = new Desk("one two three |").type("four five ").rest();
    desk.press("ctrl+a", "delete").rest().press("ctrl+z").rest();
    expect(goalText(desk.model, "daily")).toBe("2");
    desk.press("ctrl+a", "ctrl+x").rest().type("# One").press("enter", "ctrl+v").rest();
    expect(goalText(desk.model, "daily")).toBe("3");
    expect(kept(desk)).toEqual([2, -3, 2, -3, 3]);
  });

  it("are kept when the writer leaves without a pause", () => {
    expect(kept(new Desk("|").type("one two ").press("ctrl+q"))).toEqual([2]);
  });

  it("begin anew at midnight, and what came before stays with its day", () => {
    const now = new Date(2026, 2, 4, 23, 59).getTime();
    const desk = new Desk("|", { today: dayCount(now, 0) }).wait(now - 1_000_000);
    desk.type("one two").wait(120_000).type(" three").rest();
    expect(desk.effects.filter(({ type }) => type === "keepDay")).toEqual([
      { type: "keepDay", day: "2026-03-04", story: "tale.md", words: 2 },
      { type: "keepDay", day: "2026-03-05", story: "tale.md", words: 1 },
    ]);
    expect(desk.model.today.until).toBe(dayOf(now + 120_000).until);
  });

  it("are not what another program wrote", () => {
    const desk = new Desk("one|").type(" two").rest();
    desk.send({ type: "fileChanged", text: "one and two and three more", sha256: "x", at: 1_000_000 });
    desk.type(" three").rest();
    expect(kept(desk).at(-1)).toBe(2);
  });
});

describe("a goal", () => {
  it("is told once, when it is reached", () => {
    const desk = new Desk("|", goals(3)).type("one two ").rest();
    expect(desk.model.notice).toBeNull();
    expect(desk.type("three ").rest().model.notice?.text).toBe("3 words today: the day's goal is reached");
    expect(desk.type("four ").rest().model.notice).toBeNull();
    expect(new Desk("one |", goals(0, 2)).type("two ").rest().model.notice?.text).toBe(
      "2 words: the story's goal is reached",
    );
  });

  it("does not take the place of a warning", () => {
    const warning = { kind: "warning", text: "the disk is full" } as const;
    const desk = new Desk("|", goals(1)).type("one");
    desk.send({ type: "notice", ...warning }).rest();
    expect(desk.model.notice).toEqual(warning);
  });

  it.each<[number, number, string]>([
    [0, 100, "▱▱▱▱▱▱▱▱"],
    [50, 100, "▰▰▰▰▱▱▱▱"],
    [99, 100, "▰▰▰▰▰▰▰▱"],
    [250, 100, "▰▰▰▰▰▰▰▰"],
  ])("%i of %i is %s", (words, goal, bar) => {
    expect(goalBar(words, goal)).toBe(bar);
  });
});

describe("the status line", () => {
  it("counts the selection, the story, the chapter", () => {
    const desk = new Desk("# One\nIt was [dark and| cold.\n## Two\nLate.");
    expect(statusFacts(desk.model)).toEqual(["2 words selected of 8", "paper", "7 in this chapter"]);
    expect(statusFacts(desk.press("right").type("!").model)).toContain("7 in this chapter");
    expect(statusFacts(new Desk("one|").model)).toEqual(["1 word", "paper"]);
  });
});

describe("the counts", () => {
  const lines = (desk: Desk) =>
    COUNTS.lines(desk.model, "").map(({ prefix = "", text, detail }) => `${prefix}${text}: ${detail}`);

  it("tell the story in numbers, and the model's share of each chapter", () => {
    const desk = new Desk("# One\n\nIt was dark. |\n\n# Two\n\nLate.").press("tab").answer("She went.");
    desk.press("tab").rest().press("alt+=");
    expect(lines(desk)).toEqual([
      "words today: 2",
      "words: 8",
      "  by you: 6 · 75 %",
      "  by the model: 2 · 25 %",
      "characters: 37",
      "  without spaces: 31",
      "sentences: 3",
      "  words each: 2.7",
      "paragraphs: 2",
      "reading time: under a minute",
      "One: 5 · 40 % model",
      "Two: 1 · 0 % model",
    ]);
  });

  it("lead to a chapter, and Esc leads back", () => {
    const desk = new Desk("# One\n\nHere.|\n\n# Two\n\nThere.").press("alt+=", "end");
    expect(desk.page()).toContain("|# Two");
    expect(desk.press("home").page()).toContain("Here.|");
    expect(desk.press("end", "enter").page()).toContain("|# Two");
    expect(desk.press("alt+=", "home", "escape").page()).toContain("|# Two");
    expect(desk.press("alt+=", "enter").model.panel).toBeNull();
  });

  it("count what is selected", () => {
    expect(lines(new Desk("one [two three| four").press("alt+="))[0]).toBe("words selected: 2");
  });
});

describe("the outline", () => {
  const STORY = "# One\n\na b\n\n## Scene\n\nc\n\n# Two\n\nd|";

  it("counts the words of a chapter with those of its scenes", () => {
    const desk = new Desk(STORY).press("ctrl+g");
    expect(OUTLINE.lines(desk.model, "").map(({ text, detail }) => `${text} ${detail}`)).toEqual([
      "One 4",
      "Scene 1",
      "Two 1",
    ]);
  });

  it.each<[string, string]>([
    [":3", "\n|a b"],
    [":1", "|# One"],
    [":999", "\n|d"],
    [":0", "|# One"],
    [":50%", "\n|## Scene"],
    ["scene", "\n|## Scene"],
  ])("goes to %s", (typed, expected) => {
    const desk = new Desk(STORY).press("ctrl+g").type(typed);
    expect(desk.page()).toContain(expected);
    expect(desk.press("enter").page()).toContain(expected);
    expect(new Desk(STORY).press("ctrl+g").type(typed).press("escape").page()).toBe(STORY);
  });

  it("marks the chapter that one came from, while the page looks elsewhere", () => {
    const desk = new Desk(STORY).press("ctrl+g", "home");
    expect(OUTLINE.lines(desk.model, "").map(({ current }) => current)).toEqual([false, false, true]);
    expect(desk.press("end", "escape").page()).toBe(STORY);
  });
});
