import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCheckpoint } from "../../../src/engine/gpt2/checkpoint.ts";
import { fingerprint } from "../../../src/engine/gpt2/fingerprint.ts";
import { openModel } from "../../../src/engine/gpt2/open.ts";
import { randomWeights, writeCheckpoint } from "../../checkpoint-writer.ts";

const CONFIG = { vocab_size: 500, n_positions: 8, n_embd: 8, n_layer: 1, n_head: 2 };
const WEIGHTS = randomWeights(CONFIG, 1);

let base: string;
let original: string;
let count = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "fingerprint-"));
  original = await of(await checkpoint());
});
afterAll(() => rm(base, { recursive: true }));

const of = async (folder: string) => fingerprint(await openCheckpoint(folder));

/** A new folder with a checkpoint and a tokenizer. */
async function checkpoint(layout = {}, weights = WEIGHTS, config = {}): Promise<string> {
  count += 1;
  const folder = join(base, `model-${count}`);
  await writeCheckpoint(folder, { ...CONFIG, ...config }, weights, layout);
  await writeFile(join(folder, "tokenizer.json"), '{"version": "1.0"}');
  return folder;
}

test("it is 16 hex digits, and does not change from one version to the next", () => {
  expect(original).toBe("a1beaa9bfd0d782d");
});

test.each([
  ["another folder", {}],
  ["shards", { shards: 3 }],
  ["a prefix", { prefix: "transformer." }],
  ["mask buffers", { buffers: true }],
  ["another offset", { padding: 5 }],
])("the same model has the same: %s", async (_, layout) => {
  expect(await of(await checkpoint(layout))).toBe(original);
});

test("what a configuration does not mean does not count", async () => {
  const folder = await checkpoint({}, WEIGHTS, { n_inner: 32, transformers_version: "9.9" });
  expect(await of(folder)).toBe(original);
});

test.each<[string, () => Promise<string>]>([
  ["other weights", () => checkpoint({}, randomWeights(CONFIG, 2))],
  ["another type", () => checkpoint({ dtype: "F16" })],
  ["another configuration", () => checkpoint({}, WEIGHTS, { layer_norm_epsilon: 1e-6 })],
])("another model has another: %s", async (_, make) => {
  expect(await of(await make())).not.toBe(original);
});

test("another tokenizer, or none, makes another model", async () => {
  const folder = await checkpoint();
  const marks = [original];
  await writeFile(join(folder, "tokenizer.json"), '{"version": "1.1"}');
  marks.push(await of(folder));
  await rm(join(folder, "tokenizer.json"));
  marks.push(await of(folder));
  await writeFile(join(folder, "vocab.json"), "{}");
  marks.push(await of(folder));
  await writeFile(join(folder, "merges.txt"), "{}");
  marks.push(await of(folder));
  await rm(join(folder, "vocab.json"));
  marks.push(await of(folder));
  expect(new Set(marks).size).toBe(marks.length);
});

test.each([
  "wte.weight",
  "h.0.mlp.c_proj.bias",
  "ln_f.weight",
])("the first and last number of %s count", async (name) => {
  for (const last of [false, true]) {
    const tensor = WEIGHTS.get(name);
    const data = Float32Array.from(tensor?.data ?? []);
    const place = last ? data.length - 1 : 0;
    data[place] = (data[place] ?? 0) + 1;
    const changed = new Map(WEIGHTS).set(name, { shape: tensor?.shape ?? [], data });
    expect(await of(await checkpoint({}, changed))).not.toBe(original);
  }
});

test("a folder of links, as Hugging Face's download cache has it, is the same model and runs", async () => {
  const plain = await checkpoint({ shards: 2, dtype: "F16" });
  const blobs = join(base, "cache", "blobs");
  const snapshot = join(base, "cache", "snapshots", "abc");
  await mkdir(blobs, { recursive: true });
  await mkdir(join(base, "elsewhere"));
  await mkdir(snapshot, { recursive: true });
  for (const [i, file] of ["config.json", "tokenizer.json", "model.safetensors.index.json"].entries()) {
    await cp(join(plain, file), join(blobs, String(i)));
    await symlink(`../../blobs/${i}`, join(snapshot, file));
  }
  const [first, second] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  await writeFile(join(blobs, "one"), await readFile(join(plain, first ?? "")));
  await writeFile(join(base, "elsewhere", "two"), await readFile(join(plain, second ?? "")));
  await symlink("../../blobs/one", join(snapshot, first ?? ""));
  await symlink(join(base, "elsewhere", "two"), join(snapshot, second ?? ""));

  const [a, b] = [await openModel(plain, { threads: 1 }), await openModel(snapshot, { threads: 1 })];
  expect(b.card.fingerprint).toBe(a.card.fingerprint);
  const steps = [a, b].map(({ model }) => model.step([1, 2, 3], model.createCache()));
  const [logits, linked] = await Promise.all(steps);
  expect(linked).toEqual(logits);
  await Promise.all([a.model.close(), b.model.close()]);
});
