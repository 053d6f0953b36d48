import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openModel } from "../../../src/engine/gpt2/open.ts";
import {
  type Layout,
  randomWeights,
  safetensors,
  type WrittenConfig,
  writeCheckpoint,
} from "../../checkpoint-writer.ts";
import { referenceLogits } from "../../reference/gpt2.ts";

const SMALL = { vocab_size: 40, n_positions: 24, n_embd: 24, n_layer: 2, n_head: 3 };
const IDS = [3, 39, 0, 17, 17, 8, 21, 30, 5, 12];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graph-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Case {
  readonly config?: Partial<WrittenConfig>;
  readonly layout?: Layout;
  /** Store a head of its own. */
  readonly head?: boolean;
  readonly seed?: number;
  /** Lengths of the chunks in which the ids are read, until none are left. */
  readonly chunks?: readonly number[];
}

/** Largest difference between the model's logits and the reference's, over all ids, for a checkpoint made to order. */
async function difference(one: Case, ids: readonly number[] = IDS): Promise<number> {
  const config: WrittenConfig = { ...SMALL, ...one.config };
  const written = randomWeights(config, one.seed ?? 1, one.head);
  await writeCheckpoint(folder, config, written, one.layout);
  const weights = new Map(written);
  if (config.tie_word_embeddings !== false) weights.delete("lm_head.weight");
  const expected = referenceLogits(ids, weights, config).flat();

  const { model } = await openModel(folder, { threads: 1 });
  const cache = model.createCache();
  const logits: number[] = [];
  const chunks = [...(one.chunks ?? [])];
  while (cache.tokens.length < ids.length) {
    const from = cache.tokens.length;
    const chunk = ids.slice(from, from + (chunks.shift() ?? ids.length));
    logits.push(...(await model.step(chunk, cache, chunk.length)));
  }
  await model.close();
  expect(logits).toHaveLength(expected.length);
  return expected.reduce(
    (largest, logit, i) => Math.max(largest, Math.abs(logit - (logits[i] ?? Number.NaN))),
    0,
  );
}

describe("the graph computes what the reference computes", () => {
  test.each([
    "gelu_new",
    "gelu_pytorch_tanh",
    "gelu_fast",
    "gelu",
    "relu",
    "silu",
    "swish",
    "tanh",
  ])("activation %s", async (activation_function) => {
    expect(await difference({ config: { activation_function } })).toBeLessThan(1e-4);
  });

  test("activations differ by more than the tolerance", async () => {
    const weights = randomWeights(SMALL, 1);
    const [tanh, exact] = ["gelu_new", "gelu"].map((activation_function) =>
      referenceLogits(IDS, weights, { ...SMALL, activation_function }).flat(),
    );
    const gap = tanh?.reduce((most, logit, i) => Math.max(most, Math.abs(logit - (exact?.[i] ?? logit))), 0);
    expect(gap).toBeGreaterThan(2e-4);
  });

  test.each([1, 2, 7, 8, 12, 13, 16, 24, 40])("heads of %d numbers", async (size) => {
    expect(await difference({ config: { n_embd: 2 * size, n_head: 2 }, chunks: [4, 1, 3] })).toBeLessThan(
      1e-4,
    );
  });

  test.each<[string, Case]>([
    ["scores not scaled", { config: { scale_attn_weights: false } }],
    ["scores by layer", { config: { scale_attn_by_inverse_layer_idx: true, n_layer: 3 } }],
    ["neither", { config: { scale_attn_weights: false, scale_attn_by_inverse_layer_idx: true } }],
    ["narrow inside", { config: { n_inner: 5 } }],
    ["wide inside", { config: { n_inner: 130 } }],
    ["n_inner null", { config: { n_inner: null } }],
    ["another epsilon", { config: { layer_norm_epsilon: 0.1 } }],
    ["a head of its own", { config: { tie_word_embeddings: false }, head: true }],
    ["a head that is not used", { config: { tie_word_embeddings: true }, head: true }],
    ["no head, though not tied", { config: { tie_word_embeddings: false } }],
    ["float16", { layout: { dtype: "F16" } }],
    ["bfloat16", { layout: { dtype: "BF16" } }],
    ["prefixed", { layout: { prefix: "transformer." } }],
    ["mask buffers", { layout: { buffers: true, prefix: "transformer." } }],
    ["odd offsets, float32", { layout: { padding: 1 } }],
    ["odd offsets, float16", { layout: { padding: 3, dtype: "F16" } }],
    ["odd offsets, bfloat16", { layout: { padding: 1, dtype: "BF16" } }],
  ])("%s", async (_, one) => {
    expect(await difference(one)).toBeLessThan(1e-4);
  });

  test("any shape, layout and chunking", async () => {
    const cases = fc.record({
      config: fc
        .record({
          size: fc.integer({ min: 1, max: 20 }),
          n_head: fc.integer({ min: 1, max: 4 }),
          n_layer: fc.integer({ min: 1, max: 3 }),
          n_inner: fc.integer({ min: 1, max: 50 }),
          vocab_size: fc.integer({ min: 2, max: 60 }),
          activation_function: fc.constantFrom("gelu_new", "gelu", "relu"),
          scale_attn_by_inverse_layer_idx: fc.boolean(),
          tie_word_embeddings: fc.boolean(),
        })
        .map(({ size, ...rest }) => ({ ...rest, n_embd: size * rest.n_head, n_positions: 24 })),
      layout: fc.record({
        dtype: fc.constantFrom("F32", "F16", "BF16"),
        prefix: fc.constantFrom("", "transformer."),
        padding: fc.nat({ max: 7 }),
        buffers: fc.boolean(),
      }),
      head: fc.boolean(),
      seed: fc.nat(),
      chunks: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 }),
    });
    const ids = fc.array(fc.nat(), { minLength: 1, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(cases, ids, async (one, any) => {
        const within = any.map((id) => id % one.config.vocab_size);
        expect(await difference(one, within)).toBeLessThan(5e-4);
      }),
      { numRuns: 40 },
    );
  });
});

test("shards are read as one file", async () => {
  const sharded = await mkdtemp(join(tmpdir(), "shards-"));
  const weights = randomWeights(SMALL, 5);
  await writeCheckpoint(sharded, SMALL, weights, { shards: 3, prefix: "transformer." });
  const { model } = await openModel(sharded, { threads: 1 });
  const logits = await model.step(IDS, model.createCache(), IDS.length);
  await model.close();
  await rm(sharded, { recursive: true });
  referenceLogits(IDS, weights, SMALL)
    .flat()
    .forEach((logit, i) => {
      expect(logits[i]).toBeCloseTo(logit, 3);
    });
});

test("weights may lie beyond 4 GiB", async () => {
  const far = await mkdtemp(join(tmpdir(), "far-"));
  const weights = randomWeights(SMALL, 6);
  await writeCheckpoint(far, SMALL, weights);
  const path = join(far, "model.safetensors");
  const whole = safetensors(weights);
  const start = 8 + Number(whole.readBigUInt64LE());
  // The same file with a hole, which takes no space, before the data: a buffer that is not a weight.
  const hole = 4 * 2 ** 30 + 8;
  const header = JSON.parse(whole.toString("utf8", 8, start)) as Record<string, { data_offsets?: number[] }>;
  for (const entry of Object.values(header))
    entry.data_offsets = entry.data_offsets?.map((at) => at + hole) ?? [];
  const buffer = { dtype: "U8", shape: [hole], data_offsets: [0, hole] };
  const text = Buffer.from(JSON.stringify({ "h.0.attn.bias": buffer, ...header, __metadata__: {} }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = await open(path, "w");
  await file.write(Buffer.concat([length, text]));
  await file.write(whole, start, whole.length - start, 8 + text.length + hole);
  await file.close();

  const { model } = await openModel(far, { threads: 1 });
  const logits = await model.step(IDS, model.createCache(), IDS.length);
  await model.close();
  await rm(far, { recursive: true });
  referenceLogits(IDS, weights, SMALL)
    .flat()
    .forEach((logit, i) => {
      expect(logits[i]).toBeCloseTo(logit, 3);
    });
});
