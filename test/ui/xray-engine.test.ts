import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Engine, ScoreOptions } from "../../src/engine/types.ts";
import { BANDS } from "../../src/story/xray.ts";
import type { Message } from "../../src/ui/message.ts";
import { createPerformer, type Services } from "../../src/ui/perform.ts";
import { createTheme, pageSgr } from "../../src/ui/theme.ts";
import { PALETTES } from "../../src/ui/themes.ts";
import { FakeEngine } from "../fake-engine.ts";

/** A performer whose only service is an engine, and what it reported. */
function performing(engine: () => Promise<Engine>) {
  const messages: Message[] = [];
  const services = { engine } as Partial<Services> as Services;
  return { messages, perform: createPerformer(services, (message) => messages.push(message)) };
}

const request = { before: "Once", text: " upon a time" };

describe("scoring", () => {
  it("tells the tokens of what was asked", async () => {
    const engine = new FakeEngine();
    const { perform, messages } = performing(async () => engine);
    perform({ type: "score", request });
    await nextTurn();
    const { tokens } = await engine.score(request.text);
    expect(messages).toEqual([{ type: "scored", request, tokens }]);
  });

  it("ends with the next one, or with none, and says nothing of that", async () => {
    const engine = new FakeEngine();
    const asked: { readonly before: string | undefined; readonly signal: AbortSignal }[] = [];
    engine.score = (_, { before, signal }: ScoreOptions = {}) =>
      new Promise((_resolve, reject) => {
        if (signal) asked.push({ before, signal });
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
    const { perform, messages } = performing(async () => engine);
    perform({ type: "score", request });
    await nextTurn();
    perform({ type: "score", request: { before: "Twice", text: "x" } });
    await nextTurn();
    expect(asked.map(({ before, signal }) => [before, signal.aborted])).toEqual([
      ["Once", true],
      ["Twice", false],
    ]);
    perform({ type: "score", request: null });
    await nextTurn();
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(messages).toEqual([]);
  });

  it("tells why it failed", async () => {
    const { perform, messages } = performing(() => Promise.reject(new Error("no engine")));
    perform({ type: "score", request });
    await nextTurn();
    expect(messages).toEqual([{ type: "scoringFailed", text: "no engine" }]);
  });
});

describe("asking what could stand at a place", () => {
  it("tells it, of the last place only", async () => {
    const engine = new FakeEngine();
    const { perform, messages } = performing(async () => engine);
    const waiting: (() => void)[] = [];
    const { alternatives } = engine;
    engine.alternatives = async (before, options) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      options?.signal?.throwIfAborted();
      return alternatives.call(engine, before, options);
    };
    perform({ type: "foresee", request: { id: "g1", before: "Once" } });
    await nextTurn();
    perform({ type: "foresee", request: { id: "g2", before: "Once ", after: "two" } });
    await nextTurn();
    for (const resolve of waiting) resolve();
    await nextTurn();
    const found = messages.filter(({ type }) => type !== "engineReady");
    expect(found).toMatchObject([
      { type: "foreseen", id: "g2", found: { blanks: 1, standing: { text: "two" } } },
    ]);
  });

  it("tells why it failed", async () => {
    const { perform, messages } = performing(() => Promise.reject(new Error("no engine")));
    perform({ type: "foresee", request: { id: "g1", before: "Once" } });
    await nextTurn();
    expect(messages).toEqual([{ type: "foresightFailed", id: "g1", text: "no engine" }]);
  });
});

describe("the bands", () => {
  it.each([
    "text",
    "model",
  ] as const)("of %s can be told apart in every theme, also without colours", (voice) => {
    for (const name of [...Object.keys(PALETTES), "mono"]) {
      for (const depth of [0, 4, 8, 24] as const) {
        const sgr = pageSgr(createTheme(name, depth));
        const looks = BANDS.map((band) => sgr(`${voice}+${band}`));
        expect([name, depth, new Set(looks).size]).toEqual([name, depth, 4]);
      }
    }
  });

  it("that stand out do so without colours, too", () => {
    for (const name of Object.keys(PALETTES)) {
      const { looks } = createTheme(name, 24);
      expect(looks.top1000.underline).toBe(true);
      expect([looks.beyond.bold, looks.beyond.underline]).toEqual([true, true]);
    }
  });
});
