import { describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { UserError } from "../../src/errors.ts";
import { fakeCard, wordTokenizer } from "../fake-model.ts";
import { deskWriting } from "./desk.ts";

const TEXT = "The cat sat on the mat — “quietly”, 🦊 or not.";
const free = { expects: () => undefined };

describe("score", () => {
  test.each([false, true])("each token by itself gives the same (bos %s)", async (bos) => {
    const { engine, model, tokenizer } = deskWriting(TEXT, free);
    const score = await engine.score(TEXT, { bos });
    const ids = tokenizer.encode(TEXT);
    expect(score.tokens.map((token) => token.id)).toEqual(ids);
    const cache = model.createCache();
    let logits = bos ? await model.step([0], cache) : null;
    let nll = 0;
    for (const { id, logprob, rank } of score.tokens) {
      if (logits === null) {
        expect([logprob, rank]).toEqual([null, null]);
      } else {
        const own = logits[id]!;
        const expected = own - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
        expect(logprob).toBeCloseTo(expected, 4);
        expect(rank).toBe(1 + logits.filter((logit) => logit > own).length);
        nll -= expected;
      }
      logits = await model.step([id], cache);
    }
    expect(score.nll).toBeCloseTo(nll, 3);
    expect(score.perplexity).toBeCloseTo(Math.exp(nll / (ids.length - (bos ? 0 : 1))), 2);
    expect(score.bitsPerCharacter).toBeCloseTo(nll / Math.LN2 / [...TEXT].length, 4);
  });

  test("the texts of the tokens are the text", async () => {
    const { engine } = deskWriting("sat", free);
    const { tokens } = await engine.score(TEXT);
    expect(tokens.map((token) => token.text).join("")).toBe(TEXT);
    expect(tokens.some((token) => token.text === "")).toBe(true);
  });

  test("a text of many windows: each token is scored once, with half a window or more before it", async () => {
    const text = "a b c d e ".repeat(60).trim();
    const { engine, model, tokenizer } = deskWriting("a b c d e", { ...free, contextLength: 48 });
    const { tokens } = await engine.score(text);
    const ids = tokenizer.encode(text);
    expect(tokens.map((token) => token.id)).toEqual(ids);
    expect(tokens.slice(1).every((token) => token.logprob !== null)).toBe(true);
    // Token 300 lies in the window that begins at 264: 11 × 24.
    const cache = model.createCache();
    for (const at of [47, 48, 49, 71, 72, 73, 250]) {
      const start = at <= 48 ? 0 : Math.ceil((at - 48) / 24) * 24;
      cache.truncate(0);
      const logits = await model.step(ids.slice(start, at), cache);
      const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      expect(tokens[at]!.logprob).toBeCloseTo(logits[ids[at]!]! - total, 4);
    }
  });

  test.each([
    ["no overlap", { window: 16, stride: 16 }, (at: number) => Math.floor((at - 1) / 16) * 16],
    ["much overlap", { window: 20, stride: 5 }, (at: number) => Math.max(0, Math.ceil((at - 20) / 5) * 5)],
  ])("windows of one's own: %s", async (_, windows, startOf) => {
    const text = "a b c d e ".repeat(12).trim();
    const { engine, model, tokenizer } = deskWriting("a b c d e", { ...free, contextLength: 48 });
    const { tokens } = await engine.score(text, windows);
    const ids = tokenizer.encode(text);
    expect(tokens.map((token) => token.id)).toEqual(ids);
    const cache = model.createCache();
    for (let at = 1; at < ids.length; at++) {
      cache.truncate(0);
      const read = ids.slice(startOf(at), at);
      const [expected] = await model.likelihoods(read, cache, [ids[at]!]);
      expect(tokens[at]!.logprob).toBeCloseTo(expected!.logprob, 6);
    }
  });

  test("text before it is read and not scored", async () => {
    const { engine } = deskWriting(TEXT, free);
    const whole = await engine.score("The cat sat on the mat");
    const end = await engine.score(" on the mat", { before: "The cat sat" });
    expect(end.tokens).toEqual(whole.tokens.slice(-end.tokens.length));
    expect(end.nll).toBeCloseTo(-end.tokens.reduce((sum, { logprob }) => sum + logprob!, 0), 9);
    const bos = await engine.score(" on the mat", { before: "The cat sat", bos: true });
    const wholeBos = await engine.score("The cat sat on the mat", { bos: true });
    expect(bos.tokens).toEqual(wholeBos.tokens.slice(-bos.tokens.length));
  });

  test("of a long text before it the end is read: window − stride tokens", async () => {
    const { engine, tokenizer } = deskWriting("a b c d e", { ...free, contextLength: 32 });
    const before = "a b c d e ".repeat(20).trim();
    const last = tokenizer.decode(tokenizer.encode(before).slice(-20));
    const long = await engine.score(" a c e", { before, stride: 12 });
    expect(long).toEqual(await engine.score(" a c e", { before: last }));
    // A stride of the whole window leaves one.
    const least = tokenizer.decode(tokenizer.encode(before).slice(-1));
    expect(await engine.score(" a c e", { before, stride: 32 })).toEqual(
      await engine.score(" a c e", { before: least }),
    );
  });

  test.each([
    [{ window: 0 }, /window must be .* 1 to 48, got 0/],
    [{ window: 49 }, /got 49/],
    [{ window: 8, stride: 9 }, /stride must be .* 1 to 8, got 9/],
    [{ stride: 1.5 }, /got 1.5/],
  ])("%j is refused", async (windows, message) => {
    const { engine } = deskWriting("a", { ...free, contextLength: 48 });
    await expect(engine.score("a", windows)).rejects.toThrow(message);
  });

  test("progress is told, up to all of it", async () => {
    const told: number[] = [];
    await deskWriting("a", free).engine.score("a ".repeat(90).trim(), {
      onProgress: (done) => told.push(done),
    });
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  test("a cancelled score rejects with the signal's reason: a part of it would look like the whole", async () => {
    const controller = new AbortController();
    const { engine } = deskWriting("a", free);
    const text = "a b ".repeat(60).trim();
    const reason = new Error("enough");
    const onProgress = () => controller.abort(reason);
    await expect(engine.score(text, { signal: controller.signal, onProgress })).rejects.toBe(reason);
    await expect(engine.score(text, { signal: controller.signal })).rejects.toBe(reason);
  });

  test("nothing to score", async () => {
    const { engine } = deskWriting("a", free);
    expect(await engine.score("")).toEqual({
      tokens: [],
      nll: 0,
      perplexity: Number.NaN,
      bitsPerCharacter: Number.NaN,
    });
    expect(await engine.score("a")).toMatchObject({ tokens: [{ logprob: null }], perplexity: Number.NaN });
  });

  test("bos needs a token for it", async () => {
    const { model } = deskWriting("a", free);
    const tokenizer = { ...wordTokenizer("a"), endOfText: null };
    const engine = createEngine({ model, tokenizer, card: fakeCard(model) });
    await expect(engine.score("a", { bos: true })).rejects.toThrow(UserError);
  });
});
