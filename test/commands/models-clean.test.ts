import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCheckpoint } from "../../src/engine/gpt2/checkpoint.ts";
import { fingerprint } from "../../src/engine/gpt2/fingerprint.ts";
import { randomWeights, writeCheckpoint } from "../checkpoint-writer.ts";
import { FakeWorld } from "./fake-world.ts";

const CONFIG = { vocab_size: 20, n_positions: 8, n_embd: 8, n_layer: 1, n_head: 2 };
const OTHER = "00000000000000aa";

/** A world with a model "mine" and quantised weights of it and of a model that is gone. */
async function world() {
  const made = new FakeWorld();
  const model = join(made.cwd, "data", "models", "mine");
  await writeCheckpoint(model, CONFIG, randomWeights(CONFIG, 1));
  const mark = await fingerprint(await openCheckpoint(model));
  const folder = join(made.cwd, "cache", "weights");
  await mkdir(folder, { recursive: true });
  const keep = (name: string, size: number) => writeFile(join(folder, name), Buffer.alloc(size));
  await keep(`${mark}-int8.safetensors`, 2_000_000);
  await keep(`${mark}-int4.safetensors`, 1_000_000);
  await keep(`${OTHER}-int8.safetensors`, 400_000);
  await keep(`.${OTHER}-int4.safetensors.0123456789ab.tmp`, 100_000);
  await keep("notes.txt", 5);
  return { made, mark, folder };
}

test("it deletes all quantised weights, half ones too and nothing else, and says what it freed", async () => {
  const { made, folder } = await world();
  const { code, stdout } = await made.run(["models", "clean"]);
  expect(stdout.trimEnd().split("\n").sort()).toEqual([
    "freed 3.5 MB",
    `removed ${OTHER} int4, 0.1 MB`,
    `removed ${OTHER} int8, 0.4 MB`,
    "removed mine int4, 1.0 MB",
    "removed mine int8, 2.0 MB",
  ]);
  expect([code, await readdir(folder)]).toEqual([0, ["notes.txt"]]);
});

test("with a model's name it deletes that model's only", async () => {
  const { made, mark, folder } = await world();
  const { stdout } = await made.run(["models", "clean", "mine", "--json"]);
  expect(JSON.parse(stdout)).toEqual({
    removed: ["int4", "int8"].map((precision) => {
      const file = join(folder, `${mark}-${precision}.safetensors`);
      return {
        file,
        model: "mine",
        fingerprint: mark,
        precision,
        size_bytes: precision === "int4" ? 1e6 : 2e6,
      };
    }),
    freed_bytes: 3_000_000,
  });
  expect(await readdir(folder)).toHaveLength(3);
  expect((await made.run(["models", "clean", "mine"])).stdout).toBe(
    "No quantised weights of mine are kept.\n",
  );
});

test("where nothing was ever kept, it says so", async () => {
  const made = new FakeWorld();
  const { code, stdout } = await made.run(["models", "clean"]);
  expect([code, stdout]).toEqual([0, "No quantised weights are kept.\n"]);
  expect(JSON.parse((await made.run(["models", "clean", "--json"])).stdout)).toEqual({
    removed: [],
    freed_bytes: 0,
  });
});

test("an unknown model is refused and nothing is deleted", async () => {
  const { made, folder } = await world();
  const { code, stderr } = await made.run(["models", "clean", "nobody"]);
  expect([code, await readdir(folder).then((names) => names.length)]).toEqual([1, 5]);
  expect(stderr).toContain('There is no model "nobody"');
});
