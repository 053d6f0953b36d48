import { describe, expect, it } from "vitest";
import { remoteWorth } from "../../../src/engine/remote/remote-jury.ts";
import { candidateOf, remotePassage } from "../../../src/engine/remote/remote-passage.ts";
import { completeSettings } from "../../../src/engine/settings.ts";
import { UserError } from "../../../src/errors.ts";
import { meet, run } from "./imitation.ts";

const SERVER = { contextLength: 512, charactersAToken: 4 };
const words = (text: string): readonly string[] => text.match(/\s*\S+/g) ?? [];

/** The candidate that a server's text gives for the passage between bars: `"It rained. |She left.| Then"`. */
function candidate(story: string, written: string): string | null {
  const [before = "", selected = "", after = ""] = story.split("|");
  const passage = remotePassage(selected, after, completeSettings({}), SERVER);
  const blanks = /[ \t]*$/.exec(before + passage.lead)?.[0] ?? "";
  const found = candidateOf(written, blanks, passage);
  return found && `${found.words}${found.whole ? "" : " …"}`;
}

describe("a candidate in what a server wrote", () => {
  it.each([
    ["It rained. |She left.| Then", " He stayed. And so on.", "He stayed."],
    ["It rained. |She left.| Then", " He stayed at home for a while", "He stayed at home for a while …"],
    [
      "It rained. |She left.| Then",
      " He stayed at home for a while longer",
      "He stayed at home for a while …",
    ],
    ["It rained. |She left.| Then", " he stayed. And", "he stayed. …"],
    ["It rained. |She left.| Then", "ly He stayed.", null],
    ["It rained. |She left.| Then", "   ", null],
    ["It |rained for days| on end.", " snowed for weeks and weeks and", "snowed for weeks"],
    ["“|Go!|” he said.", "Run! Run", "Run!"],
    ["“|Go!|” he said.", "Run away, you", "Run away, you …"],
    ["|She left.|", "He stayed.", "He stayed."],
  ])("%j, %j", (story, written, found) => {
    expect(candidate(story, written)).toBe(found);
  });
});

/** Writes the next of some texts for each seed and index. */
const texts =
  (...list: readonly string[]) =>
  (_: string, index: number, seed: number) =>
    words(list[(index + seed) % list.length] ?? "");

const request = {
  task: "rewrite" as const,
  before: "It rained all day. ",
  selected: "She left the old house.",
  after: " Then she sang.",
};

describe("a rewrite on a server", () => {
  it("offers what leads best into what follows, where the server scores prompts", async () => {
    const write = texts(" He sold the old boat.", " She bought a new house.", " They painted the old door.");
    const likely = (token: string, before: string): number =>
      token === " sang." && before.includes("bought") ? -0.1 : -3;
    const { engine, server, notices } = await meet({ write, likely });
    const { choices, events, error } = await run(engine, {
      ...request,
      choices: 2,
      settings: { seed: 0, closeness: 0 },
    });
    expect(error).toBeNull();
    expect(choices[0]).toMatchObject({
      index: 0,
      text: "She bought a new house.",
      source: "left",
      finishReason: "stop",
      kept: expect.closeTo(1 / 3),
      tokens: [],
    });
    expect(choices).toHaveLength(2);
    const [best, second] = choices;
    expect(best?.fit).toBeGreaterThan(second?.fit ?? 0);
    expect(best?.gain).toBeCloseTo((best?.fit ?? 0) + 3);
    expect(second?.gain).toBeCloseTo(0);
    expect(events.filter(({ type }) => type === "progress").at(-1)).toMatchObject({ done: 1 });
    expect(server.asked[0]?.body).toMatchObject({ n: 8, stop: ["\n"], stream: false });
    expect(notices).toEqual([]);
    // The passage and three candidates: the same words are scored once.
    expect(server.asked.filter(({ body }) => body.echo === true)).toHaveLength(4);
  });

  it.each([
    "ignores",
    "refuses",
  ] as const)("ranks by closeness and length where the server %s echo, and says so", async (echo) => {
    const write = texts(
      " He sold a boat.",
      " She sold the old house.",
      " She and her brother left the house once more.",
    );
    const { engine, server, notices } = await meet({ echo, write });
    const brought = await run(engine, { ...request, choices: 3, settings: { seed: 0, closeness: 1 } });
    // The first two keep as much; the second is longer than the passage.
    expect(brought.choices.map(({ text }) => text)).toEqual([
      "She sold the old house.",
      "She and her brother left the house once more.",
      "He sold a boat.",
    ]);
    expect(brought.choices[0]).not.toHaveProperty("fit");
    expect(brought.choices[0]).not.toHaveProperty("logprob");
    expect(notices).toEqual([expect.stringContaining("ranked by closeness and length only")]);
    const probes = server.asked.filter(({ body }) => body.echo === true).length;
    await run(engine, { ...request, choices: 1 });
    expect(server.asked.filter(({ body }) => body.echo === true)).toHaveLength(probes);
  });

  it("prefers the passage's own length where nothing else is known", () => {
    const one = {
      candidate: { words: "", whole: true },
      drawn: 0,
      source: "left",
      fit: undefined,
      gain: undefined,
      logprob: undefined,
      kept: 0.5,
      copied: 0,
      repeated: 0,
      proportion: 1,
    };
    expect(remoteWorth(one, 0.5)).toBeGreaterThan(remoteWorth({ ...one, proportion: 1.4 }, 0.5));
    expect(remoteWorth(one, 0.5)).toBeGreaterThan(remoteWorth({ ...one, proportion: 0.6 }, 0.5));
    expect(remoteWorth({ ...one, kept: 0.9 }, 1)).toBeGreaterThan(remoteWorth(one, 1));
  });

  it("writes after templates where there are any", async () => {
    const write = (prompt: string): readonly string[] =>
      prompt.startsWith("Plain:") ? [" He", " went", ".", "\n", "More"] : [" wrong"];
    const { engine, server } = await meet({ write });
    const templates = [{ name: "plainer", prompt: "Plain: She departed. =>", stop: ["\n"] }];
    const { choices } = await run(engine, { ...request, templates, settings: { seed: 1 } });
    expect(choices[0]).toMatchObject({ text: "He went.", source: "plainer" });
    expect(server.asked[0]?.body).toMatchObject({ prompt: "Plain: She departed. =>", stop: ["\n"] });
  });

  it("offers none with a banned phrase", async () => {
    const write = texts(" He felt a shiver there.", " She left the new house.");
    const { engine } = await meet({ write });
    const { choices } = await run(engine, {
      ...request,
      choices: 5,
      steering: { ban: [{ text: "shiver" }] },
      settings: { seed: 0 },
    });
    expect(choices.map(({ text }) => text)).toEqual(["She left the new house."]);
  });

  it("keeps the white space around the passage", async () => {
    const { engine, server } = await meet({ write: () => words(" He stayed at home.") });
    const { choices } = await run(engine, { ...request, before: "It rained.", selected: " She left it. \n" });
    expect(choices[0]?.text).toBe(" He stayed at home. \n");
    expect(server.asked[0]?.body.prompt).toBe("It rained.");
  });

  it("asks once without chance", async () => {
    const { engine, server } = await meet({ write: () => words(" He stayed at home today.") });
    const { choices } = await run(engine, { ...request, choices: 3, settings: { greedy: true } });
    expect(choices).toHaveLength(1);
    expect(server.asked.filter(({ body }) => body.echo !== true)).toHaveLength(1);
  });

  it("ends with what had been heard when it is cancelled", async () => {
    const write = texts(" He sold the old boat.", " She bought a new house.");
    const { engine } = await meet({ write, many: "ignores" });
    const cancel = new AbortController();
    const { choices, events, error } = await run(
      engine,
      { ...request, choices: 4, settings: { seed: 0 } },
      cancel.signal,
      ({ type }) => type === "progress" && cancel.abort(),
    );
    expect(error).toBeNull();
    expect(choices).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: "finished", cancelled: true });
  });

  it("ends though the server only ever writes the same, or nothing", async () => {
    for (const text of [" She left the old house.", ""]) {
      const { engine } = await meet({ write: () => words(text) });
      const { choices, error } = await run(engine, { ...request, choices: 3 });
      expect(error).toBeNull();
      expect(choices).toEqual([]);
    }
  });

  it("refuses what has no words", async () => {
    const { engine } = await meet();
    expect((await run(engine, { ...request, selected: " \n" })).error).toBeInstanceOf(UserError);
  });
});
