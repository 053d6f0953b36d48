import { describe, expect, it } from "vitest";
import { createKeymap } from "../../src/ui/bindings.ts";
import { PANELS } from "../../src/ui/panels/panels.ts";
import { announcements } from "../../src/ui/screen-reader/announcements.ts";
import { takeWords } from "../../src/ui/takes.ts";
import { SessionWriter } from "../sessions/session-writer.ts";
import { TakesDesk } from "./takes-desk.ts";

/** “Once” with three takes at its end, of which the first was accepted, and one behind that. */
function story(): SessionWriter {
  const writer = new SessionWriter("Once");
  const first = writer.generate(4, 4, [" upon a time", " there was a king", " in May"]);
  writer.accept(first, 4, 4, " upon a time").type(" she sat.");
  const second = writer.generate(25, 25, [" And then.", " And so."]);
  return writer.outcome(second, "rejected");
}

describe("the list of takes", () => {
  it("has those nearest the cursor first, and each in its place on the page", () => {
    const desk = new TakesDesk(story()).keys("ctrl+b");
    expect(desk.list()).toEqual([
      "[○ And then.]",
      "○ And so.",
      "◆ upon a time",
      "○ there was a king",
      "○ in May",
    ]);
    expect(desk.shown()).toBe("Once upon a time she sat.{ And then.}");
    expect(desk.keys("down").shown()).toBe("Once upon a time she sat.{ And so.}");
    expect(desk.keys("down", "down").shown()).toBe("Once{ there was a king} she sat.");
    expect(desk.keys("escape").shown()).toBe("Once upon a time she sat.");
    expect(desk.page()).toBe("Once upon a time she sat.|");
    expect(desk.records()).toEqual([]);
  });

  it("has first what stands right before the cursor, too", () => {
    const desk = new TakesDesk(story(), 16).keys("ctrl+b");
    expect(desk.list()[0]).toBe("[◆ upon a time]");
  });

  it("is a tree of the whole story, in which left and right go from take to take", () => {
    const writer = story();
    const inside = writer.generate(12, 12, [" long"]);
    writer.outcome(inside, "rejected");
    writer.generate(4, 4, [" a queen"], " there was");
    const desk = new TakesDesk(writer, 0).keys("ctrl+b", "w");
    expect(desk.list()).toEqual([
      "[◆ upon a time]",
      "○ there was a king",
      "○ in May",
      "│ ○ there was a queen",
      "○ long",
      "○ And then.",
      "○ And so.",
    ]);
    expect(desk.keys("right").list()[4]).toBe("[○ long]");
    expect(desk.keys("left").list()[0]).toBe("[◆ upon a time]");
    expect(desk.keys("left").model.notice?.text).toMatch(/behind no other/);
    desk.keys("down", "right");
    expect(desk.list()[3]).toBe("[│ ○ there was a queen]");
  });

  it("puts a take on offer again in the stead of the one that stands there, word by word too", () => {
    const desk = new TakesDesk(story()).keys("ctrl+b", "down", "down", "down", "enter");
    expect(desk.shown()).toBe("Once{ there was a king} she sat.");
    expect(desk.model.panel).toBeNull();
    expect(desk.press("alt+down").shown()).toBe("Once{ in May} she sat.");
    desk.press("alt+up", "ctrl+right");
    expect(desk.shown()).toBe("Once there{ was a king} she sat.");
    desk.press("tab");
    expect(desk.text()).toBe("Once there was a king she sat.");
    expect(desk.marked()).toBe("Once{ there was a king} she sat.");
    expect(desk.records("outcome")).toMatchObject([{ generation: "s1", outcome: "accepted", choice: 1 }]);
    expect(desk.press("ctrl+z", "ctrl+z").text()).toBe("Once upon a time she sat.");
  });

  it("leaves what a take was as it was when it is offered again and dismissed", () => {
    const desk = new TakesDesk(story()).keys("ctrl+b", "down", "down", "down", "enter");
    desk.press("escape");
    expect(desk.text()).toBe("Once upon a time she sat.");
    expect(desk.records()).toEqual([]);
  });

  it("shows a take that is in the story where it is", () => {
    const desk = new TakesDesk(story()).keys("ctrl+b", "down", "down", "enter");
    expect(desk.page()).toBe("Once[ upon a time|] she sat.".replace("|]", "|"));
    expect(desk.model.offer).toBeNull();
  });

  it("accepts a take up to a word, or from a word on behind the one that stands there", () => {
    const upTo = new TakesDesk(story()).keys("ctrl+b", "down", "down", "down", "t", "left");
    expect(upTo.chosenWords()).toBe(" there was a");
    expect(upTo.keys("left", "enter").text()).toBe("Once there was she sat.");
    expect(upTo.records("outcome")).toMatchObject([{ choice: 1, text: " there was" }]);
    const from = new TakesDesk(story()).keys("ctrl+b", "down", "down", "down", "f", "right");
    expect(from.chosenWords()).toBe(" was a king");
    expect(from.keys("enter").text()).toBe("Once upon a time was a king she sat.");
    expect(from.marked()).toBe("Once{ upon a time was a king} she sat.");
  });

  it("lets the model go on from any word of a take, and from its end", () => {
    const desk = new TakesDesk(story()).keys("ctrl+b", "down", "down", "down", "b", "left", "left", "enter");
    expect(desk.requested()).toMatchObject({ task: "continue", before: "Once there was" });
    desk.answer(" a queen");
    expect(desk.shown()).toBe("Once{ there was a queen} she sat.");
    expect(desk.records("generation")).toMatchObject([
      { begin: " there was", choices: [{ text: " a queen" }] },
    ]);
    desk.press("escape").keys("ctrl+b", "w");
    expect(desk.list()).toContain("│ ○ there was a queen");
    desk.keys("escape", "ctrl+b", "+");
    expect(desk.requested().before).toBe("Once upon a time");
  });

  it("has a branch stand in the stead of what it branched from, and the other way round", () => {
    const writer = story();
    const branch = writer.generate(4, 4, [" upon a hill"], " upon a");
    const queen = writer.generate(4, 4, [" a queen"], " there was");
    writer.outcome(branch, "rejected").outcome(queen, "rejected");
    const desk = new TakesDesk(writer, 4).keys("ctrl+b", "w", "right", "down");
    const at = desk.list().findIndex((line) => line.includes("queen"));
    desk.keys("home", ...Array.from({ length: at }, () => "down"), "enter");
    expect(desk.shown()).toBe("Once{ there was a queen} she sat.");
    desk.press("tab").keys("ctrl+b", "w", "home");
    expect(desk.list()[0]).toBe("[○ upon a time]");
    expect(desk.shown()).toBe("Once{ upon a time} she sat.");
  });

  it("offers other words for what stands there now, and branches from them", () => {
    const writer = new SessionWriter("It was dark.");
    writer.outcome(writer.generate(7, 11, ["dim and wet", "night"]), "rejected");
    const desk = new TakesDesk(writer, 0).keys("ctrl+b", "down", "enter");
    expect(desk.shown()).toBe("It was {night}.");
    expect(desk.press("tab").text()).toBe("It was night.");
    desk.keys("ctrl+b", "b", "left", "left", "enter").answer(" light");
    expect(desk.requested().before).toBe("It was dim");
    expect(desk.shown()).toBe("It was {dim light}.");
    desk.press("escape").keys("ctrl+b", "w", "right");
    expect(desk.list()).toEqual(["○ dim and wet", "◆ night", "[│ ○ dim light]"]);
    expect(desk.shown()).toBe("It was {dim light}.");
  });

  it("marks and names takes, and keeps the choice", () => {
    const desk = new TakesDesk(story()).keys("ctrl+b", "down", "m");
    expect(desk.list()[1]).toBe("[○★ And so.]");
    desk.keys("n", "q", "u", "i", "t", "x", "backspace");
    const { panel } = desk.model;
    expect(panel && PANELS.takes.typing?.(panel)).toBe("Name: quit");
    desk.keys("enter");
    expect(desk.list()[1]).toBe("[○★ quit: And so.]");
    desk.keys("n", "z", "escape", "m");
    expect(desk.list()[1]).toBe("[○ quit: And so.]");
    expect(desk.records("take")).toMatchObject([
      { generation: "s2", choice: 1, marked: true },
      { name: "quit" },
      { marked: false },
    ]);
    expect(desk.keys("escape").model.panel).toBeNull();
  });

  it("compares two takes", () => {
    const desk = new TakesDesk(story()).keys("ctrl+b", "c", "down", "c");
    expect(desk.model.dialog).toMatchObject({
      kind: "takes",
      left: { text: " And then." },
      right: { text: " And so." },
    });
    desk.keys("escape");
    expect([desk.model.dialog, desk.model.panel?.kind]).toEqual([null, "takes"]);
    expect(desk.keys("c", "c").model.panel?.takes?.compared).toBeNull();
  });

  it("can be heard", () => {
    const desk = new TakesDesk(story());
    const heard = (...keys: string[]): readonly string[] =>
      keys.flatMap((key) => {
        const before = desk.model;
        desk.keys(key);
        return announcements(before, desk.model);
      });
    expect(heard("ctrl+b").slice(0, 2)).toEqual([
      "Takes. Enter offer it again, Esc back.",
      "1 of 5: And then., here.",
    ]);
    expect(heard("down", "down")).toContain("3 of 5: upon a time, here, the present one.");
    expect(heard("m", "n", "x", "enter")).toEqual(["Marked.", "Type its name; Enter keeps it.", "Named x."]);
    expect(heard("b", "left")).toEqual(["Go on behind: time.", "Go on behind: a."]);
  });

  it("has keys of one's own, and is a sequence with those of Emacs", () => {
    const { keymap, problems } = createKeymap("emacs", { takesMark: "x" });
    expect(problems).toEqual([]);
    const desk = new TakesDesk(story());
    desk.model = { ...desk.model, keymap };
    desk.keys("ctrl+x", "b", "ctrl+n", "x", "m");
    expect(desk.list()[1]).toBe("[○★ And so.]");
  });

  it("keeps what runs while the list is opened, and lists it when it has arrived", () => {
    const desk = new TakesDesk(story()).press("tab").begin().stream(" Then");
    desk.keys("ctrl+b");
    expect(desk.list().length).toBe(5);
    const since = desk.effects.length;
    desk.stream(" it rained.").finish().read(since);
    expect(desk.list().slice(0, 3)).toEqual(["[○ And then.]", "○ And so.", "○ Then it rained."]);
    desk.keys("escape");
    expect(desk.shown()).toBe("Once upon a time she sat.{ Then it rained.}");
  });

  it("offers at the cursor what has no place any more", () => {
    const writer = story();
    writer.replace(2, 25, "");
    const desk = new TakesDesk(writer).keys("ctrl+b", "down", "down", "enter");
    expect(desk.model.notice?.text).toMatch(/offered at the cursor/);
    expect(desk.shown()).toBe("On{ upon a time}");
    expect(desk.press("tab").text()).toBe("On upon a time");
  });

  it("says that there is nothing", () => {
    const desk = new TakesDesk(new SessionWriter("Once")).keys("ctrl+b");
    expect(desk.list()).toEqual([]);
    desk.keys("enter", "m", "n", "b", "c", "t", "f", "+", "w", "left", "right", "down");
    expect(desk.records()).toEqual([]);
    expect(desk.keys("ctrl+b").model.panel).toBeNull();
  });

  it("changes nothing in a story that is open elsewhere", () => {
    const writer = story();
    const desk = new TakesDesk(writer);
    desk.model = { ...desk.model, file: { ...desk.model.file, readOnly: true } };
    desk.keys("ctrl+b", "enter");
    expect([desk.model.offer, desk.model.notice?.kind]).toEqual([null, "warning"]);
  });
});

it("the words of a take are all of it", () => {
  for (const text of ["", " ", "one", " one  two\n\nthree ", "\n\n“So,” she said."]) {
    const words = takeWords(text);
    expect(words.map(({ from, to }) => text.slice(from, to)).join("")).toBe(text);
  }
});
