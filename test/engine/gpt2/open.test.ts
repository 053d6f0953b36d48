import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OpenOptions, openModel } from "../../../src/engine/gpt2/open.ts";

const PLAIN = new URL("../../fixtures/checkpoints/plain", import.meta.url).pathname;
const IDS = [17, 4, 4, 250, 91, 8, 33];

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "open-"));
});
afterAll(() => rm(base, { recursive: true }));

/** The logits after {@link IDS}, the card and all that was told. */
async function read(options: OpenOptions) {
  const told: string[] = [];
  const { model, card } = await openModel(PLAIN, {
    threads: 1,
    onStatus: (status) => told.push(status),
    ...options,
  });
  const logits = (await model.step(IDS, model.createCache())).slice();
  await model.close();
  return { logits, card, told };
}

/** How far `a` is from `b`, in parts of `b`'s length. */
function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...a.map((one, i) => one - b[i]!)) / Math.hypot(...b);
}

describe("precisions", () => {
  test("compute nearly the same, the fewer bits the less nearly, and are named on the card", async () => {
    const weightsFolder = join(base, "precisions");
    const exact = await read({ precision: "fp32", weightsFolder });
    const int8 = await read({ precision: "int8", weightsFolder });
    const int4 = await read({ precision: "int4", weightsFolder });
    const apart = [distance(int8.logits, exact.logits), distance(int4.logits, exact.logits)] as const;
    expect(apart[0]).toBeGreaterThan(0);
    expect(apart[0]).toBeLessThan(0.06);
    expect(apart[1]).toBeGreaterThan(apart[0]);
    expect(apart[1]).toBeLessThan(0.6);
    for (const [{ card }, precision] of [
      [exact, "fp32"],
      [int8, "int8"],
      [int4, "int4"],
    ] as const) {
      expect(card.precision).toBe(precision);
      expect(card.runtime).toContain(`, ${precision}`);
      expect(card.notice).toBeUndefined();
    }
    expect(await readdir(weightsFolder)).toHaveLength(2);
  });

  test("auto is float32 for a small model, and makes no file", async () => {
    const weightsFolder = join(base, "auto");
    expect((await read({ weightsFolder })).card.precision).toBe("fp32");
    await expect(readdir(weightsFolder)).rejects.toThrow(/ENOENT/);
  });

  test("in 8 bits too a text is computed to the same bits however it is cut", async () => {
    const { model } = await openModel(PLAIN, { precision: "int8", threads: 2 });
    const ids = Array.from({ length: 90 }, (_, i) => (i * 7919) % 8000);
    const expected = (await model.step(ids, model.createCache())).slice();
    for (const size of [1, 2, 7, 32, 64]) {
      const cache = model.createCache();
      let last: Float32Array = expected;
      for (let from = 0; from < ids.length; from += size)
        last = await model.step(ids.slice(from, from + size), cache);
      expect(last).toEqual(expected);
    }
    await model.close();
  });
});

describe("quantised weights", () => {
  test("are made once, with their progress told, and found from then on", async () => {
    const weightsFolder = join(base, "once");
    const first = await read({ precision: "int8", weightsFolder });
    const second = await read({ precision: "int8", weightsFolder });
    expect(first.told[0]).toMatch(/^preparing 8-bit weights … \d+ %$/);
    expect(second.told).toEqual([]);
    expect(second.logits).toEqual(first.logits);
  });

  test.each([
    [
      "a wrong bit",
      (file: Buffer) => file.fill(file[file.length - 9]! ^ 4, file.length - 9, file.length - 8),
    ],
    ["a missing end", (file: Buffer) => file.subarray(0, file.length - 100)],
  ])("with %s are made again while the model opens", async (_, harm) => {
    const weightsFolder = await mkdtemp(join(base, "harm-"));
    const { logits } = await read({ precision: "int4", weightsFolder });
    const [name = ""] = await readdir(weightsFolder);
    const file = join(weightsFolder, name);
    const whole = await readFile(file);
    await writeFile(file, harm(Buffer.from(whole)));
    const again = await read({ precision: "int4", weightsFolder });
    expect(again.told).toContain("rebuilding damaged weights");
    expect(again.logits).toEqual(logits);
    expect((await readFile(file)).equals(whole)).toBe(true);
  });

  test("that cannot be kept are made for this time, and the card says so", async () => {
    const weightsFolder = join(base, "file");
    await writeFile(weightsFolder, "in the way");
    const { card, logits } = await read({ precision: "int8", weightsFolder });
    expect(card.notice).toMatch(/8-bit weights of plain are made anew each time: .*file/);
    expect(logits).toEqual((await read({ precision: "int8", weightsFolder: join(base, "kept") })).logits);
  });

  test("an opening that is cancelled leaves nothing", async () => {
    const weightsFolder = join(base, "cancelled");
    const controller = new AbortController();
    const opening = openModel(PLAIN, {
      precision: "int8",
      weightsFolder,
      signal: controller.signal,
      onStatus: () => controller.abort(new Error("enough")),
    });
    await expect(opening).rejects.toThrow("enough");
    expect(await readdir(weightsFolder)).toEqual([]);
  });
});

test.each([
  [{ precision: "banana" as "int8" }, '"banana" is none of auto, fp32, int8, int4'],
  [{ threads: 0 }, "threads: 0"],
  [{ threads: 100_000 }, "threads: 100000 is not a whole number from 1 to 1024"],
])("options %j are refused", async (options, message) => {
  const opening = openModel(PLAIN, { threads: 1, ...options });
  await expect(opening).rejects.toThrow(RangeError);
  await expect(opening).rejects.toThrow(message);
});
