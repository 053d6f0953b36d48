import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/engine/random.ts";
import { logSumExp } from "../../src/engine/sampling/likelihood.ts";
import { distribution, drawToken } from "../../src/engine/sampling/sample.ts";
import { createSampler } from "../../src/engine/sampling/sampler.ts";
import type { SamplingSettings } from "../../src/engine/settings.ts";

interface Golden {
  readonly name: string;
  readonly settings: Partial<SamplingSettings>;
  readonly seen: number[];
  readonly logits: number[];
  readonly probabilities: number[];
}
const golden: Golden[] = JSON.parse(
  readFileSync(new URL("../fixtures/sampling.json", import.meta.url), "utf8"),
).cases;

const round = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toFixed(6)));
const logs = (...probabilities: number[]) => probabilities.map((probability) => Math.log(probability));

describe("Hugging Face's distributions", () => {
  test.each(golden.map((each) => [each.name, each] as const))("%s", (_, {
    settings,
    seen,
    logits,
    probabilities,
  }) => {
    const own = distribution(logits, seen, settings);
    for (const [id, probability] of probabilities.entries()) {
      expect(Math.abs(own[id]! - probability)).toBeLessThan(1e-5);
      expect(own[id] === 0).toBe(probability === 0);
    }
  });
});

describe("each setting by itself", () => {
  const logits = logs(0.4, 0.3, 0.2, 0.06, 0.04);
  test.each<[Partial<SamplingSettings>, number[]]>([
    [{}, [0.4, 0.3, 0.2, 0.06, 0.04]],
    [{ temperature: 0 }, [1, 0, 0, 0, 0]],
    [{ greedy: true, top_k: 3, temperature: 2 }, [1, 0, 0, 0, 0]],
    [{ top_k: 2 }, [4 / 7, 3 / 7, 0, 0, 0]],
    [{ top_k: 99 }, [0.4, 0.3, 0.2, 0.06, 0.04]],
    [{ top_p: 0.69 }, [4 / 7, 3 / 7, 0, 0, 0]],
    [{ top_p: 0.71 }, [4 / 9, 3 / 9, 2 / 9, 0, 0]],
    [{ top_p: 0 }, [1, 0, 0, 0, 0]],
    [{ min_p: 0.49 }, [4 / 9, 3 / 9, 2 / 9, 0, 0]],
    [{ top_k: 3, top_p: 0.75 }, [4 / 7, 3 / 7, 0, 0, 0]],
    // Entropy 1.327 nats; surprises 0.92, 1.20, 1.61, 2.81, 3.22: nearest are 1, then 2, then 0.
    [{ typical_p: 0.25 }, [0, 1, 0, 0, 0]],
    [{ typical_p: 0.45 }, [0, 0.6, 0.4, 0, 0]],
  ])("%j", (settings, probabilities) => {
    expect(round(distribution(logits, [], settings))).toEqual(round(probabilities));
  });

  test("of equals, greedy takes the first", () => {
    expect([...distribution([1, 3, 3], [], { temperature: 0 })]).toEqual([0, 1, 0]);
  });

  test("top_k keeps those as likely as the last", () => {
    expect([...distribution([1, 1, 1, 0], [], { top_k: 1 })].map((each) => each > 0)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test("a run that was seen is not written again", () => {
    expect(round(distribution([0, 0, 0], [0, 1, 0], { no_repeat_ngram_size: 2 }))).toEqual(
      round([0.5, 0, 0.5]),
    );
    expect([...distribution([0, 0, 0], [0, 1], { no_repeat_ngram_size: 1 })]).toEqual([0, 0, 1]);
    expect(distribution([0, 0, 0], [], { no_repeat_ngram_size: 2 })[0]).toBeCloseTo(1 / 3);
  });

  test("where that leaves nothing, it is passed over", () => {
    const none = Number.NEGATIVE_INFINITY;
    expect(round(distribution([0, 0, none], [0, 1], { no_repeat_ngram_size: 1 }))).toEqual([0.5, 0.5, 0]);
  });
});

/** The same, by sorting: as Hugging Face's processors are written. */
function bySorting(
  logits: readonly number[],
  { top_k = 0, top_p = 1, typical_p = 1 }: Partial<SamplingSettings>,
) {
  let scores = [...logits];
  const softmax = () => {
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    return scores.map((score) => Math.exp(score) / total);
  };
  if (top_k > 0) {
    const least = [...scores].sort((a, b) => b - a)[Math.min(top_k, scores.length) - 1]!;
    scores = scores.map((score) => (score < least ? Number.NEGATIVE_INFINITY : score));
  }
  if (top_p < 1) {
    const probabilities = softmax();
    const ascending = probabilities
      .map((_, id) => id)
      .sort((a, b) => probabilities[a]! - probabilities[b]! || a - b);
    let cumulative = 0;
    for (const id of ascending.slice(0, -1)) {
      cumulative += probabilities[id]!;
      if (cumulative <= 1 - top_p) scores[id] = Number.NEGATIVE_INFINITY;
    }
  }
  if (typical_p < 1) {
    const probabilities = softmax();
    const entropy = probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
    const distances = probabilities.map((p) => Math.abs(-Math.log(p) - entropy));
    const nearest = probabilities.map((_, id) => id).sort((a, b) => distances[a]! - distances[b]!);
    let cumulative = 0;
    let reached = nearest[0]!;
    for (const id of nearest) {
      reached = id;
      cumulative += probabilities[id]!;
      if (cumulative >= typical_p) break;
    }
    scores = scores.map((score, id) =>
      distances[id]! > distances[reached]! ? Number.NEGATIVE_INFINITY : score,
    );
  }
  return softmax();
}

test("selecting without sorting gives what sorting gives", () => {
  // Never on a sum of round numbers, where rounding decides.
  const share = fc.integer({ min: 1, max: 999 }).map((thousandths) => thousandths / 1000 + Math.PI / 1e6);
  const settings = fc.record({ top_k: fc.nat(40), top_p: share, typical_p: share }, { requiredKeys: [] });
  const logits = fc.array(
    fc.integer({ min: -80, max: 80 }).map((tenths) => tenths / 10),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(logits, settings, (values, chosen) => {
      const own = distribution(values, [], chosen);
      for (const [id, probability] of bySorting(values, chosen).entries())
        expect(own[id]).toBeCloseTo(probability, 9);
    }),
    { numRuns: 500 },
  );
});

test("a distribution always sums to 1, is never empty, and is drawn from truly", () => {
  const logits = logs(0.5, 0.3, 0.15, 0.05);
  const probabilities = distribution(logits, [], { top_p: 0.9 });
  const random = createRandom(3);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 50_000; i++) counts[drawToken(probabilities, random)]!++;
  expect(counts[3]).toBe(0);
  for (const [id, probability] of [...probabilities].entries()) {
    // Five standard deviations.
    expect(Math.abs(counts[id]! - probability * 50_000)).toBeLessThanOrEqual(560);
  }
  expect(drawToken(Float64Array.of(0, 1, 0), () => 1 - 2 ** -53)).toBe(1);
  expect(drawToken(Float64Array.of(0, 0.5, 0.5 - 1e-12), () => 1 - 2 ** -53)).toBe(2);
});

describe("the sampler", () => {
  const all = (size: number) => new Uint8Array(size).fill(1);
  const sampler = createSampler(golden[0]!.logits.length);

  test.each(golden.map((each) => [each.name, each] as const))("draws from Hugging Face's %s", (_, {
    settings,
    seen,
    logits,
    probabilities,
  }) => {
    const floats = Float32Array.from(logits);
    let passed = 0;
    for (const [id, probability] of probabilities.entries()) {
      // The middle of each token's share of the unit interval, for shares that rounding cannot move it out of.
      const middle = passed + probability / 2;
      passed += probability;
      if (probability < 1e-4) continue;
      expect(sampler.draw(floats, all(logits.length), seen, settings, () => middle).id).toBe(id);
    }
  });

  const vocabulary = 300;
  const many = createSampler(vocabulary);
  const noise = createRandom(11);
  const rows = Array.from({ length: 60 }, () =>
    Float32Array.from({ length: vocabulary }, () => -90 + 20 * noise()),
  );

  test.each<[Partial<SamplingSettings>]>([
    [{}],
    [{ temperature: 0.7, top_k: 20, top_p: 0.9, min_p: 0.01, typical_p: 0.8 }],
    [{ temperature: 3, top_p: 0.95 }],
    [{ temperature: 0.02 }],
    [{ repetition_penalty: 0.9, no_repeat_ngram_size: 1 }],
    [{ greedy: true, repetition_penalty: 1.5 }],
  ])("draws what the distribution holds, with the model's own log-probability: %j", (settings) => {
    const allowed = Uint8Array.from({ length: vocabulary }, (_, id) => (id % 7 === 0 ? 0 : 1));
    const [one, other] = [createRandom(5), createRandom(5)];
    const seen = [1, 2, 3, 299, 1, 2];
    for (const logits of rows) {
      const { id, logprob } = many.draw(logits, allowed, seen, settings, one);
      const masked = logits.map((logit, at) => (allowed[at] ? logit : Number.NEGATIVE_INFINITY));
      expect(id).toBe(drawToken(distribution(masked, seen, settings), other));
      const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit + 80), 0)) - 80;
      expect(logprob).toBeCloseTo(logits[id]! - total, 9);
    }
  });

  test.each([0.5, 4, 14, 44])("top_k and top_p keep what a sort of all keeps, over %d nats", (spread) => {
    for (let round = 0; round < 20; round++) {
      const logits = Float32Array.from({ length: 400 }, () => spread * noise());
      const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!);
      const weights = order.map((id) => Math.exp(logits[id]! - logits[order[0]!]!));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const kept = (settings: Partial<SamplingSettings>) =>
        [...distribution(logits, [], settings).entries()].flatMap(([id, share]) => (share > 0 ? [id] : []));
      for (const k of [1, 30, 399]) {
        expect(kept({ top_k: k })).toEqual(order.slice(0, k).sort((a, b) => a - b));
      }
      for (const p of [0.3, 0.9, 0.999]) {
        let sum = 0;
        const edge = weights.findIndex((weight) => {
          sum += weight;
          return sum >= p * total;
        });
        const nucleus = order.slice(0, edge + 1);
        expect(kept({ top_p: p })).toEqual(nucleus.sort((a, b) => a - b));
      }
    }
  });

  test("where nothing is allowed, everything is", () => {
    const logits = Float32Array.of(0, 3, 1);
    const none = new Uint8Array(3);
    expect(createSampler(3).draw(logits, none, [], { greedy: true }, Math.random).id).toBe(1);
  });

  test("what was filtered for one token may be the next", () => {
    const three = createSampler(3);
    const draw = (logits: number[], settings: Partial<SamplingSettings>) =>
      three.draw(Float32Array.from(logits), all(3), [], settings, () => 0.999).id;
    expect(draw([5, 1, 0], { top_k: 1 })).toBe(0);
    expect(draw([0, 0, 0], {})).toBe(2);
    expect(draw([0, 0, -Infinity], {})).toBe(1);
    expect(draw([0, 0, -1000], {})).toBe(1);
  });

  test.each<[string, number[], RegExp]>([
    ["another length", [0, 0], /2 logits for 3 tokens/],
    ["NaN", [0, Number.NaN, 0], /NaN/],
    ["Infinity", [0, Infinity, 0], /Infinity/],
    ["nothing possible", [-Infinity, -Infinity, -Infinity], /-Infinity/],
  ])("refuses %s", (_, logits, message) => {
    const call = () => createSampler(3).draw(Float32Array.from(logits), all(3), [], {}, Math.random);
    expect(call).toThrow(message);
  });

  test("a log-sum-exp keeps ten digits", () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -120, max: 60, noNaN: true }), { minLength: 1 }), (values) => {
        const floats = Float32Array.from(values);
        const top = Math.max(...floats);
        const total = floats.reduce((sum, value) => sum + Math.exp(value - top), 0);
        expect(logSumExp(floats)).toBeCloseTo(top + Math.log(total), 10);
      }),
    );
  });
});

describe("mistakes are refused", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["no list", () => distribution({ length: 1 }, [], {}), /list of numbers/],
    ["no logits", () => distribution([], [], {}), /must not be empty/],
    ["NaN", () => distribution([0, Number.NaN], [], {}), /NaN/],
    ["Infinity", () => distribution([0, Infinity], [], {}), /Infinity/],
    ["nothing allowed", () => distribution([-Infinity, -Infinity], [], {}), /at least one token/],
    ["token outside", () => distribution([0, 0], [2], {}), /from 0 to 1, got 2/],
    ["top_p", () => distribution([0, 0], [], { top_p: 1.5 }), /top_p must be .* got 1.5/],
    ["temperature", () => distribution([0, 0], [], { temperature: -1 }), /temperature must be .* got -1/],
  ])("%s", (_, call, message) => expect(call).toThrow(message));
});
