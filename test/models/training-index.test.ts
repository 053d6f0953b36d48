import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTrainingIndex, TRAINING_INDEX, type TrainingIndex } from "../../src/models/training-index.ts";

const SCRIPT = fileURLToPath(new URL("../../training/index.mjs", import.meta.url));
const word = (seed: number): string => `w${(Math.imul(seed, 0x9e37_79b1) >>> 0).toString(36)}`;
/** A text of 2,000 words that nobody else has. */
const KNOWN = Array.from({ length: 2000 }, (_, i) => word(i)).join(" ");
const OTHER = Array.from({ length: 2000 }, (_, i) => word(i + 1_000_000)).join(" ");

let folder: string;
let index: TrainingIndex;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkwright-index-"));
  const input = `${JSON.stringify({ text: KNOWN })}\n`;
  const args = [SCRIPT, "--every", "4", "--size-mb", "0.0625", "--out", join(folder, TRAINING_INDEX)];
  execFileSync(process.execPath, args, { input });
  const opened = await openTrainingIndex(folder);
  if (!opened) throw new Error("there is no index");
  index = opened;
});
afterAll(() => rm(folder, { recursive: true }));

describe("the index of training texts", () => {
  it("knows long stretches of them, in any case and punctuation, wherever they stand", () => {
    const words = KNOWN.split(" ");
    fc.assert(
      fc.property(fc.nat(1900), fc.nat(1900), (from, other) => {
        const copied = words
          .slice(from, from + 60)
          .join(", ")
          .toUpperCase();
        const around = OTHER.split(" ")
          .slice(other, other + 40)
          .join(" ");
        const seen = index.longest(`${around} “${copied}.” ${around}`);
        expect(seen?.words).toBeGreaterThan(20);
        expect(seen?.words).toBeLessThanOrEqual(60);
        expect(copied).toContain(seen?.text ?? "nothing");
      }),
    );
  });

  it("knows nothing of other texts, or of a few words", () => {
    expect(index.longest(OTHER)).toBe(null);
    expect(index.longest(KNOWN.split(" ").slice(5, 12).join(" "))).toBe(null);
    expect(index.longest("")).toBe(null);
  });

  it("is not there for most models, and is refused where it is damaged", async () => {
    expect(await openTrainingIndex(tmpdir())).toBe(null);
    const { length } = await readFile(join(folder, TRAINING_INDEX));
    await truncate(join(folder, TRAINING_INDEX), length - 1);
    await expect(openTrainingIndex(folder)).rejects.toThrow("is damaged");
  });

  it("is in the box, and knows nothing of words that nobody wrote", async () => {
    const fable = await openTrainingIndex(fileURLToPath(new URL("../../models/fable", import.meta.url)));
    expect(fable).not.toBe(null);
    expect(fable?.longest(OTHER)).toBe(null);
  });
});
