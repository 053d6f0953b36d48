import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Checkpoint, openCheckpoint } from "../../../src/engine/gpt2/checkpoint.ts";
import type { GraphWeight } from "../../../src/engine/gpt2/weights.ts";
import { type Layout, randomWeights, type Weights, writeCheckpoint } from "../../checkpoint-writer.ts";

/** Sizes that no block divides: 23 · 16 numbers in a row at most, an odd vocabulary, and a head of its own. */
export const ODD = { vocab_size: 501, n_positions: 9, n_embd: 92, n_layer: 2, n_head: 4, n_inner: 150 };

/** A folder that is gone when the test ends. */
export async function folderOfTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "weights-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The numbers of a checkpoint of {@link ODD} sizes. */
export const ODD_WEIGHTS: Weights = randomWeights(ODD, 7, true);

/** Writes that checkpoint to `folder`, in the layout asked for. */
export async function oddCheckpoint(folder: string, layout: Layout = {}): Promise<Checkpoint> {
  await writeCheckpoint(folder, { ...ODD, tie_word_embeddings: false }, ODD_WEIGHTS, layout);
  return openCheckpoint(folder);
}

/** The matrix that a file holds in blocks, read number by number. # [rows, columns] */
export function dequantised(
  file: Buffer,
  one: GraphWeight,
): { readonly x: number[]; readonly steps: number[] } {
  if (one.kind !== "blocks") throw new TypeError("not in blocks");
  const { bits, blockSize, rows, columns, values, scales } = one;
  const blocks = Math.ceil(columns / blockSize);
  const x: number[] = [];
  const steps: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < blocks * blockSize; column++) {
      const byte = file[values.offset + Math.floor(((row * blocks * blockSize + column) * bits) / 8)] ?? -1;
      const value = bits === 8 ? byte : column % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
      const step = file.readFloatLE(scales.offset + 4 * (row * blocks + Math.floor(column / blockSize)));
      const number = (value - 2 ** (bits - 1)) * step;
      if (column < columns) {
        x.push(number);
        steps.push(step);
      } else if (value !== 2 ** (bits - 1)) throw new Error(`what fills row ${row} up is ${value}, not zero`);
    }
  }
  return { x, steps };
}
