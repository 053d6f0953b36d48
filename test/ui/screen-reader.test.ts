import { describe, expect, it } from "vitest";
import { createReader } from "../../src/ui/screen-reader/reader.ts";
import { createScreen } from "../pty/screen.ts";
import { CARD, Desk } from "./desk.ts";

/** A desk that is heard: what each step says, without the line of the cursor. */
function heard(page: string) {
  const desk = new Desk(page, { columns: 200 });
  let written = "";
  const reader = createReader(desk.layout, (text) => {
    written += text;
  });
  return {
    desk,
    tell(): string[] {
      written = "";
      reader.tell(desk.model);
      return written
        .replaceAll(/\r\x1b\[K/gu, "")
        .split("\r\n")
        .slice(0, -1);
    },
    raw: () => written,
  };
}

const STORY = "# One\n\nIt was dark.\n\n## Two\n\nThe end.|";

describe("what is said", () => {
  it("begins with the story, the keys that matter and the place", () => {
    const { tell } = heard(STORY);
    const said = tell();
    expect(said[0]).toBe("tale.md: 7 words, 7 paragraphs.");
    expect(said[1]).toContain("Tab asks the model to continue");
    expect(said[2]).toBe("Chapter “Two”, 2 words, paragraph 7 of 7.");
  });

  it("tells a new paragraph, not every key", () => {
    const { desk, tell } = heard(STORY);
    tell();
    desk.type(" More.");
    expect(tell()).toEqual([]);
    desk.press("up");
    expect(tell()).toEqual(["Paragraph 6 of 7, empty."]);
    desk.press("ctrl+home");
    expect(tell()).toEqual(["Chapter “One”, 7 words, paragraph 1 of 7."]);
  });

  it("tells what could stand at the cursor as soon as the model has told it", () => {
    const { desk, tell } = heard("The cat| yowls.");
    tell();
    desk.press("alt+n");
    expect(tell()).toEqual([
      "What could stand here. Enter go on from it, Esc back.",
      "the model is reading.",
    ]);
    const asked = desk.effects.findLast((effect) => effect.type === "foresee");
    const id = asked?.type === "foresee" ? asked.request.id : "";
    const standing = { id: 9, text: " yowls", logprob: Math.log(0.002), rank: 1234 };
    const alternatives = [{ id: 1, text: " sat", logprob: Math.log(0.42) }];
    desk.send({ type: "foreseen", id, found: { alternatives, standing, blanks: 0 } });
    expect(tell()).toEqual(["1 of 2: sat, 42 %."]);
    desk.press("down");
    expect(tell()).toEqual(["2 of 2: yowls (here), no. 1,234, 0.2 %, the present one."]);
    desk.press("escape");
    expect(tell()).toEqual(["List closed."]);
  });

  it("tells that the x-ray is on, and its sentences once they are scored", () => {
    const { desk, tell } = heard("One goes on and on. Two goes further than one.|");
    tell();
    desk.press("alt+x");
    expect(tell()).toEqual(["x-ray on"]);
    desk.press("alt+o");
    expect(tell().at(-1)).toBe("no sentence is scored yet.");
    const request = desk.model.xray?.asked;
    if (!request) throw new Error("nothing is to be scored");
    const words = request.text.match(/\s*\S+/gu) ?? [];
    const tokens = words.map((text, id) => ({ id, text, logprob: id < 5 ? -1 : -5, rank: 7 }));
    desk.send({ type: "scored", request, tokens });
    expect(tell()).toEqual(["1 of 2: Two goes further than one., odd, 1 in 148."]);
  });

  it("tells an offer by sentences as it streams, and what became of it", () => {
    const { desk, tell } = heard(STORY);
    tell();
    desk.press("tab").begin();
    expect(tell()).toEqual(["Writing…"]);
    desk.stream(" It was late. She");
    expect(tell()).toEqual(["Offer: It was late."]);
    desk.stream(" slept.");
    expect(tell()).toEqual([]);
    desk.finish();
    expect(tell()).toEqual([
      "Offer: She slept.",
      "The offer is complete. Tab accepts, Alt+Down another, Esc dismisses.",
    ]);
    desk.press("tab");
    expect(tell()).toEqual(["Accepted: It was late. She slept."]);
    desk.press("ctrl+z");
    expect(tell()).toEqual(["Undone. Gone: It was late. She slept."]);
    desk.press("ctrl+y");
    expect(tell()).toEqual(["Redone. Back: It was late. She slept."]);
    desk.press("ctrl+z");
    tell();
    desk.press("tab").answer(" No.");
    tell();
    desk.press("escape");
    expect(tell()).toEqual(["Dismissed."]);
  });

  it("tells lists, controls, selections, questions and news", () => {
    const { desk, tell } = heard(STORY);
    tell();
    desk.press("ctrl+g");
    expect(tell()).toEqual(["Outline. Enter go there, Esc back.", "2 of 2: Two, 2, the present one."]);
    desk.press("up");
    expect(tell()[0]).toMatch(/^1 of 2: One/u);
    desk.press("escape");
    expect(tell()[0]).toBe("List closed.");
    desk.press("ctrl+t", "right");
    expect(tell()[0]).toMatch(/^Controls\. .*temperature: 0\.85\.$/u);
    desk.press("down");
    expect(tell()).toEqual(["length: 60."]);
    desk.press("escape");
    expect(tell()).toEqual(["Back in the story."]);
    desk.press("alt+s");
    expect(tell()).toContain("Selected: The end.");
    desk.press("f2");
    expect(tell()[0]).toMatch(/^Save as: tale\.md/u);
    desk.press("escape").send({ type: "notice", kind: "warning", text: "the disk is full" });
    expect(tell()).toContain("Warning: the disk is full");
    desk.press("f1");
    expect(tell()).toContain("Tab: continue at the cursor.");
  });

  it("reads a paragraph of several rows when the cursor comes into it, once", () => {
    const long = "The keeper climbed the stairs to the lamp once more. ".repeat(8).trim();
    const { desk, tell } = heard(`One.|\n${long}\n`);
    expect(tell().at(-1)).toBe("Paragraph 1 of 3.");
    desk.press("down");
    const said = tell().join(" ");
    expect(said).toMatch(/^Paragraph 2 of 3\. The keeper climbed .* … .* once more\.$/u);
    desk.press("down");
    expect(tell()).toEqual([]);
    desk.press("ctrl+end");
    expect(tell()).toEqual(["Paragraph 3 of 3, empty."]);
  });

  it("tells what was deleted, if it is more than a character, and what undo brings back", () => {
    const { desk, tell } = heard("One two three.|");
    tell();
    desk.press("backspace");
    expect(tell()).toEqual([]);
    desk.press("ctrl+w");
    expect(tell()).toEqual(["Deleted: three"]);
    desk.press("ctrl+home", "ctrl+k");
    expect(tell()).toEqual(["Deleted: One two"]);
    desk.press("ctrl+z");
    expect(tell()).toEqual(["Undone. Back: One two"]);
    desk.type("Four").press("ctrl+z", "ctrl+z");
    desk.press("f5");
    expect(tell().join(" ")).toContain("Enter go back to this");
    desk.press("up", "up", "enter");
    expect(tell().join(" ")).toMatch(/Another state of the story\.|Redone\./u);
  });

  it("tells how far the loading is by quarters", () => {
    const { desk, tell } = heard("|");
    desk.model = { ...desk.model, engine: { status: "loading", card: null, tokensPerSecond: null } };
    tell();
    const told = Array.from({ length: 101 }, (_, done) => {
      desk.send({ type: "engineDoing", text: `preparing 8-bit weights … ${done} %` });
      return tell();
    }).flat();
    expect(told).toEqual([0, 25, 50, 75, 100].map((done) => `preparing 8-bit weights … ${done} %.`));
    desk.send({ type: "engineReady", card: CARD });
    expect(tell()).toEqual(["The model paper is ready."]);
  });

  it("breaks what it says between words, and reads out no dots between hints", () => {
    const desk = new Desk("text|", { columns: 30 });
    let written = "";
    const reader = createReader(desk.layout, (text) => {
      written += text;
    });
    reader.tell(desk.model);
    desk.press("f2");
    reader.tell(desk.model);
    const rows = written
      .replaceAll(/\x1b\[\d*[A-Z]/gu, "")
      .split(/[\r\n]+/u)
      .map((row) => row.trim());
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(30);
    expect(rows.join(" ")).toContain("Ctrl+P finds a command");
    expect(rows.join(" ")).toContain("Enter save, Esc cancel.");
  });

  it("says nothing that would command the terminal", () => {
    const { desk, tell, raw } = heard("|");
    tell();
    desk.send({ type: "notice", kind: "info", text: "\x1b]0;evil\x07 news" });
    tell();
    expect(raw()).not.toContain("\x1b]");
  });
});

describe("the last line", () => {
  it("is the row at the cursor, with the real cursor in it, whatever is typed or said", async () => {
    const desk = new Desk("One two three.|", { columns: 40 });
    const screen = createScreen(40, 12);
    let written = "";
    const reader = createReader(desk.layout, (text) => {
      written += text;
    });
    const look = async (): Promise<string> => {
      reader.tell(desk.model);
      await screen.write(written);
      written = "";
      const { x, y } = screen.cursor();
      const row = screen.rows()[y] ?? "";
      return `${row.slice(0, x).padEnd(x)}|${row.slice(x)}`;
    };
    expect(await look()).toBe("One two three.|");
    desk.type(" F");
    expect(await look()).toBe("One two three. F|");
    desk.press("ctrl+left", "ctrl+left");
    expect(await look()).toBe("One two |three. F");
    desk.type("é日");
    expect(await look()).toMatch(/^One two é日/u);
    desk.press("enter");
    expect(await look()).toBe("|three. F");
    desk.press("backspace", "ctrl+f").type("two");
    expect(await look()).toBe("Find: two|");
    desk.press("escape", "ctrl+p").type("se");
    expect(await look()).toBe("Search: se|");
    desk.press("escape", "alt+=");
    expect(await look()).toBe("Counts|");
    desk.press("escape", "ctrl+t", "down");
    expect(await look()).toBe("length: 60|");
    desk.press("escape", "f2", "ctrl+w");
    expect(await look()).toMatch(/^Save as: .*\|$/u);
    desk.press("escape", "f1");
    expect(await look()).toBe("Help|");
  });
});
