import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { tokenLogprob, tokenRank } from "../../src/engine/sampling/likelihood.ts";
import { expecting, fakeCard, fakeModel, wordTokenizer } from "../fake-model.ts";
import { asking, choicesOf, collect, type Desk, deskWriting, only } from "./desk.ts";

const TEXT = "The cat sat on the mat, quietly. The dog ran.";
const free = { expects: () => undefined };

/** The log-softmax of the logits after `text`, computed one exponential at a time. */
async function logSoftmax({ model, tokenizer }: Desk, text: string): Promise<number[]> {
  const logits = await model.step(tokenizer.encode(text), model.createCache());
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return Array.from(logits, (logit) => logit - total);
}

describe("the alternatives", () => {
  test("are the largest of a softmax over all tokens, among those that are whole text", async () => {
    const word = fc.constantFrom("The", " cat", " sat", " on", ",", ".", "\n", " quietly");
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        async (words, count) => {
          const desk = deskWriting(TEXT, free);
          const before = `${words.join("")}x`;
          const logprobs = await logSoftmax(desk, before);
          const whole = logprobs
            .map((logprob, id) => ({ id, text: desk.tokenizer.decode([id]), logprob }))
            .filter(({ id, text }) => id !== 0 && !text.includes("\ufffd"))
            .sort((a, b) => b.logprob - a.logprob);
          const found = await desk.engine.alternatives(before, { count });
          expect(found.alternatives.map(({ id }) => id)).toEqual(whole.slice(0, count).map(({ id }) => id));
          for (const [i, { logprob, text }] of found.alternatives.entries()) {
            expect(logprob).toBeCloseTo(whole[i]!.logprob, 4);
            expect(text).toBe(whole[i]!.text);
          }
          expect(found).toMatchObject({ standing: null, blanks: 0 });
        },
      ),
      { numRuns: 60 },
    );
  });

  test("tell of the token that stands there how likely it was, as a score does", async () => {
    const desk = deskWriting(TEXT, free);
    const { tokens } = await desk.engine.score(TEXT);
    for (const [i, token] of tokens.entries()) {
      if (i === 0) continue;
      const before = tokens
        .slice(0, i)
        .map(({ text }) => text)
        .join("");
      const { standing } = await desk.engine.alternatives(before, { after: TEXT.slice(before.length) });
      expect(standing).toMatchObject({ id: token.id, text: token.text, rank: token.rank });
      expect(standing?.logprob).toBeCloseTo(token.logprob ?? 0, 6);
    }
  });

  test("where the text ends with blanks, begin with one, and so does what stands there", async () => {
    const desk = deskWriting(TEXT, free);
    const behind = await desk.engine.alternatives("The cat ", { after: "sat on", count: 400 });
    expect(behind.blanks).toBe(1);
    expect(behind.alternatives.length).toBeGreaterThan(5);
    expect(behind.alternatives.every(({ text }) => /^\s/.test(text))).toBe(true);
    expect(behind.standing?.text).toBe(" sat");
    const before = await desk.engine.alternatives("The cat", { after: " sat on" });
    expect(behind.standing).toEqual(before.standing);
  });

  test("of a new text begin with a word", async () => {
    const { engine, model } = deskWriting(TEXT, free);
    const { alternatives, blanks } = await engine.alternatives("", { count: 1000 });
    expect(model.steps[0]?.tokens).toEqual([0]);
    expect(alternatives.every(({ text }) => /^\S/.test(text))).toBe(true);
    expect(blanks).toBe(0);
    expect((await engine.alternatives(" \n", { after: "The" })).standing?.text).toBe("The");
  });

  test("fewer than were wanted, where there are no more tokens", async () => {
    const { engine } = deskWriting("a b", free);
    const { alternatives } = await engine.alternatives("a", { count: 5000 });
    expect(alternatives.length).toBeLessThan(300);
    expect(new Set(alternatives.map(({ id }) => id)).size).toBe(alternatives.length);
  });

  test("read what a continuation reads, and leave the cache to it", async () => {
    const long = "The cat sat on the mat. ".repeat(40).trim();
    const { engine, model } = deskWriting(TEXT, { ...free, contextLength: 64 });
    await engine.alternatives(long, { length: 20 });
    const read = model.steps.flatMap(({ tokens }) => tokens);
    const events = await collect(engine.generate(asking(long, { length: 20, seed: 1 })));
    const { prompt, reusedTokens } = only(events, "started");
    expect(read).toEqual(prompt.tokens);
    expect(reusedTokens).toBe(prompt.tokens.length - 1);
    await engine.alternatives(long, { length: 20 });
    expect(model.steps.at(-1)?.tokens).toHaveLength(1);
  });

  test("see the writer's entries", async () => {
    const { engine, model } = deskWriting(TEXT, free);
    const entries = [{ origin: "memory", text: "The dog ran.", priority: 1 }] as const;
    await engine.alternatives("The cat", { steering: { entries } });
    const { tokens } = await engine.inspect(asking("The cat", {}, { steering: { entries } }));
    expect(model.steps.flatMap((step) => step.tokens)).toEqual(tokens);
  });

  test("wait their turn", async () => {
    const { engine } = deskWriting(TEXT, { ...free });
    const order: string[] = [];
    await Promise.all([
      collect(engine.generate(asking("The", { length: 3, seed: 1 }))).then((events) => {
        order.push(`wrote ${choicesOf(events).length}`);
      }),
      engine.alternatives("The cat").then(() => order.push("alternatives")),
      engine.score("The cat").then(() => order.push("score")),
    ]);
    expect(order).toEqual(["wrote 1", "alternatives", "score"]);
  });

  test("reject with the signal's reason, before their turn and between two runs", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    const { engine, model } = deskWriting(TEXT, {
      ...free,
      contextLength: 512,
      onStep: () => controller.abort(reason),
    });
    await expect(engine.alternatives("The", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(model.steps).toHaveLength(0);
    const long = "cat sat on ".repeat(100);
    await expect(engine.alternatives(long, { signal: controller.signal })).rejects.toBe(reason);
    expect(model.steps).toHaveLength(1);
  });

  test.each([
    [{ count: 0 }, /count must be .* got 0/],
    [{ count: 1.5 }, /got 1.5/],
    [{ length: -1 }, /length must be .* got -1/],
  ])("%j is refused", async (options, message) => {
    const { engine } = deskWriting("a", free);
    await expect(engine.alternatives("a", options)).rejects.toThrow(message);
    await engine.close();
    await expect(engine.alternatives("a")).rejects.toThrow("closed");
  });

  test("without an end of text in the vocabulary", async () => {
    const tokenizer = { ...wordTokenizer(TEXT), endOfText: null };
    const expects = expecting(TEXT, tokenizer);
    const model = fakeModel({ tokenizer, ...(expects ? { expects } : {}) });
    const engine = createEngine({ model, tokenizer, card: fakeCard(model) });
    const { alternatives, standing } = await engine.alternatives("The", { after: " dog" });
    expect(alternatives[0]?.text).toBe(" cat");
    const logits = await model.step(tokenizer.encode("The"), model.createCache());
    const dog = tokenizer.encode(" dog")[0] ?? -1;
    expect(standing).toMatchObject({ rank: tokenRank(logits, dog), logprob: tokenLogprob(logits, dog) });
  });
});
