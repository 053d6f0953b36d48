import { describe, expect, it } from "vitest";
import type { PromptView } from "../../src/engine/types.ts";
import { parseTemplate, templatePrompt } from "../../src/story/template.ts";
import { contextRows } from "../../src/ui/context-view.ts";
import { figureWords, steeredWords } from "../../src/ui/figures.ts";
import { helpLines } from "../../src/ui/help.ts";
import { Desk } from "./desk.ts";

const VIEW: PromptView = {
  tokens: [1, 2, 3, 4, 5, 6],
  text: "Mira.\n\nSlow.\n\nOnce upon\na time",
  segments: [
    { origin: "memory", from: 0, to: 7, tokens: 2 },
    { origin: "lore", name: "sea", from: 7, to: 14, tokens: 2 },
    { origin: "story", from: 14, to: 30, tokens: 2 },
  ],
  left: [
    { origin: "lore", name: "ship", size: 12 },
    { origin: "story", size: 12_345 },
  ],
  against: null,
};

describe("what the model sees", () => {
  it("is told by its parts, each with its size, and by what is left out", () => {
    expect(contextRows(VIEW, 60).map(({ mark, text }) => `${mark}|${text}`)).toEqual([
      "|6 tokens, all that the model sees",
      "|Memory · 2 tokens",
      "M|Mira.",
      "M|",
      "|Lore: sea · 2 tokens",
      "L|Slow.",
      "L|",
      "|Story · 2 tokens",
      " |Once upon",
      " |a time",
      "|Left out, for want of room",
      "-|Lore: ship, 12 tokens",
      "-|the story up to there: 12,345 characters or more",
    ]);
    for (const { text } of contextRows(VIEW, 20)) expect(text.length).toBeLessThanOrEqual(40);
  });

  it("is asked of the engine for what Tab would ask, and for a selection what a rewrite would", () => {
    const desk = new Desk("---\nmemory: Mira.\n---\nOnce |upon");
    desk.press("alt+c");
    const asked = desk.effects.findLast((effect) => effect.type === "inspect");
    expect(asked).toMatchObject({
      request: {
        task: "continue",
        before: "Once ",
        steering: { entries: [{ origin: "memory", text: "Mira." }] },
      },
    });
    expect(desk.model.dialog).toMatchObject({ kind: "context", view: null });
    const id = asked?.type === "inspect" ? asked.request.id : "";
    desk.send({ type: "inspected", id: "another", view: VIEW });
    expect(desk.model.dialog).toMatchObject({ view: null });
    desk.send({ type: "inspected", id, view: VIEW });
    expect(desk.model.dialog).toMatchObject({ view: VIEW, top: 0 });
    expect(desk.press("down", "down", "up").model.dialog).toMatchObject({ top: 1 });
    expect(desk.press("escape").model.dialog).toBeNull();
    desk.press("shift+right", "shift+right", "alt+c");
    expect(desk.effects.findLast((effect) => effect.type === "inspect")).toMatchObject({
      request: { task: "rewrite", selected: "up" },
    });
    expect(desk.press("alt+c").model.dialog).toBeNull();
  });

  it("closes with a warning where the engine cannot tell", () => {
    const desk = new Desk("Once|").press("alt+c");
    const asked = desk.effects.findLast((effect) => effect.type === "inspect");
    const id = asked?.type === "inspect" ? asked.request.id : "";
    desk.send({ type: "inspectFailed", id, text: "no model" });
    expect(desk.model.dialog).toBeNull();
    expect(desk.model.notice).toMatchObject({ kind: "warning", text: "no model" });
  });
});

describe("styles", () => {
  const source =
    '---\nabout: simpler\nstop: ["\\n", END]\nsettings: {temperature: 0.5}\n---\nPassage: {passage}\nPlain:';
  const plainer = parseTemplate("plainer", source);

  it("are text files with examples, stop strings and settings", () => {
    expect(plainer).toEqual({
      name: "plainer",
      about: "simpler",
      stop: ["\n", "END"],
      settings: { temperature: 0.5 },
      text: "Passage: {passage}\nPlain:",
    });
    expect(templatePrompt(plainer, " It $& rained\n\nall day. ")).toBe(
      "Passage: It $& rained all day.\nPlain:",
    );
    expect(() => parseTemplate("x", "---\n---\nno place")).toThrow("it must hold {passage} once");
    expect(() => parseTemplate("x", "---\nstop: []\n---\n{passage}")).toThrow("stop must be");
    expect(() => parseTemplate("x", "---\nsettings: {top_k: a}\n---\n{passage}")).toThrow(
      "its setting top_k",
    );
  });

  it("rewrite the sentence at the cursor, with their own settings, and go on with more of the same", () => {
    const desk = new Desk("It was late. He sl|ept.", { styles: [plainer] }).press("alt+r");
    expect(desk.model.panel?.kind).toBe("styles");
    desk.type("plain").press("enter");
    expect(desk.requested()).toMatchObject({
      task: "rewrite",
      selected: "He slept.",
      settings: { temperature: 0.5 },
      templates: [{ name: "plainer", prompt: "Passage: He slept.\nPlain:", stop: ["\n", "END"] }],
    });
    desk.answer("He dozed.");
    expect(desk.records("generation").at(-1)).toMatchObject({ templates: [{ name: "plainer" }] });
    desk.press("alt+down");
    expect(desk.requested()).toMatchObject({ templates: [{ name: "plainer" }] });
    expect(desk.press("escape", "escape", "ctrl+r").requested()).not.toHaveProperty("templates");
  });
});

describe("figures in words", () => {
  it("say how a candidate leads on and how much it keeps", () => {
    expect(figureWords({ gain: 0.1, kept: 0.404 })).toEqual(["leads on: strong", "keeps 40 % of your words"]);
    expect(figureWords({ gain: -0.01, kept: 0 })[0]).toBe("leads on: fair");
    expect(figureWords({ gain: -1, kept: 0 })[0]).toBe("leads on: weak");
    expect(figureWords({})).toEqual([]);
    expect(steeredWords({ loops: 1, bans: 2, missing: ["a lamp"] })).toBe(
      "a loop was broken · 2 banned phrases were taken back · it does not have a lamp",
    );
    expect(steeredWords({})).toBe("");
  });
});

describe("presets", () => {
  it("set the dials at once and for the next time, and the one in force is marked", () => {
    const desk = new Desk("Once|").press("alt+p").type("steady").press("enter");
    expect(desk.model.settings).toMatchObject({ temperature: 0.6, top_p: 0.9 });
    const remembered = desk.effects.filter((effect) => effect.type === "remember");
    expect(remembered).toContainEqual({ type: "remember", key: "temperature", value: 0.6 });
    desk.press("alt+p");
    expect(desk.model.panel?.chosen).toBe(1);
  });
});

describe("the help page", () => {
  const found = (desk: Desk): readonly string[] => {
    const { dialog, keymap } = desk.model;
    const query = dialog?.kind === "help" ? dialog.query : "no help";
    return helpLines(keymap, query).flatMap((line) => ("keys" in line ? line.title : []));
  };

  it("finds keys by what is typed, by all of its words; Esc takes that away, and then the page", () => {
    const desk = new Desk("Once|").press("f1");
    const all = found(desk).length;
    desk.type("delete word");
    expect(found(desk)).toEqual(
      ["delete the word before", "delete the word after", "erase a word"].slice(0, found(desk).length),
    );
    expect(found(desk).length).toBeLessThan(all);
    expect(found(desk.press("ctrl+w", "ctrl+w").type("CTRL+Q"))).toEqual(["save and quit"]);
    expect(found(desk.press("backspace", "backspace"))).toContain("save");
    expect(found(desk.press("escape"))).toHaveLength(all);
    expect(desk.model.dialog?.kind).toBe("help");
    expect(desk.press("escape").model.dialog).toBeNull();
    expect(desk.page()).toBe("Once|");
  });
});

describe("what the writer is warned of before taking a choice", () => {
  const LINE = "The keeper climbed the hundred and twelve steps with a tin of oil.";

  it("is that it copies the story, and of each choice when it is shown", () => {
    const desk = new Desk(`${LINE}\n\nThen |`, { choices: 2 }).press("tab");
    desk.answer("it rained.", `again ${LINE.toLowerCase()}`);
    expect(desk.model.notice).toBeNull();
    desk.press("alt+down");
    expect(desk.model.notice).toMatchObject({ kind: "warning" });
    expect(desk.model.notice?.text).toMatch(/^copies 13 words from your story: “the keeper climbed/u);
    expect(desk.press("alt+up").model.notice).toBeNull();
  });

  it("is not that a rewrite has words of what it takes the place of", () => {
    const desk = new Desk(`[${LINE}| Then it rained.`).press("ctrl+r").answer(LINE.replace("oil", "milk"));
    expect(desk.model.notice).toBeNull();
  });
});

describe("the difference that a rewrite makes", () => {
  it("is shown word by word, and Esc leads back to the offer", () => {
    const desk = new Desk("[It was very dark.|").press("ctrl+r").answer("It was dim.").press("alt+v");
    expect(desk.model.dialog).toMatchObject({
      kind: "takes",
      left: { title: "Your words", text: "It was very dark." },
      right: { title: "Other words 1", text: "It was dim." },
    });
    expect(desk.press("escape").model.dialog).toBeNull();
    expect(desk.ghost()).toBe("It was dim.");
    expect(new Desk("Once|").press("tab").answer(" upon").press("alt+v").model.notice?.text).toContain(
      "only a rewrite",
    );
  });
});

describe("Esc", () => {
  it("stops, and a second one dismisses, however long the stopping takes", () => {
    const desk = new Desk("Once|").press("tab").begin().stream(" upon a time");
    desk.press("escape");
    expect(desk.ghost()).toBe(" upon a time");
    desk.press("escape");
    expect(desk.ghost()).toBeNull();
    expect(desk.effects.filter((effect) => effect.type === "cancel").length).toBeGreaterThan(0);
    expect(desk.finish().records("generation")).toHaveLength(1);
  });
});
