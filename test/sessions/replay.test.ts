import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/engine/settings.ts";
import { parseSession } from "../../src/sessions/read.ts";
import type { GenerationRecord, SessionRecord } from "../../src/sessions/records.ts";
import { replayStory, verifySession } from "../../src/sessions/replay.ts";
import { FAKE_CARD, FakeEngine } from "../fake-engine.ts";

const AT = "2026-01-02T03:04:05.000Z";

/** A generation whose choices are lists of token ids. */
function generation(choices: readonly (readonly number[])[], changes: Partial<GenerationRecord> = {}) {
  const { name, fingerprint, parameters } = FAKE_CARD;
  const record: GenerationRecord = {
    type: "generation",
    at: AT,
    id: "g1",
    task: "continue",
    place: { from: 3, to: 3 },
    model: { name, fingerprint, parameters },
    runtime: "test",
    settings: DEFAULT_SETTINGS,
    seed: 99,
    count: choices.length,
    prompt: { tokens: [7, 8], text: "one" },
    choices: choices.map((tokens) => ({
      text: "…",
      tokens,
      logprobs: tokens.map(() => -0.75),
      finish_reason: "length",
    })),
    timing: { prefillMs: 1, prefillTokens: 2, decodeMs: 1, decodeTokens: 2 },
    ...changes,
  };
  // As it comes back from a file.
  return parseSession(JSON.stringify(record), "test").records;
}

describe("verifying a session", () => {
  it("runs each generation again with the recorded prompt ids, seed and count", async () => {
    const engine = new FakeEngine().enqueue(" a| b", " c| d");
    const verified = await verifySession(
      generation(
        [
          [0, 2],
          [1, 3],
        ],
        { blanks: " " },
      ),
      engine,
    );
    expect(engine.requests).toMatchObject([
      { promptTokens: [7, 8], before: "one ", choices: 2, settings: { seed: 99, temperature: 0.8 } },
    ]);
    expect(verified).toEqual([{ id: "g1", tokens: 4, difference: null, otherModel: false, cutShort: false }]);
  });

  it.each([
    ["another token", [0, 5], { token: 1, recorded: 5, replayed: 1, margin: 0.25 }],
    ["a token more", [0, 1, 6], { token: 2, recorded: 6, replayed: null, margin: null }],
    ["a token less", [0], { token: 1, recorded: null, replayed: 1, margin: null }],
  ])("names the first token that differs: %s recorded", async (_, tokens, difference) => {
    const engine = new FakeEngine().enqueue(" a| b");
    const [verified] = await verifySession(generation([tokens]), engine);
    expect(verified?.difference).toEqual({ choice: 0, ...difference });
  });

  it("compares what was cut short as far as it came", async () => {
    const cut = generation([[0]]).map((record) =>
      record.type === "generation"
        ? {
            ...record,
            cancelled: true as const,
            choices: record.choices.map((choice) => ({ ...choice, finish_reason: "cancelled" as const })),
          }
        : record,
    );
    const [verified] = await verifySession(cut, new FakeEngine().enqueue(" a| b"));
    expect(verified).toMatchObject({ tokens: 1, difference: null });
  });

  it("does not run a rewrite that was cut short, nor what another model wrote", async () => {
    const other = { model: { name: "fake", fingerprint: "ffff", parameters: 1 } };
    const records = [
      ...generation([[0]], { task: "rewrite", selected: "x", cancelled: true }),
      ...generation([[0]], other),
    ];
    const engine = new FakeEngine();
    const verified = await verifySession(records, engine);
    expect(engine.requests).toEqual([]);
    expect(verified).toMatchObject([{ cutShort: true }, { otherModel: true }]);
  });

  it("says nothing of a generation during which it was cancelled", async () => {
    const stop = new AbortController();
    const engine = new FakeEngine().enqueue(" a| b").enqueue(" a| b");
    engine.beforeToken = () => {
      if (engine.requests.length === 2) stop.abort();
    };
    const told: number[] = [];
    const verified = await verifySession([...generation([[0, 1]]), ...generation([[0, 1]])], engine, {
      signal: stop.signal,
      onProgress: (done) => told.push(done),
    });
    expect(verified).toHaveLength(1);
    expect(told).toEqual([0, 1]);
  });
});

describe("replaying a story", () => {
  const opened: SessionRecord = {
    type: "edit",
    at: AT,
    changes: [[0, "It was dark."]],
    origin: { by: "writer" },
    cause: "opened",
  };

  it("tells whether the session gives the story, and where not", () => {
    expect(replayStory([opened], "It was dark.")).toMatchObject({ matches: true, firstDifference: null });
    expect(replayStory([opened], "It was damp.")).toMatchObject({ matches: false, firstDifference: 9 });
    expect(replayStory([opened], "It was dark. So")).toMatchObject({ matches: false, firstDifference: 12 });
  });

  it("matches nothing that it could not follow to its end", () => {
    const stray: SessionRecord = { type: "jump", at: AT, to: 9 };
    expect(replayStory([opened, stray], "It was dark.")).toMatchObject({
      matches: false,
      problem: expect.stringContaining("no revision 9"),
    });
  });
});
