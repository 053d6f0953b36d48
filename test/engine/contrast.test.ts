import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contrastsOf } from "../../src/engine/contrast.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { type OpenModel, openModel } from "../../src/engine/gpt2/open.ts";
import { createRandom } from "../../src/engine/random.ts";
import { logSumExp } from "../../src/engine/sampling/likelihood.ts";
import { distribution, drawToken } from "../../src/engine/sampling/sample.ts";
import { completeSettings, type SamplingSettings } from "../../src/engine/settings.ts";
import { openTokenizer } from "../../src/engine/tokenizer.ts";
import type { Choice, Engine, GenerationRequest } from "../../src/engine/types.ts";

const PLAIN = new URL("../fixtures/checkpoints/plain", import.meta.url).pathname;
const PROMPT = Array.from({ length: 40 }, (_, i) => (i * 53 + 7) % 250);
const SHORT = PROMPT.slice(-32);

let opened: OpenModel;
let engine: Engine;
beforeAll(async () => {
  opened = await openModel(PLAIN, { threads: 1 });
  const tokenizer = await openTokenizer(PLAIN);
  engine = createEngine({
    model: opened.model,
    card: opened.card,
    tokenizer: { ...tokenizer, endOfText: null },
  });
});
afterAll(() => engine.close());

async function write(
  settings: Partial<SamplingSettings>,
  choices = 1,
  more: Partial<GenerationRequest> = {},
): Promise<readonly Choice[]> {
  const found: Choice[] = [];
  const request = { id: "t", task: "continue", before: "", choices, promptTokens: PROMPT, ...more } as const;
  for await (const event of engine.generate({ ...request, settings: completeSettings(settings) })) {
    if (event.type === "choice") found.push(event.choice);
  }
  return found;
}

/** Log-probabilities after `tokens`, read by themselves from the start. */
async function logprobs(tokens: readonly number[]): Promise<readonly number[]> {
  const { model } = opened;
  const logits = (await model.step(tokens, model.createCache())).slice();
  const normaliser = logSumExp(logits);
  return Array.from(logits, (logit) => logit - normaliser);
}

describe("listen", () => {
  test("draws from (1 + α) log p(full) − α log p(short), and tells the model's own log-probabilities", async () => {
    const settings = { listen: 0.7, temperature: 0.9, top_p: 0.95, length: 12, seed: 5 };
    const [choice] = await write(settings);
    const random = createRandom(5, 0);
    const written: number[] = [];
    for (const [i, token] of choice!.tokens.entries()) {
      const full = await logprobs([...PROMPT, ...written]);
      const short = await logprobs([...SHORT, ...written]);
      const scores = full.map((logprob, id) => 1.7 * logprob - 0.7 * short[id]!);
      const expected = drawToken(distribution(scores, [...PROMPT, ...written], settings), random);
      expect(token).toBe(expected);
      expect(choice!.logprobs[i]).toBeCloseTo(full[token]!, 3);
      written.push(token);
    }
    expect(written).toHaveLength(12);
  });

  test("0 is plain decoding, and any other value is not", async () => {
    const plain = await write({ length: 20, seed: 3 });
    expect(await write({ length: 20, seed: 3, listen: 0 })).toEqual(plain);
    expect(await write({ length: 20, seed: 3, listen: 1 })).not.toEqual(plain);
  });

  test("choices are the same alone and together", async () => {
    const [one] = await write({ length: 10, seed: 9, listen: 0.5 }, 1);
    const several = await write({ length: 10, seed: 9, listen: 0.5 }, 6);
    expect(several[0]?.tokens).toEqual(one?.tokens);
    expect(new Set(several.map(({ text }) => text)).size).toBeGreaterThan(3);
  });

  test("a prompt no longer than the short view has nothing to be contrasted with", () => {
    const settings = completeSettings({ listen: 1 });
    expect(contrastsOf({ tokens: SHORT, against: null }, settings)).toEqual([]);
    expect(contrastsOf({ tokens: PROMPT, against: null }, settings)).toEqual([{ prompt: SHORT, weight: 1 }]);
    expect(contrastsOf({ tokens: PROMPT, against: null }, completeSettings({}))).toEqual([]);
  });

  test("what cannot stay in the window is refused with what would fit", async () => {
    await expect(write({ listen: 1, length: opened.config.n_positions })).rejects.toThrow(/With listen/);
  });
});

describe("guidance", () => {
  // The two views part in the middle, as with and without a note.
  const AGAINST = [...PROMPT.slice(0, 10), 3, 1, 4, 1, 5, ...PROMPT.slice(25)];

  test("draws from γ log p(with) − (γ − 1) log p(without), as Hugging Face's guidance_scale does", async () => {
    const settings = { guidance_scale: 1.8, temperature: 0.9, top_k: 40, top_p: 1, length: 12, seed: 5 };
    const [choice] = await write(settings, 1, { againstTokens: AGAINST });
    const random = createRandom(5, 0);
    const written: number[] = [];
    for (const [i, token] of choice!.tokens.entries()) {
      const own = await logprobs([...PROMPT, ...written]);
      const other = await logprobs([...AGAINST, ...written]);
      const scores = own.map((logprob, id) => other[id]! + 1.8 * (logprob - other[id]!));
      expect(token).toBe(drawToken(distribution(scores, [...PROMPT, ...written], settings), random));
      expect(choice!.logprobs[i]).toBeCloseTo(own[token]!, 3);
      written.push(token);
    }
  });

  test("1 is exactly plain decoding, and other scales are not", async () => {
    const settings = { length: 16, seed: 3 };
    const plain = await write(settings);
    expect(await write({ ...settings, guidance_scale: 1 }, 1, { againstTokens: AGAINST })).toEqual(plain);
    const guided = await write({ ...settings, guidance_scale: 3 }, 1, { againstTokens: AGAINST });
    expect(guided[0]?.tokens).not.toEqual(plain[0]?.tokens);
  });

  test("goes together with listen, alone and in several choices", async () => {
    const settings = { length: 8, seed: 9, temperature: 1, top_p: 0.9, listen: 0.5, guidance_scale: 1.5 };
    const [one] = await write(settings, 1, { againstTokens: AGAINST });
    const several = await write(settings, 5, { againstTokens: AGAINST });
    expect(several[0]?.tokens).toEqual(one?.tokens);
    const random = createRandom(9, 0);
    const written: number[] = [];
    for (const token of one!.tokens) {
      const own = await logprobs([...PROMPT, ...written]);
      const short = await logprobs([...SHORT, ...written]);
      const other = await logprobs([...AGAINST, ...written]);
      const scores = own.map((logprob, id) => 2 * logprob - 0.5 * short[id]! - 0.5 * other[id]!);
      expect(token).toBe(drawToken(distribution(scores, [...PROMPT, ...written], settings), random));
      written.push(token);
    }
  });
});
