import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/types.ts";
import { entryDetail, entryWords, type LibraryEntry } from "../../src/ui/library.ts";
import type { LibraryServices } from "../../src/ui/library-performer.ts";
import { limitRows } from "../../src/ui/limit-rows.ts";
import type { Message } from "../../src/ui/message.ts";
import { createPerformer, type Services } from "../../src/ui/perform.ts";
import { FakeEngine } from "../fake-engine.ts";
import { CARD, Desk } from "./desk.ts";

const READY = { status: "ready", tokensPerSecond: null } as const;

function entry(name: string, changes: Partial<LibraryEntry> = {}): LibraryEntry {
  return {
    name,
    parameters: 124e6,
    size: 548e6,
    memory: 430e6,
    fits: true,
    tokensPerSecond: null,
    licence: "mit",
    here: true,
    limits: null,
    known: true,
    ...changes,
  };
}

const ENTRIES = [
  entry("paper"),
  entry("gpt2", { limits: "It invents.\n\nIt repeats.", known: false }),
  entry("gpt2-xl", { here: false, size: 6.4e9, memory: null }),
];

/** A writer who has opened the list of models. */
function reading(page = "Once upon|"): Desk {
  const desk = new Desk(page).press("ctrl+o");
  return desk.send({ type: "libraryRead", entries: ENTRIES });
}

const kinds = (desk: Desk) => desk.effects.map(({ type }) => type);

describe("the list of models", () => {
  it("is read when it is opened, and shows what each needs", () => {
    const desk = new Desk("Once upon|").press("ctrl+o");
    expect(kinds(desk)).toContain("readLibrary");
    expect(entryDetail(entry("gpt2", { tokensPerSecond: 61 }))).toBe("430 MB · 61/s");
    expect(entryDetail(entry("gpt2", { fits: false }))).toBe("needs 430 MB");
    expect(entryDetail(ENTRIES[2]!)).toBe("to fetch, 6.4 GB");
    expect(entryDetail(entry("x", { problem: "cut" }))).toBe("damaged");
    expect(entryWords(entry("gpt2", { tokensPerSecond: 61 }))).toBe(
      "gpt2: 124M parameters, 548 MB on disk, 430 MB of memory, 61 tokens a second, licence mit",
    );
  });

  it("opens another model and leaves the page as it is", () => {
    const desk = reading().press("down", "enter");
    expect(desk.effects).toContainEqual({ type: "openModel", name: "gpt2" });
    expect(desk.model.engine).toMatchObject({ status: "loading", card: null });
    expect(desk.page()).toBe("Once upon|");
    expect(desk.model.panel).toBeNull();
    desk.press("escape").type(" a time");
    expect(desk.text()).toBe("Once upon a time");
  });

  it("opens a model that a server's is called like, and not one that is open", () => {
    const named = (remote: object): Desk => {
      const desk = new Desk("Once upon|", {
        engine: { ...READY, card: { ...CARD, name: "gpt2", ...remote } },
      });
      return desk
        .press("ctrl+o")
        .send({ type: "libraryRead", entries: [entry("gpt2")] })
        .press("enter");
    };
    expect(kinds(named({ remote: "127.0.0.1:8000" }))).toContain("openModel");
    const same = named({});
    expect(kinds(same)).not.toContain("openModel");
    expect(same.model.notice?.text).toBe("gpt2 is open already");
  });

  it("tells a model's limits when it is opened for the first time, and only then", () => {
    const desk = reading().press("down", "enter");
    expect(desk.model.dialog).toMatchObject({
      kind: "limits",
      name: "gpt2",
      text: "It invents.\n\nIt repeats.",
    });
    expect(desk.press("down", "escape").model.dialog).toBeNull();
    const known = new Desk("|").press("ctrl+o");
    known.send({ type: "libraryRead", entries: [entry("gpt2", { limits: "It invents." })] }).press("enter");
    expect(known.model.dialog).toBeNull();
    expect(limitRows("one two three\n\nfour", 9)).toEqual(["one two", "three", "", "four"]);
  });

  it("drops what another model offers, and stops it", () => {
    const desk = new Desk("Once upon|").press("tab").begin().stream(" a time").press("ctrl+o");
    desk.send({ type: "libraryRead", entries: ENTRIES }).press("down", "enter");
    expect(desk.model.offer).toBeNull();
    expect(kinds(desk).filter((type) => type === "cancel")).toHaveLength(1);
    expect(kinds(desk).indexOf("cancel")).toBeLessThan(kinds(desk).indexOf("openModel"));
  });

  it("opens neither what is open nor what is damaged", () => {
    const open = reading().press("enter");
    expect(kinds(open)).not.toContain("openModel");
    const damaged = new Desk("|").press("ctrl+o");
    damaged.send({ type: "libraryRead", entries: [entry("bad", { problem: "it is cut" })] }).press("enter");
    expect(damaged.model.notice?.text).toContain("it is cut");
    expect(kinds(damaged)).not.toContain("openModel");
  });

  it("fetches one at a time, tells how far it is, and can be told to stop", () => {
    const desk = reading().press("down", "down", "enter");
    expect(desk.effects).toContainEqual({ type: "pullModel", name: "gpt2-xl" });
    desk.send({ type: "pullProgress", name: "gpt2-xl", text: "42 %" });
    expect(desk.model.library.pulling).toEqual({ name: "gpt2-xl", text: "42 %" });
    desk.send({ type: "pullProgress", name: "other", text: "1 %" });
    expect(desk.model.library.pulling?.text).toBe("42 %");
    desk.press("ctrl+o", "down", "down", "enter");
    expect(desk.effects).toContainEqual({ type: "stopPulling" });
    expect(desk.model.library.pulling).toBeNull();
    desk.press("ctrl+o", "down", "down", "enter");
    desk.send({ type: "pullEnded", name: "gpt2-xl", problem: null });
    expect(desk.model.notice?.text).toContain("gpt2-xl is here");
    expect(kinds(desk).at(-1)).toBe("readLibrary");
  });
});

describe("the performer", () => {
  const told = async (
    services: Partial<LibraryServices>,
    ...effects: Parameters<ReturnType<typeof createPerformer>>[0][]
  ) => {
    const messages: Message[] = [];
    const perform = createPerformer({ models: services } as Partial<Services> as Services, (message) =>
      messages.push(message),
    );
    for (const effect of effects) perform(effect);
    await nextTurn();
    return messages;
  };
  const list = async () => ENTRIES;

  it("opens a model and reads the list again, or tells why not", async () => {
    const open = async (): Promise<Engine> => new FakeEngine();
    expect((await told({ open, list }, { type: "openModel", name: "fake" })).map(({ type }) => type)).toEqual(
      ["engineReady", "libraryRead"],
    );
    const failing = () => Promise.reject(new Error("too large"));
    expect(await told({ open: failing, list }, { type: "openModel", name: "fake" })).toEqual([
      { type: "engineFailed", text: "too large" },
    ]);
  });

  it("tells how a fetch goes and ends; of one that was stopped nothing more", async () => {
    const pull: LibraryServices["pull"] = async (_, tell) => tell("42 %");
    expect(await told({ pull }, { type: "pullModel", name: "gpt2" })).toEqual([
      { type: "pullProgress", name: "gpt2", text: "42 %" },
      { type: "pullEnded", name: "gpt2", problem: null },
    ]);
    const failing: LibraryServices["pull"] = () => Promise.reject(new Error("no room"));
    expect(await told({ pull: failing }, { type: "pullModel", name: "gpt2" })).toEqual([
      { type: "pullEnded", name: "gpt2", problem: "no room" },
    ]);
    const endless: LibraryServices["pull"] = (_, __, signal) =>
      new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)));
    expect(
      await told({ pull: endless }, { type: "pullModel", name: "gpt2" }, { type: "stopPulling" }),
    ).toEqual([]);
  });
});
