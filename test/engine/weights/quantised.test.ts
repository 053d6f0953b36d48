import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Checkpoint } from "../../../src/engine/gpt2/checkpoint.ts";
import { readSafetensors } from "../../../src/engine/gpt2/safetensors.ts";
import { type QuantisedOptions, quantisedWeights } from "../../../src/engine/weights/quantised.ts";
import { INT4, INT8, type WeightScheme } from "../../../src/engine/weights/scheme.ts";
import { UserError } from "../../../src/errors.ts";
import { dequantised, folderOfTest, ODD, ODD_WEIGHTS, oddCheckpoint } from "./desk.ts";

const MARK = "0123456789abcdef";
const SMALL: WeightScheme = {
  name: "small",
  body: { bits: 4, blockSize: 16 },
  attention: { bits: 4, blockSize: 16 },
  head: { bits: 8, blockSize: 64 },
};

let base: string;
let checkpoint: Checkpoint;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "weights-"));
  checkpoint = await oddCheckpoint(join(base, "odd"));
});
afterAll(() => rm(base, { recursive: true }));

/** The weights, with all that was told while they were sought. */
async function open(options: Partial<QuantisedOptions> = {}, scheme = INT8) {
  const told: string[] = [];
  const done: number[] = [];
  const found = await quantisedWeights(checkpoint, MARK, scheme, {
    folder: await folderOfTest(),
    onStatus: (status) => told.push(status),
    onProgress: (part) => done.push(part),
    ...options,
  });
  return { ...found, told, done };
}

describe("what the file holds", () => {
  test.each([INT8, INT4, SMALL])("$name: every tensor, near what the checkpoint has", async (scheme) => {
    const { weights: found, file } = await open({}, scheme);
    const bytes = await readFile(file);
    expect([...found.keys()]).toEqual([...checkpoint.weights.keys()]);
    for (const [name, one] of found) {
      const { shape, data } = ODD_WEIGHTS.get(name)!;
      if (one.kind === "plain") {
        const { offset, length } = one.data;
        expect(bytes.subarray(offset, offset + length)).toEqual(Buffer.from(data.buffer));
        continue;
      }
      const rowsAreOutputs = /^(wte|lm_head)/.test(name);
      const [rows, columns] = rowsAreOutputs ? shape : [shape[1], shape[0]];
      expect([one.rows, one.columns]).toEqual([rows, columns]);
      const { x, steps } = dequantised(bytes, one);
      // With 4 bits the largest numbers may be clipped: 1.6 steps beyond the 8 that there are, and half a step.
      const most = one.bits === 8 ? 0.500_01 : 2.6;
      const wrong = x.findIndex((number, i) => {
        const row = Math.floor(i / one.columns);
        const column = i % one.columns;
        const original = data[rowsAreOutputs ? i : column * one.rows + row]!;
        return !(Math.abs(number - original) <= most * Math.abs(steps[i]!));
      });
      expect([name, wrong]).toEqual([name, -1]);
    }
  });

  test("8 bits in the embeddings, 4 in the layers, biases and norms as they are", async () => {
    const { weights: found } = await open({}, INT4);
    const kind = (name: string) => {
      const one = found.get(name)!;
      return one.kind === "plain" ? one.data.type : one.bits;
    };
    expect(
      ["wte.weight", "lm_head.weight", "h.0.mlp.c_fc.weight", "wpe.weight", "h.1.ln_1.bias"].map(kind),
    ).toEqual([8, 8, 4, "float32", "float32"]);
  });

  test("it is a whole safetensors file without gaps, its values at multiples of 64", async () => {
    const { file, weights: found } = await open({}, SMALL);
    const { tensors, size } = await readSafetensors(file);
    let end = [...tensors.values()][0]!.offset;
    expect(end % 4096).toBe(0);
    for (const { offset, length } of tensors.values()) {
      expect(offset).toBe(end);
      end += length;
    }
    expect(end).toBe(size);
    for (const one of found.values()) {
      if (one.kind === "blocks") expect([one.values.offset % 64, one.scales.offset % 4]).toEqual([0, 0]);
      else expect(one.data.offset % 4).toBe(0);
    }
  });

  test.each([
    { dtype: "F16" },
    { dtype: "BF16" },
    { shards: 3 },
    { prefix: "transformer.", padding: 1 },
  ] as const)("a checkpoint with %o makes the same file", async (layout) => {
    const other = await oddCheckpoint(await folderOfTest(), layout);
    const { file } = await quantisedWeights(other, MARK, SMALL, { folder: await folderOfTest() });
    expect((await readFile(file)).equals(await readFile((await open({}, SMALL)).file))).toBe(true);
  });
});

describe("kept", () => {
  test("the second time they are found, and nothing is told", async () => {
    const folder = join(await folderOfTest(), "not", "there", "yet");
    const first = await open({ folder });
    const { mtimeMs } = await stat(first.file);
    const second = await open({ folder });
    expect(first.done.at(-1)).toBe(1);
    expect(first.done).toEqual(first.done.toSorted((a, b) => a - b));
    expect([second.done, second.told, second.kept, second.problem]).toEqual([[], [], true, null]);
    expect([await first.isWhole, await second.isWhole]).toEqual([true, true]);
    expect((await stat(second.file)).mtimeMs).toBe(mtimeMs);
    await second.dispose();
    expect(await readdir(folder)).toEqual([`${MARK}-int8.safetensors`]);
  });

  const damage: readonly (readonly [string, (file: Buffer) => Buffer])[] = [
    ["cut short", (file) => file.subarray(0, file.length - 1)],
    ["empty", (file) => file.subarray(0, 0)],
    ["longer", (file) => Buffer.concat([file, Buffer.of(0)])],
    ["with one wrong bit in the header", (file) => flipped(file, 700)],
    ["with one wrong bit in the header's length", (file) => flipped(file, 0)],
    ["with one wrong bit in the white space", (file) => flipped(file, 4090)],
    ["with one wrong bit in the first value", (file) => flipped(file, headerSize(file))],
    ["with one wrong bit in the middle", (file) => flipped(file, file.length >> 1)],
    ["with one wrong bit at the end", (file) => flipped(file, file.length - 1)],
    ["of the same length, all zero", (file) => Buffer.alloc(file.length)],
  ];
  test.each(damage)("a file %s is made anew", async (_, harm) => {
    const first = await open();
    const whole = await readFile(first.file);
    await writeFile(first.file, harm(whole));
    const second = await open({ folder: first.folder });
    // Damage among the values shows only when all of them were read.
    const third = (await second.isWhole) ? second : await open({ folder: first.folder, anew: true });
    expect(third.told).toEqual(["rebuilding damaged weights"]);
    expect(await third.isWhole).toBe(true);
    expect((await readFile(third.file)).equals(whole)).toBe(true);
    expect(await readdir(first.folder)).toHaveLength(1);
  });

  test("the file of another checkpoint, under this one's name, is not taken for it", async () => {
    const folder = await folderOfTest();
    const { file } = await quantisedWeights(checkpoint, "f".repeat(16), INT8, { folder });
    await copyFile(file, join(folder, `${MARK}-int8.safetensors`));
    expect((await open({ folder })).told).toEqual(["rebuilding damaged weights"]);
  });

  test("several at once all get whole weights, and one file stays", async () => {
    const folder = await folderOfTest();
    const all = await Promise.all([1, 2, 3, 4].map(() => open({ folder })));
    expect(all.map(({ kept }) => kept)).toEqual([true, true, true, true]);
    expect(await readdir(folder)).toEqual([`${MARK}-int8.safetensors`]);
    expect((await open({ folder })).told).toEqual([]);
  });

  test("what killed processes left goes away, nothing else does", async () => {
    const folder = await folderOfTest();
    await open({ folder });
    // No process has this number: it is one more than Linux can give.
    const ended = 4_194_305;
    const minutesOld = {
      [`.${MARK}-int8.safetensors.0123456789ab.tmp`]: 1500,
      [`.${MARK}-int4.safetensors.${ended}-0123456789ab.tmp`]: 2,
      "notes.tmp": 1500,
      [`.${MARK}-int4.safetensors.${ended}-ba9876543210.tmp`]: 0,
      [`.${MARK}-int4.safetensors.${process.pid}-ba9876543210.tmp`]: 60,
      [`.${MARK}-int4.safetensors.ba9876543210.tmp`]: 60,
    };
    for (const [name, minutes] of Object.entries(minutesOld)) {
      await writeFile(join(folder, name), "half");
      const then = Date.now() / 1000 - 60 * minutes;
      await utimes(join(folder, name), then, then);
    }
    await open({ folder });
    const stays = Object.keys(minutesOld).slice(2);
    expect((await readdir(folder)).sort()).toEqual([...stays, `${MARK}-int8.safetensors`].sort());
  });
});

describe("cancelled", () => {
  test("it rejects with the signal's reason wherever it is, and leaves nothing", async () => {
    const { done } = await open();
    for (const at of [0, done.length >> 1, done.length - 1]) {
      const folder = await folderOfTest();
      const controller = new AbortController();
      const reason = new Error("enough");
      let parts = 0;
      const onProgress = () => {
        if (parts++ === at) controller.abort(reason);
      };
      await expect(open({ folder, onProgress, signal: controller.signal })).rejects.toBe(reason);
      expect(await readdir(folder)).toEqual([]);
    }
  });

  test("before it began, too, and while a file is checked", async () => {
    const { folder } = await open();
    const reason = new Error("never mind");
    await expect(open({ folder, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const opening = open({ folder, signal: controller.signal });
    controller.abort(reason);
    await expect(opening).rejects.toBe(reason);
  });
});

describe("not kept", () => {
  test("without a folder they lie in a private one, until they are disposed of", async () => {
    const temporary = await folderOfTest();
    const found = await open({ folder: null, temporary });
    expect([found.kept, found.problem]).toEqual([false, null]);
    expect((await readFile(found.file)).equals(await readFile((await open()).file))).toBe(true);
    await found.dispose();
    await found.dispose();
    expect(await readdir(temporary)).toEqual([]);
  });

  test("where the folder is a file, they are made elsewhere, and the reason is told", async () => {
    const temporary = await folderOfTest();
    const file = join(await folderOfTest(), "file");
    await writeFile(file, "");
    const found = await open({ folder: file, temporary });
    expect([found.kept, found.problem]).toEqual([false, "the folder's path is a file"]);
    const below = await open({ folder: join(file, "below"), temporary });
    expect([below.kept, below.problem]).toEqual([false, "a part of the folder's path is a file"]);
    await found.dispose();
    await below.dispose();
    expect(await readdir(temporary)).toEqual([]);
  });

  test.skipIf(process.platform !== "linux")(
    "where the folder takes no new file, they are made elsewhere",
    async () => {
      const temporary = await folderOfTest();
      const found = await open({ folder: "/proc/self", temporary });
      expect(found.kept).toBe(false);
      expect(found.problem).not.toBeNull();
      await found.dispose();
    },
  );

  test("where they can be written nowhere, the user is told how much room is needed", async () => {
    const temporary = join(await folderOfTest(), "gone");
    await expect(open({ folder: null, temporary })).rejects.toThrow(UserError);
    await expect(open({ folder: null, temporary })).rejects.toMatchObject({
      hint: expect.stringMatching(/^Make room for \d+ MB in .*gone/),
    });
  });

  test("a killed process's private folder goes away after a day", async () => {
    const temporary = await folderOfTest();
    const left = join(temporary, "inkwright-weights-abc123");
    await mkdir(left);
    await writeFile(join(left, "half"), "");
    await utimes(left, 0, 0);
    const { dispose } = await open({ folder: null, temporary });
    await dispose();
    expect(await readdir(temporary)).toEqual([]);
  });
});

test("a checkpoint that vanished is not blamed on the folder", async () => {
  const gone = await oddCheckpoint(join(await folderOfTest(), "gone"));
  await rm(gone.folder, { recursive: true });
  const folder = await folderOfTest();
  const opening = quantisedWeights(gone, MARK, INT8, { folder, temporary: folder });
  await expect(opening).rejects.toThrow(/model.safetensors/);
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  [{ ...INT8, body: { bits: 8, blockSize: 100 } } as const, "blockSize: 100"],
  [{ ...INT8, name: "../up" }, '"../up"'],
])("a scheme that cannot be is refused", async (scheme, quoted) => {
  await expect(open({}, scheme)).rejects.toThrow(RangeError);
  await expect(open({}, scheme)).rejects.toThrow(quoted);
});

test("a row has more than one block, the last one not full", () => {
  expect(ODD.n_inner % 128).toBeGreaterThan(0);
  expect(Math.ceil(ODD.n_inner / 128)).toBe(2);
});

function headerSize(file: Buffer): number {
  return 8 + Number(file.readBigUInt64LE());
}

function flipped(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  copy[at] = copy[at]! ^ 4;
  return copy;
}
