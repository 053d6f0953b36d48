import { describe, expect, it } from "vitest";
import type { Effect } from "../../src/ui/effects.ts";
import { createLayout } from "../../src/ui/layout.ts";
import type { Message } from "../../src/ui/message.ts";
import type { Model } from "../../src/ui/model.ts";
import { pageRows } from "../../src/ui/page.ts";
import { createStudio } from "../../src/ui/studio.ts";
import { deskModel } from "./desk.ts";

/** A studio whose time stands still until `pass`; painting lays the page out as the real painter does. */
function still(page: string, changes: Partial<Model> = {}) {
  const layout = createLayout();
  const waiting = new Map<number, { run: () => void; at: number }>();
  const effects: Effect[] = [];
  let clock = 0;
  let timers = 0;
  let painted = 0;
  let refreshed = 0;
  const studio = createStudio({
    initial: deskModel(page, changes),
    layout,
    autosaveMs: 2000,
    paintPage(model) {
      painted++;
      pageRows(model, layout);
    },
    timers: {
      set(run, ms) {
        timers++;
        waiting.set(timers, { run, at: clock + ms });
        return timers;
      },
      clear: (timer) => waiting.delete(timer as number),
    },
    performer: () => (effect) => effects.push(effect),
  });
  studio.subscribe(() => refreshed++);
  return {
    studio,
    layout,
    effects,
    counts: () => ({ painted, refreshed }),
    send: (message: Message) => studio.dispatch(message),
    type: (text: string) => studio.dispatch({ type: "typed", text, at: clock }),
    pass(ms: number) {
      clock += ms;
      for (const [id, { run, at }] of [...waiting]) {
        if (at > clock) continue;
        waiting.delete(id);
        run();
      }
    },
  };
}

const PARAGRAPHS = Array.from(
  { length: 200 },
  (_, i) => `Paragraph ${i} ${"of many words ".repeat(30)}`,
).join("\n\n");

describe("the studio", () => {
  it("paints a key at once, wraps one paragraph for it, and leaves React alone", () => {
    const desk = still(`${PARAGRAPHS}|`);
    desk.type("a");
    for (const letter of "bcdefg") {
      const [before, wrapped] = [desk.counts(), desk.layout.wrappedParagraphs];
      desk.type(letter);
      expect(desk.counts()).toEqual({ painted: before.painted + 1, refreshed: before.refreshed });
      expect(desk.layout.wrappedParagraphs - wrapped).toBeLessThanOrEqual(1);
    }
  });

  it("lets the panes follow at most ten times a second", () => {
    const desk = still("|");
    for (const text of ["reading", "reading more"]) desk.send({ type: "engineDoing", text });
    expect(desk.counts().refreshed).toBe(0);
    expect(desk.studio.snapshot()).not.toBe(desk.studio.model());
    desk.pass(100);
    expect(desk.counts().refreshed).toBe(1);
    expect(desk.studio.snapshot()).toBe(desk.studio.model());
  });

  it("leaves the panes alone while somebody types, and has them follow the last key", () => {
    const desk = still("|");
    for (const letter of "a slow typist") {
      desk.type(letter);
      desk.pass(250);
    }
    desk.send({ type: "command", command: "deleteBackward", at: 0, id: "g" });
    desk.pass(299);
    expect(desk.counts().refreshed).toBe(0);
    desk.pass(1);
    expect(desk.counts().refreshed).toBe(1);
    expect(desk.studio.snapshot()).toBe(desk.studio.model());
    desk.type("x");
    desk.send({ type: "engineDoing", text: "reading" });
    desk.pass(100);
    expect(desk.studio.snapshot()).toBe(desk.studio.model());
    desk.pass(1000);
    expect(desk.counts().refreshed).toBe(2);
  });

  it("paints streaming text thirty times a second, however fast it comes", () => {
    const desk = still("Once|");
    desk.send({ type: "command", command: "continue", at: 0, id: "g" });
    const before = desk.counts().painted;
    for (let i = 0; i < 50; i++) {
      const event = { type: "token", choice: 0, id: 1, logprob: -1, text: " word" } as const;
      desk.send({ type: "generation", id: "g", event, at: 0 });
    }
    expect(desk.counts().painted).toBe(before);
    desk.pass(33);
    expect(desk.counts().painted).toBe(before + 1);
  });

  it("shows a question or a moved slider without waiting", () => {
    const desk = still("|");
    desk.send({ type: "command", command: "help", at: 0, id: "g" });
    expect(desk.counts().refreshed).toBe(1);
  });

  it("saves by itself after a rest, counted from the last change", () => {
    const desk = still("|");
    desk.type("a");
    desk.pass(1500);
    desk.type("b");
    desk.pass(1500);
    expect(desk.effects.some(({ type }) => type === "save")).toBe(false);
    desk.pass(500);
    expect(desk.effects.filter(({ type }) => type === "save")).toHaveLength(1);
  });

  it("lets the engine read ahead after a moment of rest, and no sooner", () => {
    const desk = still("Once|");
    const asked = () => desk.effects.filter(({ type }) => type === "prepare").length;
    desk.type("a");
    desk.pass(300);
    desk.type("b");
    desk.pass(300);
    expect(asked()).toBe(0);
    desk.pass(100);
    expect(asked()).toBe(1);
    for (let i = 0; i < 10; i++) desk.pass(400);
    expect(asked()).toBe(1);
  });

  it("does nothing any more when it is closed", () => {
    const desk = still("|");
    desk.type("a");
    desk.studio.close();
    const before = desk.counts();
    desk.pass(5000);
    desk.type("b");
    expect(desk.counts()).toEqual(before);
  });
});
