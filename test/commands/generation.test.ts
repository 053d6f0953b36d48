import { describe, expect, it } from "vitest";
import { BrokenGeneration, runGeneration } from "../../src/commands/generation.ts";
import { DEFAULT_SETTINGS } from "../../src/engine/settings.ts";
import type { Engine, GenerationEvent } from "../../src/engine/types.ts";
import { UserError } from "../../src/errors.ts";
import { promptView } from "../fake-engine.ts";

/** An engine that says these events and then dies. */
function dyingEngine(...events: GenerationEvent[]): Pick<Engine, "generate"> {
  return {
    async *generate() {
      yield* events;
      throw new UserError("the engine stopped");
    },
  };
}

const started: GenerationEvent = {
  type: "started",
  seed: 7,
  prompt: promptView([1], "Once"),
  reusedTokens: 0,
};
const token = (choice: number, id: number, text: string): GenerationEvent => ({
  type: "token",
  choice,
  id,
  logprob: -1,
  text,
});
const request = {
  id: "g",
  task: "continue",
  before: "Once",
  choices: 2,
  settings: DEFAULT_SETTINGS,
} as const;

describe("a generation that breaks off", () => {
  it("hands over what had come, with the reason", async () => {
    const choice = { index: 0, text: " one", tokens: [4], logprobs: [-1], finishReason: "length" } as const;
    const engine = dyingEngine(
      started,
      token(0, 4, " one"),
      { type: "choice", choice },
      token(1, 5, " tw"),
      token(1, 6, "o"),
    );
    const broken = await runGeneration(engine as Engine, request, new AbortController().signal).catch(
      (e) => e,
    );
    expect(broken).toBeInstanceOf(BrokenGeneration);
    expect(broken.cause).toBeInstanceOf(UserError);
    expect(broken.generation).toMatchObject({
      seed: 7,
      cancelled: true,
      choices: [choice, { index: 1, text: " two", tokens: [5, 6], finishReason: "cancelled" }],
    });
  });

  it("before its first token is the failure alone", async () => {
    const running = runGeneration(dyingEngine(started) as Engine, request, new AbortController().signal);
    await expect(running).rejects.toThrow("the engine stopped");
    await expect(running).rejects.toBeInstanceOf(UserError);
  });
});
