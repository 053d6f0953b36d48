import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openModel } from "../../../src/engine/gpt2/open.ts";
import type { KvCache, LanguageModel, Likelihood } from "../../../src/engine/language-model.ts";
import { logSumExp, tokenLogprob, tokenRank } from "../../../src/engine/sampling/likelihood.ts";

const FIXTURES = new URL("../../fixtures/checkpoints/", import.meta.url).pathname;
const PROMPT = [17, 4, 4, 250, 91, 8, 33];

// `sharded` does not scale its attention, and reads one token after another.
describe.each(["plain", "odd-bf16", "sharded"])("%s", (name) => {
  let model: LanguageModel;
  let cache: KvCache;
  beforeAll(async () => {
    ({ model } = await openModel(`${FIXTURES}${name}`, { threads: 1 }));
    cache = model.createCache();
    await model.step(PROMPT, cache);
  });
  afterAll(() => model.close());

  /** Logits after all of `tokens`, read from the start by themselves. */
  async function alone(tokens: readonly number[]): Promise<readonly number[]> {
    return [...(await model.step(tokens, model.createCache()))];
  }

  function near(found: ArrayLike<number>, expected: readonly number[]): void {
    const apart = expected.reduce((most, logit, i) => Math.max(most, Math.abs(logit - found[i]!)), 0);
    expect(apart).toBeLessThan(name === "sharded" ? 1e-3 : 1e-4);
  }

  test("each branch goes on as if it were alone, however they take turns and go back", async () => {
    const token = fc.integer({ min: 0, max: 255 });
    const move = fc.oneof(
      { weight: 4, arbitrary: fc.array(fc.array(token, { maxLength: 3 }), { minLength: 3, maxLength: 3 }) },
      {
        weight: 1,
        arbitrary: fc.record({
          branch: fc.nat({ max: 2 }),
          keep: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 8 }), async (moves) => {
        const branches = model.branch(cache, 3);
        const own: number[][] = [[], [], []];
        for (const one of moves) {
          if (!Array.isArray(one)) {
            const length = Math.floor(one.keep * own[one.branch]!.length);
            own[one.branch]!.length = length;
            branches.truncate(one.branch, length);
            continue;
          }
          const next = one.flatMap((tokens, branch) => (tokens.length > 0 ? [{ branch, tokens }] : []));
          if (next.length === 0) continue;
          const following = await branches.step(next);
          const logits = following.logits.slice();
          next.forEach((_, row) => {
            const own = logits.subarray(row * model.vocabularySize, (row + 1) * model.vocabularySize);
            expect(following.normalisers[row]).toBeCloseTo(logSumExp(own), 3);
          });
          for (const [row, { branch, tokens }] of next.entries()) {
            own[branch]!.push(...tokens);
            const expected = await alone([...PROMPT, ...own[branch]!]);
            near(logits.subarray(row * model.vocabularySize, (row + 1) * model.vocabularySize), expected);
          }
          expect(branches.lengths).toEqual(own.map((tokens) => tokens.length));
        }
        branches.close();
        expect(cache.tokens).toEqual(PROMPT);
      }),
      { numRuns: 12 },
    );
  });

  test("branches go on from less than the cache holds, and from each other", async () => {
    const stem = [9, 8, 7, 6, 5];
    const branches = model.branch(cache, [{}, { shared: 3 }, { shared: 0 }, { after: 2 }, { after: 2 }]);
    await branches.step([{ branch: 2, tokens: stem }]);
    const own = [[1], [2, 3], [], [4, 5], [6]];
    const before = [PROMPT, PROMPT.slice(0, 3), [], stem, stem];
    for (const more of [[], [11, 12, 13]]) {
      const next = [0, 1, 3, 4].map((branch) => ({ branch, tokens: more.length > 0 ? more : own[branch]! }));
      if (more.length > 0) for (const { branch } of next) own[branch] = [...own[branch]!, ...more];
      const logits = (await branches.step(next)).logits.slice();
      for (const [row, { branch }] of next.entries()) {
        const found = logits.subarray(row * model.vocabularySize, (row + 1) * model.vocabularySize);
        near(found, await alone([...before[branch]!, ...own[branch]!]));
      }
    }
    expect(branches.lengths).toEqual([4, 5, 5, 5, 4]);
    branches.close();
  });

  test.each([
    [[{ shared: 8 }], "share 8 tokens of 7"],
    [[{ shared: 1.5 }], "share 1.5 tokens"],
    [[{ after: 0 }], "branch 0 cannot go on from branch 0"],
    [[], "0 branches"],
  ])("roots %j are refused", (roots, message) => {
    expect(() => model.branch(cache, roots)).toThrow(message);
  });

  test("likelihoods are those of the logits", async () => {
    const size = model.vocabularySize;
    const compare = (found: readonly Likelihood[], logits: Float32Array, targets: readonly number[]) => {
      expect(found).toHaveLength(targets.length);
      for (const [row, target] of targets.entries()) {
        const own = logits.subarray(row * size, (row + 1) * size);
        expect(found[row]?.logprob).toBeCloseTo(tokenLogprob(own, target), 3);
        expect(found[row]?.rank).toBe(tokenRank(own, target));
      }
    };
    const texts = [
      { branch: 0, tokens: [1, 2, 3], targets: [2, 3, 40] },
      { branch: 1, tokens: [7], targets: [9] },
      { branch: 2, tokens: [5, 5, 6, 200, 3], targets: [8] },
    ];
    const branches = model.branch(cache, 3);
    const found = await branches.likelihoods(texts);
    branches.close();
    for (const { branch, tokens, targets } of texts) {
      const whole = [...PROMPT, ...tokens];
      const logits = (await model.step(whole, model.createCache(), targets.length)).slice();
      compare(found[branch]!, logits, targets);
      compare(await model.likelihoods(whole, model.createCache(), targets), logits, targets);
    }
  });

  test("more tokens than one run takes are read in several", async () => {
    const tokens = Array.from({ length: 50 }, (_, i) => (i * 37) % 256);
    const branches = model.branch(cache, 3);
    const { logits } = await branches.step(
      [0, 1, 2].map((branch) => ({ branch, tokens: tokens.slice(branch) })),
    );
    for (const branch of [0, 1, 2]) {
      const row = logits.slice(branch * model.vocabularySize, (branch + 1) * model.vocabularySize);
      near(row, await alone([...PROMPT, ...tokens.slice(branch)]));
    }
    branches.close();
  });

  test("the cache is not to be touched meanwhile, and is as it was afterwards", async () => {
    const branches = model.branch(cache, 2);
    await branches.step([{ branch: 1, tokens: [3] }]);
    expect(() => cache.truncate(1)).toThrow(/open branches/);
    expect(() => model.branch(cache, 1)).toThrow(/open branches/);
    await expect(model.step([1], cache)).rejects.toThrow(/open branches/);
    branches.close();
    await expect(branches.step([{ branch: 0, tokens: [3] }])).rejects.toThrow(/closed/);
    expect(cache.tokens).toEqual(PROMPT);
    near(await model.step([9], cache), await alone([...PROMPT, 9]));
    cache.truncate(PROMPT.length);
  });

  test("mistakes are range errors that quote the value", async () => {
    for (const count of [0, -1, 1.5]) expect(() => model.branch(cache, count)).toThrow(RangeError);
    const branches = model.branch(cache, 2);
    await expect(branches.step([{ branch: 2, tokens: [1] }])).rejects.toThrow(/2 is none of 2 branches/);
    await expect(branches.step([{ branch: 0, tokens: [] }])).rejects.toThrow(RangeError);
    await expect(branches.step([{ branch: 0, tokens: [-1] }])).rejects.toThrow(/-1 is not a token id/);
    const many = Array.from({ length: model.contextLength }, () => 1);
    await expect(branches.step([{ branch: 0, tokens: many }])).rejects.toThrow(/over the limit/);
    await expect(branches.likelihoods([{ branch: 0, tokens: [1], targets: [1, 2] }])).rejects.toThrow(
      RangeError,
    );
    expect(() => branches.truncate(0, 1)).toThrow(/cannot cut branch 0 of 0 tokens to 1/);
    branches.close();
  });
});

test("a text is computed to the same bits however it is cut into runs", async () => {
  const { model } = await openModel(`${FIXTURES}plain`, { threads: 2 });
  const ids = Array.from({ length: 120 }, (_, i) => (i * 7919) % 8000);
  const expected = [...(await model.step(ids, model.createCache()))];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }), async (chunks) => {
      const cache = model.createCache();
      for (const size of chunks) {
        const chunk = ids.slice(cache.tokens.length, Math.min(cache.tokens.length + size, ids.length - 1));
        if (chunk.length > 0) await model.step(chunk, cache);
      }
      expect([...(await model.step(ids.slice(cache.tokens.length), cache))]).toEqual(expected);
    }),
    { numRuns: 20 },
  );
  await model.close();
});
