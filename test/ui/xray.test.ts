import { describe, expect, it } from "vitest";
import type { Alternatives } from "../../src/engine/types.ts";
import type { XRayRequest } from "../../src/story/xray.ts";
import { pageRows } from "../../src/ui/page.ts";
import { PANELS } from "../../src/ui/panels/panels.ts";
import { legend } from "../../src/ui/xray-view.ts";
import { Desk } from "./desk.ts";

/** Ranks by the first letter: e, l, r and o are expected, likely, rare and odd; other words are expected. */
function rankOf(word: string): number {
  return { l: 50, r: 500, o: 5000 }[word.trim()[0] ?? ""] ?? 1;
}

/** The request that the engine would be scoring now; null for none. */
function asked(desk: Desk): XRayRequest | null {
  const last = desk.effects.findLast((effect) => effect.type === "score");
  return last?.type === "score" ? last.request : null;
}

/** The engine answers with words for tokens. */
function score(desk: Desk): Desk {
  const request = asked(desk);
  if (!request) throw new Error("nothing is to be scored");
  const tokens = (request.text.match(/\s*\S+|\s+$/gu) ?? []).map((text, id) => {
    return { id, text, logprob: -Math.log(rankOf(text) + 1), rank: rankOf(text) };
  });
  return desk.send({ type: "scored", request, tokens });
}

/** All that is asked for is scored; tells which texts these were. */
function scoreAll(desk: Desk): string[] {
  const texts: string[] = [];
  while (desk.model.xray?.asked) {
    texts.push(desk.model.xray.asked.text);
    score(desk);
  }
  return texts;
}

/** The page with each word's band in front of it: `odd` as `4odd`. */
function page(desk: Desk): string {
  const digit: Readonly<Record<string, string>> = { top10: "1", top100: "2", top1000: "3", beyond: "4" };
  const rows = pageRows(desk.model, desk.layout).map(({ spans }) =>
    spans
      .map(({ text, style }) => {
        const band = style.split("+").find((part) => part in digit);
        return `${band ? digit[band] : ""}${text}`;
      })
      .join("")
      .replace(/^┊/u, "")
      .trim(),
  );
  return rows.join("\n").trim();
}

const long = (words: number): string => Array.from({ length: words }, (_, i) => `e${i}`).join(" ");
const count = (desk: Desk, type: string): number =>
  desk.effects.filter((effect) => effect.type === type).length;

describe("the x-ray", () => {
  it("colours words by how likely they are, headings and the model's too, and is switched off again", () => {
    const desk = new Desk("# Rare\n\nThe odd rain lay.|", { rows: 12 }).press("tab").answer(" On we go.");
    desk.press("tab", "alt+x");
    expect(page(desk)).toBe("# Rare\n\nThe odd rain lay. On we go.");
    score(desk);
    expect(page(desk)).toBe("1# 1Rare\n\n1The 4odd 3rain 2lay. 1On 1we 1go.");
    expect(legend(desk.model).parts.map(({ words }) => words)).toEqual([
      "expected 67 %",
      "likely 11 %",
      "rare 11 %",
      "odd 11 %",
    ]);
    expect(page(desk.press("alt+x"))).toBe("# Rare\n\nThe odd rain lay. On we go.");
    expect(desk.model.notice?.text).toBe("x-ray off");
  });

  it("scores what is on the page first, then the chapter, and nothing of the others", () => {
    const chapter = (name: string): string => `# ${name}\n\n${`${long(60)}.\n\n`.repeat(12)}`;
    const desk = new Desk(`${chapter("One")}${chapter("Two")}here|\n\n${chapter("Three")}`, { rows: 12 });
    desk.press("left", "alt+x");
    const texts = scoreAll(desk);
    expect(texts[0]).toContain("here");
    expect(texts.join("")).toContain("# Two");
    expect(texts.join("").match(/e59/gu)?.length).toBeLessThan(18);
    expect(legend(desk.model).done).toBe(1);
    expect(asked(desk.rest())).not.toBeNull();
    expect(count(desk, "score")).toBe(texts.length);
  });

  it("follows the text while one types: colours stay with their words, and after a pause what changed is scored", () => {
    const desk = new Desk("The odd rain| lay.").press("alt+x");
    score(desk);
    const before = count(desk, "score");
    desk.type("s rule");
    expect(page(desk)).toBe("1The 4odd 3rains rule 2lay.");
    expect(count(desk, "score")).toBe(before);
    expect(asked(desk.rest())).toEqual({ before: "", text: "The odd rains rule lay." });
    score(desk);
    expect(page(desk)).toBe("1The 4odd 3rains 3rule 2lay.");
    desk.press("ctrl+z", "ctrl+z").rest();
    expect(page(desk)).toBe("1The 4odd 3rain 2lay.");
    expect(count(desk, "score")).toBe(before + 1);
  });

  it("stops scoring as soon as one types, and does not mix up what comes late", () => {
    const desk = new Desk(`The odd rain lay.|`).press("alt+x");
    const request = asked(desk);
    desk.type("x");
    expect(asked(desk)).toBeNull();
    desk.send({
      type: "scored",
      request: request!,
      tokens: [{ id: 1, text: "The odd rain lay.", logprob: -1, rank: 5000 }],
    });
    expect(page(desk)).toBe("The odd rain lay.x");
    desk.press("backspace");
    expect(page(desk)).toBe("4The odd rain lay.");
  });

  it("gives way to what the model writes, and goes on after it", () => {
    const desk = new Desk("The odd rain| lay.").press("alt+x", "tab");
    expect(asked(desk)).toBeNull();
    desk.begin().rest().stream(" or").rest();
    expect(asked(desk)).toBeNull();
    desk.finish().rest();
    expect(asked(desk)).not.toBeNull();
    score(desk);
    expect(page(desk)).toBe("1The 4odd 3rain or 2lay.");
    expect(page(desk.press("tab"))).toBe("1The 4odd 3rain or 2lay.");
  });

  it("has the engine read ahead only when all is scored", () => {
    const desk = new Desk(`${long(600)}|`).press("alt+x").rest();
    expect(count(desk, "prepare")).toBe(0);
    const texts = scoreAll(desk);
    expect(texts.length).toBeGreaterThan(2);
    expect(desk.effects.at(-1)).toMatchObject({ type: "prepare", request: { task: "continue" } });
    desk.rest();
    expect(count(desk, "prepare")).toBe(1);
  });

  it("ends with a warning where the engine cannot score", () => {
    const desk = new Desk("The|").press("alt+x").send({ type: "scoringFailed", text: "no memory" });
    expect(desk.model.xray).toBeNull();
    expect(desk.model.notice).toEqual({ kind: "warning", text: "no memory" });
    desk.rest();
    expect(asked(desk)).toBeNull();
  });

  it("is not shown on what the history previews", () => {
    const desk = new Desk("The odd rain.|").type(" Then").press("alt+x");
    scoreAll(desk);
    expect(page(desk.press("f5", "down"))).toBe("The odd rain.");
    expect(page(desk.press("escape"))).toBe("1The 4odd 3rain. 1Then");
  });
});

describe("the oddest and flattest sentences", () => {
  const STORY =
    "# One\n\nWe go on and in. The odd owls often rest. All is well with us.\n\n# Two|\n\nOdd old oaks only overhang.";

  it("are those of the chapter, and Enter goes there", () => {
    const desk = new Desk(STORY, { columns: 160 }).press("ctrl+up", "up", "up", "alt+o");
    scoreAll(desk);
    const { panel } = desk.model;
    const lines = PANELS.xray
      .lines(desk.model, "")
      .map(({ prefix, text, detail }) => `${prefix}${text} ${detail}`);
    expect(lines).toEqual([
      "▲ The odd owls often rest. odd · 1 in 660",
      "▽ All is well with us. flat · 1 in 2",
      "▽ We go on and in. usual · 1 in 10",
    ]);
    expect(panel?.chosen).toBe(0);
    desk.press("down");
    expect(desk.page()).toContain("[All is well with us.|");
    desk.press("up", "enter");
    expect(desk.page()).toContain("|The odd owls");
    expect(desk.model.panel).toBeNull();
  });

  it("switches the x-ray on, and Esc goes back where one was", () => {
    const desk = new Desk(STORY).press("alt+o");
    expect(PANELS.xray.lines(desk.model, "")).toEqual([]);
    scoreAll(desk);
    desk.press("down", "down", "escape");
    expect(desk.page()).toBe(STORY);
    expect(desk.model.xray).not.toBeNull();
    expect(desk.press("alt+o", "alt+o").model.panel).toBeNull();
  });
});

describe("what could stand at the cursor", () => {
  const FOUND: Alternatives = {
    alternatives: [
      { id: 1, text: " sat", logprob: Math.log(0.42) },
      { id: 2, text: "s", logprob: Math.log(0.031) },
      { id: 3, text: "\n", logprob: Math.log(0.0001) },
    ],
    standing: { id: 9, text: " yowls", logprob: Math.log(0.002), rank: 1234 },
    blanks: 0,
  };
  const lines = (desk: Desk): string[] =>
    PANELS.alternatives
      .lines(desk.model, "")
      .map(({ text, detail, current }) => `${current ? "· " : ""}${text}: ${detail}`);
  const asks = (desk: Desk) => {
    const last = desk.effects.findLast((effect) => effect.type === "foresee");
    if (last?.type !== "foresee") throw new Error("nothing was asked");
    return last.request;
  };
  const answer = (desk: Desk, found: Alternatives = FOUND): Desk =>
    desk.send({ type: "foreseen", id: asks(desk).id, found });

  it("is listed with what stands there, which is selected meanwhile", () => {
    const desk = new Desk("The cat| yowls.").press("alt+n");
    expect(lines(desk)).toEqual([]);
    expect(asks(desk)).toMatchObject({ before: "The cat", after: " yowls.", length: 60 });
    answer(desk);
    expect(lines(desk)).toEqual([
      "sat: 42 %",
      "…s: 3.1 %",
      "(a new line): < 0.1 %",
      "· yowls (here): no. 1,234 · 0.2 %",
    ]);
    expect(desk.page()).toBe("The cat[ yowls|.");
    expect(desk.press("escape").page()).toBe("The cat| yowls.");
    expect(desk.press("alt+n", "alt+n").model.panel).toBeNull();
  });

  it("is marked where it is among them", () => {
    const desk = answer(new Desk("The cat| sat.").press("alt+n"), {
      ...FOUND,
      standing: { id: 1, text: " sat", logprob: Math.log(0.42), rank: 1 },
    });
    expect(lines(desk)[0]).toBe("· sat (here): 42 %");
    expect(lines(desk)).toHaveLength(3);
    desk.press("enter");
    expect(desk.model.offer).toBeNull();
    expect(desk.model.notice?.text).toBe("that is what stands here");
    expect(desk.page()).toBe("The cat| sat.");
  });

  it("begins a branch: an offer from there, which takes nothing away", () => {
    const desk = answer(new Desk("The cat| yowls.").press("alt+n")).press("enter");
    expect(desk.requested()).toMatchObject({ task: "continue", before: "The cat sat" });
    expect(desk.page()).toBe("The cat| yowls.");
    desk.answer(" on the mat.");
    expect(desk.ghost()).toBe(" sat on the mat.");
    expect(desk.text()).toBe("The cat yowls.");
    desk.press("tab");
    expect(desk.marked()).toBe("The cat{ sat on the mat.} yowls.");
    const [generation] = desk.records("generation");
    expect(generation).toMatchObject({
      begin: " sat",
      place: { from: 7, to: 7 },
      choices: [{ text: " on the mat." }],
    });
    const [edit] = desk.records("edit");
    expect(edit).toMatchObject({ origin: { by: "model" } });
  });

  it("shows its first word at once, and another choice has the same beginning", () => {
    const desk = answer(new Desk("The cat|").press("alt+n")).press("down", "enter").begin().stream(" purr");
    expect(desk.ghost()).toBe("s purr");
    desk.finish().press("alt+down");
    expect(desk.requested().before).toBe("The cats");
    desk.answer(" yowl");
    expect(desk.ghost()).toBe("s yowl");
  });

  it("does not put blanks twice where the cursor is behind one", () => {
    const found = { ...FOUND, blanks: 1, standing: null };
    const desk = answer(new Desk("The cat |").press("alt+n"), found).press("enter");
    expect(desk.requested().before).toBe("The cat sat");
    expect(desk.answer(" down.").ghost()).toBe("sat down.");
    expect(desk.press("tab").text()).toBe("The cat sat down.");
    expect(desk.records("generation")[0]).not.toHaveProperty("blanks");
  });

  it("comes to nothing where the story changed, or another place was asked for meanwhile", () => {
    const desk = new Desk("The cat|").press("alt+n");
    const first = asks(desk);
    desk.press("escape", "left", "alt+n");
    expect(lines(desk.send({ type: "foreseen", id: first.id, found: FOUND }))).toEqual([]);
    answer(desk).send({ type: "reloaded", text: "Another story", sha256: "x", at: 5 });
    if (!desk.model.panel) desk.press("alt+n");
    desk.press("enter");
    expect(desk.model.offer).toBeNull();
  });

  it("closes with a warning where the engine fails, and knows read-only stories", () => {
    const desk = new Desk("The cat|").press("alt+n");
    desk.send({ type: "foresightFailed", id: asks(desk).id, text: "the engine stopped" });
    expect(desk.model.panel).toBeNull();
    expect(desk.model.notice).toEqual({ kind: "warning", text: "the engine stopped" });
    const locked = new Desk("The cat|");
    locked.model = { ...locked.model, file: { ...locked.model.file, readOnly: true } };
    answer(locked.press("alt+n")).press("enter");
    expect(locked.model.offer).toBeNull();
    expect(locked.model.notice?.kind).toBe("warning");
  });
});
