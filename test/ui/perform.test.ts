import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { completeSettings } from "../../src/engine/settings.ts";
import type { Engine, GenerationRequest } from "../../src/engine/types.ts";
import type { Message } from "../../src/ui/message.ts";
import { createPerformer, type Services } from "../../src/ui/perform.ts";
import { FakeEngine } from "../fake-engine.ts";

/** A performer whose only service is an engine, and what it reported. */
function performing(engine: () => Promise<Engine>) {
  const messages: Message[] = [];
  const perform = createPerformer({ engine } as Partial<Services> as Services, (message) =>
    messages.push(message),
  );
  return { messages, perform };
}

const request: GenerationRequest = {
  id: "prepare",
  task: "continue",
  before: "Once",
  choices: 1,
  settings: completeSettings(),
};

describe("reading ahead", () => {
  it("is handed to the engine, and ends with the next one or with none", async () => {
    const engine = new FakeEngine();
    const signals: (AbortSignal | undefined)[] = [];
    engine.prepare = async (_, signal?: AbortSignal) => void signals.push(signal);
    const { perform, messages } = performing(async () => engine);
    const aborted = () => signals.map((signal) => signal?.aborted);
    perform({ type: "prepare", request });
    await nextTurn();
    perform({ type: "prepare", request });
    await nextTurn();
    expect(aborted()).toEqual([true, false]);
    perform({ type: "prepare", request: null });
    expect(aborted()).toEqual([true, true]);
    expect(messages).toEqual([]);
  });

  it.each([
    ["does not start", () => Promise.reject(new Error("no engine"))],
    [
      "fails",
      () => {
        const engine = new FakeEngine();
        engine.prepare = () => Promise.reject(new Error("no memory"));
        return Promise.resolve(engine);
      },
    ],
  ])("is silent where the engine %s", async (_, engine) => {
    const { perform, messages } = performing(engine);
    perform({ type: "prepare", request });
    await nextTurn();
    expect(messages).toEqual([]);
  });
});

describe("looking a take up", () => {
  const take = { text: "It was the best of times.", logprobs: [-0.1] };
  const told = async (takeOrigin: Services["takeOrigin"]): Promise<readonly Message[]> => {
    const messages: Message[] = [];
    createPerformer({ takeOrigin } as Partial<Services> as Services, (message) => messages.push(message))({
      type: "checkTake",
      take,
    });
    await nextTurn();
    return messages;
  };

  it("tells what the model learned from has too, and what it knows by heart", async () => {
    expect(await told(async ({ text }) => ({ words: 6, text }))).toMatchObject([
      { kind: "warning", text: expect.stringContaining("“It was the best of times.”") },
    ]);
    expect(await told(async () => "byHeart")).toMatchObject([
      { kind: "warning", text: expect.stringContaining("by heart") },
    ]);
  });

  it("says nothing where nothing is found, or the look-up fails", async () => {
    expect(await told(async () => null)).toEqual([]);
    expect(await told(() => Promise.reject(new Error("damaged")))).toEqual([]);
  });
});
