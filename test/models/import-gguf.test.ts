import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openCheckpoint } from "../../src/engine/gpt2/checkpoint.ts";
import { fingerprint } from "../../src/engine/gpt2/fingerprint.ts";
import { openModel } from "../../src/engine/gpt2/open.ts";
import { openTokenizer } from "../../src/engine/tokenizer.ts";
import { UserError } from "../../src/errors.ts";
import { importGguf } from "../../src/models/import-gguf.ts";
import type { ImportContext } from "../../src/models/import-place.ts";
import { licence } from "../../src/models/readme.ts";
import { type Changes, convert, hashes, plainWeights, type WrittenType, writeTwin } from "./gguf/writer.ts";

const fixture = (name: string): string =>
  new URL(`../fixtures/checkpoints/${name}`, import.meta.url).pathname;

let root: string;
let context: ImportContext;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "import-gguf-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  context = {
    folders: { inBox: join(root, "box"), own: join(root, "own"), hub: join(root, "hub") },
    room: async () => 1e12,
    pid: process.pid,
    onProgress: () => {},
    signal: new AbortController().signal,
  };
});

/** A GGUF of a fixture in the test's folder. */
async function file(name: string, type: WrittenType, changes: Changes = {}) {
  const made = await convert(fixture(name), type, changes);
  const path = join(root, "story.gguf");
  writeFileSync(path, made.bytes);
  return { ...made, path };
}

/** What is told of a failure: message and hint on two lines. */
async function complaint(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error("it worked"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserError) return `${error.message}\n${error.hint}`;
  throw error;
}

/** Ids that the model in `folder` writes greedily after a prompt. */
async function greedyIds(folder: string, count = 24): Promise<readonly number[]> {
  const { model } = await openModel(folder, { threads: 1, precision: "fp32" });
  try {
    const cache = model.createCache();
    let logits = await model.step((await openTokenizer(folder)).encode("The lamp went out"), cache);
    const ids: number[] = [];
    while (ids.length < count) {
      const best = logits.reduce((top, logit, id) => (logit > logits[top]! ? id : top), 0);
      ids.push(best);
      logits = await model.step([best], cache);
    }
    return ids;
  } finally {
    await model.close();
  }
}

describe("a GPT-2 in a GGUF", () => {
  test.each([
    ["plain", "F32"],
    ["prefixed-f16", "F16"],
  ] as const)("%s in %s writes what the original writes, from the same numbers", async (name, type) => {
    const { path } = await file(name, type);
    const model = await importGguf(path, undefined, context);
    expect(model).toMatchObject({ name: "story", kind: "gguf", folder: join(root, "own", "story") });
    expect(readdirSync(model.folder).sort()).toEqual([
      "config.json",
      "generation_config.json",
      "model.safetensors",
      "tokenizer.json",
    ]);
    expect(hashes(await plainWeights(model.folder))).toEqual(hashes(await plainWeights(fixture(name))));
    expect((await openCheckpoint(model.folder)).config).toEqual((await openCheckpoint(fixture(name))).config);
    expect(await greedyIds(model.folder)).toEqual(await greedyIds(fixture(name)));
  });

  test.each(["plain", "prefixed-f16"])("%s in Q8_0 writes what its twin in float32 writes", async (name) => {
    const { path, read, types } = await file(name, "Q8_0");
    expect([...types.values()]).toContain("Q8_0");
    const model = await importGguf(path, undefined, context);
    const twin = join(root, "twin");
    writeTwin(twin, fixture(name), read);
    expect(hashes(await plainWeights(model.folder))).toEqual(hashes(await plainWeights(twin)));
    const ids = await greedyIds(model.folder);
    expect(ids).toEqual(await greedyIds(twin));
    expect(new Set(ids).size).toBeGreaterThan(3);
  });

  test("BF16 stays as it is", async () => {
    const { path, read } = await file("plain", "BF16");
    const { folder } = await importGguf(path, undefined, context);
    expect(hashes(await plainWeights(folder))).toEqual(hashes(read));
    expect((await openCheckpoint(folder)).dtype).toBe("bfloat16");
  });

  test("version 2 and another alignment are read alike", async () => {
    const { path } = await file("plain", "F32", {
      version: 2,
      alignment: 64,
      metadata: { "general.alignment": { u32: 64 } },
    });
    const { folder } = await importGguf(path, "two", context);
    expect(hashes(await plainWeights(folder))).toEqual(hashes(await plainWeights(fixture("plain"))));
  });

  test("texts become the same tokens, and the tokens for infilling are known", async () => {
    const { path } = await file("plain", "F16");
    const { folder } = await importGguf(path, undefined, context);
    const [made, original] = [await openTokenizer(folder), await openTokenizer(fixture("plain"))];
    expect(made.infill).toEqual(original.infill);
    expect(made.endOfText).toBe(original.endOfText);
    for (const text of ["It was 1912.\n\n“No,” she said — don’t!  <|endoftext|>", "日本語 🙂\tx", ""]) {
      expect(made.encode(text)).toEqual(original.encode(text));
      expect(made.decode(made.encode(text))).toBe(text);
    }
  });

  test("tokens without types are told apart by the merges", async () => {
    const { path } = await file("plain", "F16", {
      metadata: { "tokenizer.ggml.token_type": null, "tokenizer.ggml.pre": null },
    });
    const { folder } = await importGguf(path, undefined, context);
    expect((await openTokenizer(folder)).infill).toEqual((await openTokenizer(fixture("plain"))).infill);
  });

  test("a head that is the embeddings once more is left out, another one is kept", async () => {
    const { path } = await file("plain", "Q8_0", { withHead: true });
    const tied = await importGguf(path, "tied", context);
    expect((await openCheckpoint(tied.folder)).weights.has("lm_head.weight")).toBe(false);
    const { path: other } = await file("plain", "F32", {
      withHead: true,
      tensors: (all) =>
        all.map((one) => (one.name === "output.weight" ? { ...one, data: one.data.map((b) => b ^ 1) } : one)),
    });
    const apart = await importGguf(other, "apart", context);
    const checkpoint = await openCheckpoint(apart.folder);
    expect(checkpoint.config.tie_word_embeddings).toBe(false);
    expect(checkpoint.parameters - tied.parameters).toBe(8192 * 64);
    expect(apart.parameters).toBe(checkpoint.parameters);
  });

  test("the same file gives the same model", async () => {
    const { path } = await file("plain", "Q8_0");
    const marks = [];
    for (const name of ["a", "b"]) {
      marks.push(await fingerprint(await openCheckpoint((await importGguf(path, name, context)).folder)));
    }
    expect(marks[0]).toBe(marks[1]);
  });

  test("a stated licence goes into a model card, whatever stands in it", async () => {
    const { path } = await file("plain", "F16", {
      metadata: {
        "general.license": { text: "apache-2.0\n---\n# Trust me\x1b[2J" },
        "general.name": { text: "Dusk" },
      },
    });
    const { folder } = await importGguf(path, undefined, context);
    expect(await licence(folder)).toBe("apache-2.0 --- Trust me 2J");
    expect(readFileSync(join(folder, "README.md"), "utf8")).toMatch(/^---\nlicense: .*\n---\n\n# Dusk\n/);
  });

  test("progress goes to the end", async () => {
    const { path } = await file("plain", "F16");
    const told: number[] = [];
    await importGguf(path, undefined, { ...context, onProgress: (done) => told.push(done) });
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });
});

describe("is refused, and nothing is left", () => {
  async function refused(changes: Changes, name?: string): Promise<string> {
    const { path } = await file("plain", "F16", changes);
    const told = await complaint(importGguf(path, name, context));
    expect(readdirSync(root).filter((one) => one !== "story.gguf" && one !== "own")).toEqual([]);
    return told;
  }

  test.each([
    [{ metadata: { "general.architecture": { text: "llama" } } }, /architecture "llama"; only "gpt2"/],
    [{ metadata: { "general.architecture": null } }, /no stated architecture/],
    [{ metadata: { "split.count": { u32: 3 } } }, /one of 3 parts[\s\S]*--merge/],
    [{ metadata: { "gpt2.context_length": null } }, /it has no gpt2\.context_length/],
    [{ metadata: { "gpt2.block_count": { u32: 4 } } }, /"blk\.3\.attn_norm\.weight" is missing/],
    [{ metadata: { "gpt2.block_count": { u32: 2 } } }, /"blk\.2\.attn_norm\.weight", which no GPT-2 with 2/],
    [{ metadata: { "gpt2.block_count": { u32: 4e9 } } }, /n_layer/],
    [{ metadata: { "gpt2.embedding_length": { u64: 2n ** 63n } } }, /n_embd/],
    [{ metadata: { "gpt2.attention.head_count": { u32: 7 } } }, /not a multiple of n_head 7/],
    [{ metadata: { "gpt2.attention.layer_norm_epsilon": { f32: Number.NaN } } }, /layer_norm_epsilon/],
    [
      { metadata: { "tokenizer.ggml.model": { text: "llama" } } },
      /tokenizer in story\.gguf is of the kind "llama"/,
    ],
    [{ metadata: { "tokenizer.ggml.pre": { text: "qwen2" } } }, /cut as "qwen2"/],
    [{ metadata: { "tokenizer.ggml.tokens": null } }, /without tokens/],
    [{ metadata: { "tokenizer.ggml.token_type": { i32s: [1] } } }, /token_type does not have a number/],
    [
      { metadata: { "tokenizer.ggml.merges": { texts: ["a b", "Ġqq zz"] } } },
      /the merge "(a b|Ġqq zz)" is none/,
    ],
    [
      { metadata: { "tokenizer.ggml.tokens": { texts: ["a", "a"] }, "tokenizer.ggml.token_type": null } },
      /"a" comes twice/,
    ],
    [{ version: 1 }, /GGUF of version 1/],
    [{ version: 0x03000000 }, /big-endian/],
  ] as [Changes, RegExp][])("%o", async (changes, message) => {
    expect(await refused(changes)).toMatch(message);
  });

  test.each([
    [12, "Q4_K"],
    [14, "Q6_K"],
    [2, "Q4_0"],
    [77, "type 77"],
  ])("type %i, by its name", async (type, name) => {
    const told = await refused({
      tensors: (all) => all.map((one) => (one.name === "blk.0.ffn_up.weight" ? { ...one, type } : one)),
    });
    expect(told).toContain(`quantised as ${name} ("blk.0.ffn_up.weight")`);
    expect(told).toMatch(/F32, F16, Q8_0, BF16: Inkwright makes 4 and 8 bits of it itself/);
  });

  test("a matrix that was not turned", async () => {
    const told = await refused({
      tensors: (all) =>
        all.map((one) =>
          one.name === "blk.0.attn_qkv.weight" ? { ...one, shape: one.shape.toReversed() } : one,
        ),
    });
    expect(told).toMatch(/"blk\.0\.attn_qkv\.weight" .* shape \[64, 192\]; .* should be \[192, 64\]/);
  });

  test.each([
    "../x",
    "a/b",
    ".hidden",
    "-x",
    "a\nb",
    "nul",
    "x.",
    " x",
    "",
    "x".repeat(101),
    "C:x",
    "a\0b",
  ])("the name %j", async (name) => {
    expect(await refused({}, name)).toMatch(/cannot be called/);
  });

  test("a name that is taken, in any case, by a model, a file or a dangling link", async () => {
    const { path } = await file("plain", "F16");
    await importGguf(path, "Dusk", context);
    writeFileSync(join(root, "own", "note"), "");
    symlinkSync(join(root, "nowhere"), join(root, "own", "gone"));
    for (const name of ["Dusk", "dusk", "note", "gone"]) {
      expect(await complaint(importGguf(path, name, context))).toMatch(/already[\s\S]*--name/);
    }
    expect(await complaint(importGguf(path, "gpt2", context))).toMatch(/hub's gpt2/);
  });

  test("files of other formats, with what to do", async () => {
    for (const [name, hint] of [
      ["pytorch_model.bin", /can run any program/],
      ["model.safetensors", /Give the folder/],
      ["notes.txt", /does not begin with GGUF/],
    ] as const) {
      writeFileSync(join(root, name), "something");
      expect(await complaint(importGguf(join(root, name), undefined, context))).toMatch(hint);
    }
  });

  test("a disk without room", async () => {
    const { path } = await file("plain", "F16");
    const told = await complaint(importGguf(path, undefined, { ...context, room: async () => 1e6 }));
    expect(told).toMatch(/takes \d+ MB, and 1 MB are free/);
    expect(readdirSync(join(root, "own"))).toEqual([]);
  });

  test("an end in the middle leaves nothing", async () => {
    const { path } = await file("plain", "F16");
    const ended = new AbortController();
    const work = importGguf(path, undefined, {
      ...context,
      signal: ended.signal,
      onProgress: (done) => {
        expect(readdirSync(join(root, "own"))).toEqual([`.story.importing-${process.pid}`]);
        if (done > 0.5) ended.abort(new Error("enough"));
      },
    });
    await expect(work).rejects.toThrow("enough");
    expect(readdirSync(join(root, "own"))).toEqual([]);
  });
});

test("what a process that is gone left is cleared away, what another makes stays", async () => {
  const { path } = await file("plain", "F16");
  for (const name of [
    ".story.importing-999999999",
    `.story.importing-${process.ppid}`,
    ".other.importing-999999999",
  ]) {
    mkdirSync(join(root, "own", name), { recursive: true });
  }
  await importGguf(path, undefined, context);
  expect(readdirSync(join(root, "own")).sort()).toEqual([
    ".other.importing-999999999",
    `.story.importing-${process.ppid}`,
    "story",
  ]);
});
