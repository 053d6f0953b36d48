import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTurns } from "../../src/engine/turns.ts";
import type { FakeStep } from "../fake-model.ts";
import { asking, choicesOf, collect, deskWriting, only } from "./desk.ts";

const words = Array.from({ length: 40 }, (_, i) => "abcdefgh"[i % 8]!.repeat((i % 5) + 1)).join(" ");

/** Prompt tokens that a generation had to read. */
const readBy = async (events: ReturnType<typeof collect>) => {
  const { prompt, reusedTokens } = only(await events, "started");
  return prompt.tokens.length - reusedTokens;
};

describe("reading ahead", () => {
  test("leaves one token to read, and changes nothing of what is written", async () => {
    const settings = { length: 8, seed: 3 };
    const cold = deskWriting(words, { expects: () => undefined });
    const warm = deskWriting(words, { expects: () => undefined });
    await warm.engine.prepare(asking(words, settings));
    const events = collect(warm.engine.generate(asking(words, settings)));
    expect(await readBy(events)).toBe(1);
    expect(choicesOf(await events)).toEqual(
      choicesOf(await collect(cold.engine.generate(asking(words, settings)))),
    );
  });

  test("changes nothing of a text that slides through the window, either", async () => {
    const write = async (ahead: boolean) => {
      const { engine, model } = deskWriting(words, { expects: () => undefined, contextLength: 64 });
      const request = asking(words.repeat(3), { length: 150, seed: 3 });
      if (ahead) await engine.prepare(request);
      const [choice] = choicesOf(await collect(engine.generate(request)));
      return {
        tokens: choice?.tokens,
        read: model.steps.reduce((sum, { tokens }) => sum + tokens.length, 0),
      };
    };
    const [cold, warm] = [await write(false), await write(true)];
    expect(cold.tokens?.length).toBe(150);
    expect(warm).toEqual(cold);
    // Each new token is read once, and once more at most where the window slides; the prompt comes on top.
    expect(cold.read).toBeLessThanOrEqual(64 + 2 * 150);
  });

  test("a rewrite finds what was read for it", async () => {
    const { engine } = deskWriting(words, { expects: () => undefined });
    const request = asking(words, { seed: 1 }, { task: "rewrite", selected: "abc abc", after: " more" });
    await engine.prepare(request);
    expect(await readBy(collect(engine.generate(request)))).toBe(1);
  });

  test("does nothing where the cache holds that and more", async () => {
    const { engine, model } = deskWriting(words, { expects: () => undefined });
    await engine.prepare(asking(words));
    const steps = model.steps.length;
    await engine.prepare(asking(words.slice(0, words.lastIndexOf(" "))));
    await engine.prepare(asking(words));
    expect(model.steps.length).toBe(steps);
  });

  test("whatever was read ahead, cut short or asked before: the same is written", async () => {
    const text = fc.constantFrom(words, words.slice(0, 50), `${words.slice(0, 80)} fff`, "a", `${words} `);
    const call = fc.record({ text, kind: fc.constantFrom("prepare", "cut", "generate"), choices: fc.nat(2) });
    const settings = { length: 4, seed: 9 };
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 6 }), text, async (calls, last) => {
        const { engine } = deskWriting(words, { expects: () => undefined });
        const waiting: Promise<unknown>[] = [];
        for (const { text: before, kind, choices } of calls) {
          const request = asking(before, settings, { choices: choices + 1 });
          if (kind === "generate") await collect(engine.generate(request));
          else waiting.push(engine.prepare(request));
          if (kind === "prepare") await waiting.at(-1);
        }
        const found = await collect(engine.generate(asking(last, settings)));
        await Promise.all(waiting);
        const fresh = deskWriting(words, { expects: () => undefined });
        expect(choicesOf(found)).toEqual(
          choicesOf(await collect(fresh.engine.generate(asking(last, settings)))),
        );
      }),
      { numRuns: 40 },
    );
  });

  /** An engine whose model reads a step only when it is let. */
  function slow() {
    const begun: FakeStep[] = [];
    const waiting: (() => void)[] = [];
    let free = false;
    const desk = deskWriting(words, {
      expects: () => undefined,
      onStep: async (step) => {
        begun.push(step);
        if (!free) await new Promise<void>((resolve) => waiting.push(resolve));
      },
    });
    return {
      ...desk,
      begun,
      letGo() {
        free = true;
        for (const resolve of waiting.splice(0)) resolve();
      },
    };
  }
  const long = "abcdefg ".repeat(30).trim();

  test.each([
    ["a generation", (engine: ReturnType<typeof slow>["engine"]) => collect(engine.generate(asking("h")))],
    ["a score", (engine: ReturnType<typeof slow>["engine"]) => engine.score("h h")],
    ["another text", (engine: ReturnType<typeof slow>["engine"]) => engine.prepare(asking("h h"))],
  ])("gives way to %s after the run under way, of at most 32 tokens", async (_, ask) => {
    const { engine, begun, letGo } = slow();
    const ahead = engine.prepare(asking(long));
    await nextTurn();
    expect(begun.length).toBe(1);
    const asked = ask(engine);
    letGo();
    await Promise.all([ahead, asked]);
    expect(begun[0]!.tokens.length).toBeLessThanOrEqual(32);
    expect(begun[1]!.past).toBe(0);
    expect(begun[1]!.tokens.length).toBeLessThanOrEqual(2);
  });

  test("waits for what runs, and does not begin if something else was asked meanwhile", async () => {
    const { engine, model, letGo } = slow();
    const first = collect(engine.generate(asking("h", { length: 2, seed: 1 })));
    const ahead = engine.prepare(asking(long));
    const second = collect(engine.generate(asking("h h", { length: 2, seed: 1 })));
    letGo();
    await Promise.all([first, ahead, second]);
    expect(model.steps.every(({ tokens }) => tokens.length < 4)).toBe(true);
  });

  test("ends with its signal, and with the engine", async () => {
    for (const end of ["abort", "close"] as const) {
      const { engine, begun, letGo } = slow();
      const controller = new AbortController();
      const ahead = engine.prepare(asking(long), controller.signal);
      await nextTurn();
      if (end === "abort") controller.abort();
      else void engine.close();
      letGo();
      await ahead;
      expect(begun.length).toBe(1);
    }
  });

  test("rejects where the model fails, and the next request is served", async () => {
    let broken = true;
    const { engine } = deskWriting(words, {
      expects: () => undefined,
      onStep: () => {
        if (broken) throw new Error("std::bad_alloc");
      },
    });
    await expect(engine.prepare(asking(words))).rejects.toThrow("There is not enough memory for the model.");
    broken = false;
    expect(choicesOf(await collect(engine.generate(asking("a", { length: 2 })))).length).toBe(1);
  });
});

test("a turn that is not wanted any more is passed over, also by those behind it", async () => {
  const turns = createTurns();
  const first = await turns.take();
  const controller = new AbortController();
  const second = turns.take(controller.signal);
  const third = turns.take();
  controller.abort();
  expect(await second).toBeNull();
  first?.();
  (await third)?.();
  expect(await turns.take(AbortSignal.abort())).toBeNull();
});

test("turns are taken in order, and work ahead waits for its own", async () => {
  const turns = createTurns();
  const order: string[] = [];
  const take = async (name: string) => {
    const release = await turns.take();
    order.push(`${name}+`);
    await nextTurn();
    order.push(`${name}-`);
    release?.();
  };
  const ahead = async () => void order.push("ahead");
  await Promise.all([take("a"), turns.ahead(ahead), take("b"), take("c"), turns.ahead(ahead)]);
  expect(order).toEqual(["a+", "a-", "b+", "b-", "c+", "c-", "ahead"]);
});
