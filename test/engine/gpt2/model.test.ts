import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/engine/gpt2/config.ts";
import { createModel } from "../../../src/engine/gpt2/model.ts";
import { openModel } from "../../../src/engine/gpt2/open.ts";
import type { LanguageModel } from "../../../src/engine/language-model.ts";
import type { Session, Value } from "../../../src/engine/onnx/runtime.ts";

const PLAIN = new URL("../../fixtures/checkpoints/plain", import.meta.url).pathname;

/** A session that logs instead of computing. */
function fakeSession(log: string[], fail: () => boolean = () => false): Session {
  const numbers = (value: Value | undefined) => [...(value?.data ?? [])].join(" ");
  return {
    runtime: "none",
    async run(inputs, outputs) {
      const ids = numbers(inputs.input_ids);
      const rows = outputs.logits === undefined ? "none" : numbers(inputs.rows);
      log.push(`> ${ids} at ${numbers(inputs.position_ids)}, rows ${rows}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      log.push(`< ${ids}`);
      if (fail()) throw new Error("broken");
    },
    async close() {
      log.push("closed");
    },
  };
}

const TINY = parseConfig(
  '{"model_type":"gpt2","vocab_size":10,"n_positions":16,"n_embd":8,"n_layer":1,"n_head":1}',
  "config.json",
);

describe("steps", () => {
  test("run one after another, each from where the last one ended", async () => {
    const log: string[] = [];
    const model = createModel(TINY, fakeSession(log), true);
    const [a, b] = [model.createCache(), model.createCache()];
    await Promise.all([model.step([1, 2, 3], a), model.step([4, 5], b, 2), model.step([6], a)]);
    expect(log).toEqual([
      // One more behind an odd number, which is not counted.
      "> 1 2 3 0 at 0 1 2 3, rows 2",
      "< 1 2 3 0",
      "> 4 5 at 0 1, rows 0 1",
      "< 4 5",
      "> 6 0 at 3 4, rows 0",
      "< 6 0",
    ]);
    expect([a.tokens, b.tokens]).toEqual([
      [1, 2, 3, 6],
      [4, 5],
    ]);
  });

  test("that come to no number say that the weights are damaged", async () => {
    const session = fakeSession([]);
    const damaged: Session = {
      ...session,
      async run(_inputs, outputs) {
        if (outputs.logits?.type === "float32") outputs.logits.data.fill(Number.NaN);
      },
    };
    const model = createModel(TINY, damaged, true);
    const cache = model.createCache();
    await expect(model.step([1, 2], cache)).rejects.toThrow("its weights are damaged");
    expect(cache.tokens).toEqual([]);
  });

  test("that fail leave the cache as it was, and do not stop the next", async () => {
    const log: string[] = [];
    let broken = true;
    const model = createModel(
      TINY,
      fakeSession(log, () => broken),
      true,
    );
    const cache = model.createCache();
    await expect(model.step([1], cache)).rejects.toThrow("broken");
    expect(cache.tokens).toEqual([]);
    broken = false;
    await model.step([2], cache);
    expect(cache.tokens).toEqual([2]);
  });

  test("read what was asked for, whatever the caller does with the list meanwhile", async () => {
    const log: string[] = [];
    const model = createModel(TINY, fakeSession(log), true);
    const cache = model.createCache();
    const ids = [1, 2];
    const step = model.step(ids, cache);
    ids.push(3);
    await step;
    expect(cache.tokens).toEqual([1, 2]);
  });

  test("notice a cache that is cut while they run", async () => {
    const model = createModel(TINY, fakeSession([]), true);
    const cache = model.createCache();
    await model.step([1, 2], cache);
    const step = model.step([3], cache);
    setTimeout(() => cache.truncate(1), 1);
    await expect(step).rejects.toThrow(/cut while/);
    expect(cache.tokens).toEqual([1]);
  });
});

test("closing waits for the steps that run, and later ones are refused", async () => {
  const log: string[] = [];
  const model = createModel(TINY, fakeSession(log), true);
  const cache = model.createCache();
  const step = model.step([1], cache);
  await Promise.all([model.close(), model.close()]);
  expect(log.at(-1)).toBe("closed");
  expect(log.filter((line) => line === "closed")).toHaveLength(1);
  await expect(step).resolves.toHaveLength(10);
  await expect(model.step([1], cache)).rejects.toThrow(/closed/);
});

describe("mistakes in a call", () => {
  let model: LanguageModel;
  beforeEach(async () => {
    ({ model } = await openModel(PLAIN, { threads: 1 }));
  });
  afterEach(() => model.close());

  test("are range errors that quote the value, and harm nothing", async () => {
    const cache = model.createCache();
    const step = (ids: readonly number[], rows?: number) => model.step(ids, cache, rows);
    await expect(step([])).rejects.toThrow(RangeError);
    for (const id of [-1, 8192, 1.5, Number.NaN]) {
      await expect(step([3, id])).rejects.toThrow(
        new RegExp(`${id} is not a token id: they go from 0 to 8191`),
      );
    }
    for (const rows of [0, 3, 1.5]) await expect(step([3, 4], rows)).rejects.toThrow(RangeError);
    const many = Array.from({ length: 129 }, () => 1);
    await expect(step(many)).rejects.toThrow(/0 tokens and 129 more are over the limit of 128/);
    expect(cache.tokens).toEqual([]);
    expect(await step([3, 4], 2)).toHaveLength(2 * 8192);
  });

  test("another model's cache is refused", async () => {
    const other = createModel(TINY, fakeSession([]), true);
    await expect(model.step([1], other.createCache())).rejects.toThrow(/not made by this model/);
  });

  test("threads must be 1 or more", async () => {
    for (const threads of [0, -1, 1.5])
      await expect(openModel(PLAIN, { threads })).rejects.toThrow(RangeError);
  });
});
