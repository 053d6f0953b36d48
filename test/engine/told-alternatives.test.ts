import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/engine/settings.ts";
import type { GenerationEvent, GenerationRequest } from "../../src/engine/types.ts";
import { deskWriting } from "./desk.ts";

const free = { expects: () => undefined };

async function tokensOf(request: Partial<GenerationRequest>) {
  const { engine, model } = deskWriting("The cat sat on the mat.", free);
  const events: GenerationEvent[] = [];
  const settings = { ...DEFAULT_SETTINGS, seed: 3, length: 6 };
  const whole = { id: "1", task: "continue", before: "The cat", choices: 2, settings, ...request } as const;
  for await (const event of engine.generate(whole)) events.push(event);
  return { model, tokens: events.flatMap((event) => (event.type === "token" ? [event] : [])) };
}

/** Log-softmax of what the model says after `sequence`, the likeliest first. */
async function ranked(model: Awaited<ReturnType<typeof tokensOf>>["model"], sequence: readonly number[]) {
  const logits = [...(await model.step(sequence, model.createCache()))];
  const normaliser = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return logits
    .map((logit, id) => ({ id, logprob: logit - normaliser }))
    .sort((a, b) => b.logprob - a.logprob);
}

describe("the likeliest tokens at the place of each", () => {
  test("are told with the tokens of a generation, and change none of them", async () => {
    const prompt = [5, 6, 7];
    const plain = await tokensOf({ promptTokens: prompt });
    const { tokens, model } = await tokensOf({ promptTokens: prompt, alternatives: 4 });
    expect(tokens.map(({ id, choice }) => [id, choice])).toEqual(
      plain.tokens.map(({ id, choice }) => [id, choice]),
    );
    expect(plain.tokens.some((token) => "alternatives" in token)).toBe(false);
    for (const choice of [0, 1]) {
      const sequence = [...prompt];
      for (const { id, alternatives = [] } of tokens.filter((token) => token.choice === choice)) {
        const expected = (await ranked(model, sequence)).slice(0, 4);
        expect(alternatives.map((one) => one.id)).toEqual(expected.map((one) => one.id));
        for (const [i, one] of alternatives.entries())
          expect(one.logprob).toBeCloseTo(expected[i]!.logprob, 4);
        sequence.push(id ?? -1);
      }
      expect(sequence).toHaveLength(9);
    }
  });

  test("are told with scored tokens, whose likelihoods are the same without; tokens may be given", async () => {
    const { engine, model, tokenizer } = deskWriting("The cat sat.", free);
    const ids = Array.from({ length: 200 }, (_, i) => (7 * i + 3) % tokenizer.vocabularySize);
    const text = tokenizer.decode(ids);
    const plain = await engine.score(text, { tokens: ids });
    const told = await engine.score(text, { tokens: ids, alternatives: 3 });
    expect(told.tokens.map(({ id }) => id)).toEqual(ids);
    for (const [i, { logprob, rank, alternatives }] of told.tokens.entries()) {
      expect(rank).toBe(plain.tokens[i]?.rank);
      if (i === 0) {
        expect([logprob, alternatives]).toEqual([null, undefined]);
        continue;
      }
      expect(logprob).toBeCloseTo(plain.tokens[i]?.logprob ?? Number.NaN, 5);
      if (i % 40 !== 0) continue;
      const expected = (await ranked(model, ids.slice(0, i))).slice(0, 3);
      expect(alternatives?.map((one) => one.id)).toEqual(expected.map((one) => one.id));
    }
  });

  test("must be at least one", async () => {
    await expect(tokensOf({ alternatives: 0 })).rejects.toThrow(
      "alternatives must be a whole number from 1, got 0",
    );
    const { engine } = deskWriting("The", free);
    await expect(engine.score("The", { alternatives: 0 })).rejects.toThrow(
      "alternatives must be a whole number",
    );
  });
});
