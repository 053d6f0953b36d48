import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCheckpoint } from "../../../src/engine/gpt2/checkpoint.ts";
import { openModel } from "../../../src/engine/gpt2/open.ts";
import { readSafetensors } from "../../../src/engine/gpt2/safetensors.ts";
import { UserError } from "../../../src/errors.ts";
import { randomWeights, safetensors, writeCheckpoint } from "../../checkpoint-writer.ts";

const CONFIG = { vocab_size: 20, n_positions: 8, n_embd: 8, n_layer: 2, n_head: 2 };
const WEIGHTS = randomWeights(CONFIG, 1);
const SHARD_2 = "model-00002-of-00003.safetensors";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "checkpoint-"));
  file = join(folder, "model.safetensors");
});
afterEach(() => rm(folder, { recursive: true }));

const write = (weights = WEIGHTS, layout = {}) => writeCheckpoint(folder, CONFIG, weights, layout);

/** What a user is told when the folder is opened as a model: message and hint on two lines. */
async function complaint(): Promise<string> {
  const error: unknown = await openModel(folder, { threads: 1 }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserError) return `${error.message}\n${error.hint}`;
  throw error ?? new Error("it opened");
}

/** A safetensors file of this header and so many bytes of data. */
function withHeader(header: string | Uint8Array, data = 0): Buffer {
  const bytes = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, bytes, Buffer.alloc(data)]);
}

describe("a whole checkpoint", () => {
  test.each([
    [{}, "float32"],
    [{ dtype: "F16", prefix: "transformer." }, "float16"],
    [{ dtype: "BF16", buffers: true, shards: 3 }, "bfloat16"],
  ])("%j", async (layout, dtype) => {
    await write(WEIGHTS, layout);
    const checkpoint = await openCheckpoint(folder);
    expect(checkpoint.dtype).toBe(dtype);
    expect([...checkpoint.weights.keys()].sort()).toEqual([...WEIGHTS.keys()].sort());
    const counted = [...WEIGHTS.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(checkpoint.parameters).toBe(counted);
  });

  test("one file goes before shards", async () => {
    await write(WEIGHTS, { shards: 3 });
    await rm(join(folder, SHARD_2));
    await writeFile(file, safetensors(WEIGHTS));
    await expect(openCheckpoint(folder)).resolves.toMatchObject({ dtype: "float32" });
  });
});

describe("a broken checkpoint is refused in words", () => {
  test("no folder", async () => {
    await rm(folder, { recursive: true });
    expect(await complaint()).toMatch(/There is no model in .*config\.json.*ENOENT[\s\S]*model\.safetensors/);
    await mkdir(folder);
  });

  test("no weights", async () => {
    await write();
    await rm(file);
    expect(await complaint()).toMatch(/has no weights: there is no model\.safetensors[\s\S]*Download/);
  });

  test("weights in pickle format alone", async () => {
    await write();
    await rm(file);
    await writeFile(join(folder, "pytorch_model.bin"), "");
    expect(await complaint()).toMatch(/pickle.*pytorch_model\.bin.*can run any program[\s\S]*convert/);
  });

  test("a missing shard", async () => {
    await write(WEIGHTS, { shards: 3 });
    await rm(join(folder, SHARD_2));
    expect(await complaint()).toMatch(/incomplete: model-00002-of-00003\.safetensors of its 3 files/);
  });

  test.each([
    ["{", /index\.json is not JSON/],
    ["{}", /lists no weights/],
    ['{"weight_map": {}}', /lists no weights/],
    ['{"weight_map": {"a": 1}}', /lists no weights/],
    ['{"weight_map": {"a": "../../secret.safetensors"}}', /outside the model's folder: "\.\.\/\.\./],
    ['{"weight_map": {"a": "/etc/passwd"}}', /outside the model's folder: "\/etc/],
  ])("the index %j", async (text, message) => {
    await write();
    await rm(file);
    await writeFile(join(folder, "model.safetensors.index.json"), text);
    expect(await complaint()).toMatch(message);
  });

  test.each([
    ["nothing at all", Buffer.alloc(0), /has 0 bytes/],
    ["a few bytes", Buffer.from("{}"), /has 2 bytes/],
    [
      "an impossible header length",
      Buffer.alloc(64, 0xff),
      /should have 18446744073709551615 bytes, but the file has 64/,
    ],
    ["a page of HTML", Buffer.from("<!DOCTYPE html><html></html>"), /its header should have \d+ bytes/],
    ["a header of garbage", withHeader("garbage!"), /header is not JSON/],
    ["a header that is not UTF-8", withHeader(Uint8Array.of(0xff, 0xfe, 0x80)), /header is not JSON/],
    ["a header that is a list", withHeader("[]"), /not a JSON object/],
    ["a tensor without type", withHeader('{"wte.weight":{"shape":[1]}}'), /"wte\.weight" in no known way/],
    [
      "a tensor with a negative place",
      withHeader('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}'),
      /"a" in no known way/,
    ],
    [
      "a place that does not fit the shape",
      withHeader('{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}', 12),
      /"a" should take 12 bytes \(F32 \[3\]\), but its place is 0 to 8/,
    ],
    [
      "a place beyond the end",
      withHeader('{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}', 11),
      /"a" should end at byte \d+, but the file has only \d+: it is cut short/,
    ],
  ])("weights: %s", async (_, bytes, message) => {
    await write();
    await writeFile(file, bytes);
    expect(await complaint()).toMatch(message);
    expect(await complaint()).toMatch(/model\.safetensors is damaged[\s\S]*Download the model again/);
  });

  test("weights cut short by one byte", async () => {
    await write();
    await truncate(file, (await readFile(file)).length - 1);
    expect(await complaint()).toMatch(/cut short/);
  });

  test("a missing tensor", async () => {
    await write(new Map([...WEIGHTS].filter(([name]) => name !== "h.1.mlp.c_fc.bias")));
    expect(await complaint()).toMatch(/incomplete: the tensor "h\.1\.mlp\.c_fc\.bias" \[32\] is missing/);
  });

  test("more layers in config.json than in the weights", async () => {
    await write();
    await writeFile(
      join(folder, "config.json"),
      JSON.stringify({ ...CONFIG, n_layer: 3, model_type: "gpt2" }),
    );
    expect(await complaint()).toMatch(/the tensor "h\.2\.ln_1\.weight" \[8\] is missing/);
  });

  test("another vocabulary than config.json says", async () => {
    await write();
    await writeFile(
      join(folder, "config.json"),
      JSON.stringify({ ...CONFIG, vocab_size: 21, model_type: "gpt2" }),
    );
    expect(await complaint()).toMatch(
      /"wte\.weight" in .*model\.safetensors has the shape \[20, 8\]; by config\.json it should be \[21, 8\]/,
    );
  });

  test("a matrix stored the other way round", async () => {
    const turned = new Map(WEIGHTS);
    turned.set("h.0.attn.c_attn.weight", { shape: [24, 8], data: new Float32Array(24 * 8) });
    await write(turned);
    expect(await complaint()).toMatch(/"h\.0\.attn\.c_attn\.weight".*\[24, 8\].*\[8, 24\]/);
  });

  test("a type that is not supported", async () => {
    await write();
    const text = (await readFile(file)).toString("latin1").replace('"dtype":"F32"', '"dtype":"I32"');
    await writeFile(file, Buffer.from(text, "latin1"));
    expect(await complaint()).toMatch(/"wte\.weight".*stored as I32[\s\S]*F32, F16, BF16/);
  });
});

test("whatever happens to the bytes, the file is read or refused in words", async () => {
  const whole = safetensors(WEIGHTS);
  const end = 8 + Number(whole.readBigUInt64LE());
  const places = fc.array(fc.tuple(fc.nat({ max: end - 1 }), fc.nat({ max: 255 })), { maxLength: 4 });
  const lengths = fc.option(fc.nat({ max: whole.length }), { nil: whole.length });
  await fc.assert(
    fc.asyncProperty(places, lengths, async (changes, length) => {
      const bytes = Buffer.from(whole);
      for (const [place, value] of changes) bytes[place] = value;
      await writeFile(file, bytes.subarray(0, length));
      const read = await readSafetensors(file).catch((error: unknown) => {
        if (error instanceof UserError) return undefined;
        throw error;
      });
      for (const { offset, length: size } of read?.tensors.values() ?? []) {
        expect(offset + size).toBeLessThanOrEqual(length);
      }
    }),
    { numRuns: 300 },
  );
});
