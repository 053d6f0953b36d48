import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openCheckpoint } from "../../src/engine/gpt2/checkpoint.ts";
import { repeatedKey } from "../../src/engine/gpt2/json-keys.ts";
import { randomWeights, safetensors, writeCheckpoint } from "../checkpoint-writer.ts";
import { FakeWorld } from "../commands/fake-world.ts";
import { refusal } from "../refusal.ts";
import { fuzz } from "./fuzzing.ts";
import { u64 } from "./gguf/writer.ts";

const CONFIG = { vocab_size: 20, n_positions: 8, n_embd: 8, n_layer: 1, n_head: 2 };
const WEIGHTS = randomWeights(CONFIG, 1);

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hostile-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await writeCheckpoint(folder, CONFIG, WEIGHTS);
});

const put = (name: string, data: string | Uint8Array) => writeFileSync(join(folder, name), data);

describe("a configuration", () => {
  const text = (changes: string) => `{"model_type":"gpt2",${JSON.stringify(CONFIG).slice(1, -1)},${changes}}`;

  test.each([
    '"n_layer": 1e9',
    '"n_layer": 9007199254740993',
    '"n_layer": -1',
    '"n_layer": 0',
    '"n_layer": 1.5',
    '"n_layer": "NaN"',
    '"n_layer": 1e400',
    '"n_layer": {"valueOf": 1}',
    '"vocab_size": 9007199254740992',
    '"vocab_size": 4294967296',
    '"n_embd": 1e15, "n_head": 1',
    '"n_positions": 1e10',
    '"n_inner": 1e12',
    '"n_head": 0',
    '"layer_norm_epsilon": "NaN"',
    '"layer_norm_epsilon": 1e300',
    '"layer_norm_epsilon": -1',
    '"activation_function": "constructor"',
    '"activation_function": "__proto__"',
    '"model_type": "toString"',
    `"model_type": "${"x".repeat(100_000)}"`,
    '"scale_attn_weights": "yes"',
    '"bos_token_id": -1',
  ])("with %s", async (changes) => {
    put("config.json", text(changes));
    expect(await refusal(openCheckpoint(folder))).toMatch(/config\.json/);
  });

  test.each(["[", '{"a":'])("nested as deep as the file is large: %j", async (open) => {
    put("config.json", open.repeat(1e5));
    expect(await refusal(openCheckpoint(folder))).toMatch(/not JSON/);
    put("config.json", text(`"x": ${"[".repeat(2e5)}${"]".repeat(2e5)}`));
    await expect(openCheckpoint(folder)).resolves.toMatchObject({ config: { n_layer: 1 } });
  });

  test("with a prototype changes no prototype", async () => {
    put(
      "config.json",
      text('"__proto__": {"n_inner": 7, "polluted": true}, "constructor": {"prototype": 1}'),
    );
    const { config } = await openCheckpoint(folder);
    expect(config.n_inner).toBe(32);
    expect("polluted" in {}).toBe(false);
  });

  test("of 1 GB is not read", async () => {
    truncateSync(join(folder, "config.json"), 1e9);
    expect(await refusal(openCheckpoint(folder))).toMatch(/1000 MB; a model's has at most 1 MB/);
  });

  test("that is a pipe is not waited for", async () => {
    rmSync(join(folder, "config.json"));
    execFileSync("mkfifo", [join(folder, "config.json")]);
    expect(await refusal(openCheckpoint(folder))).toMatch(/neither a file nor a link/);
  });

  test("that never ends is not read", async () => {
    rmSync(join(folder, "config.json"));
    symlinkSync("/dev/zero", join(folder, "config.json"));
    expect(await refusal(openCheckpoint(folder))).toMatch(/neither a file nor a link/);
  });
});

describe("weights", () => {
  /** A safetensors file with this header and so many bytes behind it. */
  const file = (header: string, data = 0) =>
    Buffer.concat([u64(BigInt(Buffer.byteLength(header))), Buffer.from(header), Buffer.alloc(data)]);
  const row = (from: number | string, to: number | string, shape: string, dtype = "F32") =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${from},${to}]}`;

  test.each([
    [
      "a header of 2^63 bytes",
      Buffer.concat([u64(2n ** 63n), Buffer.alloc(64)]),
      /should have 9223372036854775808/,
    ],
    [
      "a header of 2^64 − 1 bytes",
      Buffer.concat([u64(2n ** 64n - 1n), Buffer.alloc(64)]),
      /should have 18446744/,
    ],
    ["a header longer than the file", Buffer.concat([u64(65n), Buffer.alloc(64)]), /should have 65 bytes/],
    [
      "overlapping tensors",
      file(`{"a":${row(0, 8, "[2]")},"b":${row(4, 12, "[2]")}}`, 12),
      /"b" lies inside another/,
    ],
    [
      "one tensor in another",
      file(`{"a":${row(0, 16, "[4]")},"b":${row(4, 8, "[1]")}}`, 16),
      /"b" lies inside another/,
    ],
    [
      "two tensors in one place",
      file(`{"a":${row(0, 8, "[2]")},"b":${row(0, 8, "[2]")}}`, 8),
      /lies inside another/,
    ],
    [
      "a gap",
      file(`{"a":${row(0, 4, "[1]")},"b":${row(8, 12, "[1]")}}`, 12),
      /before "b" there are 4 bytes of no tensor/,
    ],
    ["a gap at the beginning", file(`{"a":${row(4, 8, "[1]")}}`, 8), /before "a" there are 4 bytes/],
    ["something behind", file(`{"a":${row(0, 4, "[1]")}}`, 9), /behind its tensors there are 5 bytes more/],
    ["a place beyond the end", file(`{"a":${row(0, 400, "[100]")}}`, 8), /"a" should end at byte/],
    ["a place at 2^53", file(`{"a":${row(0, "9007199254740993", "[1]")}}`, 8), /in no known way/],
    ["a negative place", file(`{"a":${row(-4, 0, "[1]")}}`, 8), /in no known way/],
    ["half a byte", file(`{"a":${row(0, 4.5, "[1]")}}`, 8), /in no known way/],
    ["a place that goes backwards", file(`{"a":${row(8, 4, "[1]", "I7")}}`, 8), /"a" should take/],
    ["a negative size", file(`{"a":${row(0, 4, "[-1, -1]")}}`, 4), /in no known way/],
    [
      "a shape beyond all numbers",
      file(`{"a":${row(0, 4, "[4294967296, 4294967296, 4294967296]")}}`, 4),
      /should take/,
    ],
    [
      "a shape that is nothing times everything",
      file(`{"a":${row(0, 0, `[${Array(7).fill(2 ** 52)}, 0]`)},"b":${row(0, 4, "[1]")}}`, 5),
      /5|1 bytes more/,
    ],
    ["too many dimensions", file(`{"a":${row(0, 4, `[${Array(5000).fill(1)}]`)}}`, 4), /in no known way/],
    [
      "a type of another size",
      file(`{"a":${row(0, 4, "[1]", "F64")}}`, 4),
      /should take 8 bytes \(F64 \[1\]\)/,
    ],
    ["a tensor twice", file(`{"a":${row(0, 4, "[1]")},"a":${row(0, 4, "[1]")}}`, 4), /has "a" twice/],
    [
      "a tensor twice, once in other letters",
      file(`{"a":${row(0, 4, "[1]")},"\\u0061" :${row(0, 4, "[1]")}}`, 4),
      /has "a" twice/,
    ],
    [
      "places twice",
      file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[4,8]}}', 8),
      /has "data_offsets" twice/,
    ],
    ["a prototype", file(`{"__proto__":${row(0, 4, "[9]")}}`, 4), /"__proto__" should take 36 bytes/],
    ["deep nesting", file(`{"a":${"[".repeat(1e6)}${"]".repeat(1e6)}}`), /in no known way/],
    ["a name without end", file(`{"${"n".repeat(1e6)}":1}`), /in no known way/],
  ])("%s", async (_, bytes, message) => {
    put("model.safetensors", bytes);
    expect(await refusal(openCheckpoint(folder))).toMatch(message);
  });

  test("a header larger than any model's is not read", async () => {
    put("model.safetensors", u64(2n ** 25n));
    truncateSync(join(folder, "model.safetensors"), 2 ** 26);
    expect(await refusal(openCheckpoint(folder))).toMatch(/33554432 bytes, more than 16777216/);
  });

  test("a pipe in place of the weights is not waited for", async () => {
    rmSync(join(folder, "model.safetensors"));
    execFileSync("mkfifo", [join(folder, "model.safetensors")]);
    expect(await refusal(openCheckpoint(folder))).toMatch(/it is not a file/);
  });

  test("the header's padding may be any white space", async () => {
    put("model.safetensors", safetensors(WEIGHTS, "F32", 4));
    await expect(openCheckpoint(folder)).resolves.toMatchObject({ dtype: "float32" });
  });
});

describe("names of shards", () => {
  test.each([
    "../model.safetensors",
    "/etc/passwd",
    "..",
    ".",
    "",
    "a/b.safetensors",
    "a\\b.safetensors",
    "model.safetensors\0.txt",
    `${"../".repeat(1000)}etc/passwd`,
  ])("%j", async (name) => {
    rmSync(join(folder, "model.safetensors"));
    mkdirSync(join(folder, "a"));
    writeFileSync(join(folder, "a", "b.safetensors"), safetensors(WEIGHTS));
    put("model.safetensors.index.json", JSON.stringify({ weight_map: { "wte.weight": name } }));
    expect(await refusal(openCheckpoint(folder))).toMatch(/outside the model's folder/);
  });

  test("a shard that is a folder, too many shards, an index that is too large", async () => {
    rmSync(join(folder, "model.safetensors"));
    mkdirSync(join(folder, "a"));
    put("model.safetensors.index.json", '{"weight_map": {"wte.weight": "a"}}');
    expect(await refusal(openCheckpoint(folder))).toMatch(/not a file/);
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`w${i}`, `s${i}`]));
    put("model.safetensors.index.json", JSON.stringify({ weight_map: many }));
    expect(await refusal(openCheckpoint(folder))).toMatch(/names 501 files/);
    truncateSync(join(folder, "model.safetensors.index.json"), 1e9);
    expect(await refusal(openCheckpoint(folder))).toMatch(/1000 MB; a model's has at most 17 MB/);
  });
});

test("what a file is called reaches no terminal as an escape sequence", async () => {
  const world = new FakeWorld();
  const header = '{"\\u001b]0;gone\\u0007\\u001b[2J":1}';
  put("model.safetensors", Buffer.concat([u64(BigInt(header.length)), Buffer.from(header)]));
  const { code, stderr } = await world.run(["models", "import", folder]);
  expect(code).toBe(1);
  expect(stderr).toContain("in no known way");
  expect(stderr).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
});

test.each([
  ["{}", null],
  ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', null],
  ['{"a":"a","b":["a","a"]}', null],
  ['{"a":1,"a":2}', "a"],
  ['{"x":[{"q":1,"q" \n: 2}]}', "q"],
  ['{"a\\"":1,"\\u0061\\u0022":2}', 'a"'],
  ['{"a":"\\\\","a":1}', "a"],
  ['"a"', null],
])("the key that comes twice in %s is %j", (json, key) => {
  expect(repeatedKey(json)).toBe(key);
});

describe("spoilt files by the thousand", () => {
  test.each(["safetensors", "gguf"] as const)("%s: each is read or refused in words", async (format) => {
    const { read, refused } = await fuzz(format, 10_000, Date.now() >>> 0, join(folder, "spoilt"));
    expect(read + refused).toBe(10_000);
    expect(read).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(5_000);
  });
});
