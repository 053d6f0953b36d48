import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Weight } from "../gpt2/checkpoint.ts";
import { checksumOf } from "./checksum.ts";
import type { WeightsLayout } from "./layout.ts";
import { type WriteOptions, writeWeights, writeWhole } from "./write.ts";

/**
 * Makes the file of quantised weights at `path`, whole or not at all: a temporary file beside it, synced to the disk,
 * takes its place. Two processes that do it at once both succeed, and the later one's file, the same, stays.
 *
 * Throws the system's error where it cannot be written, and the signal's reason where it was aborted.
 */
export async function makeFile(
  path: string,
  weights: ReadonlyMap<string, Weight>,
  layout: WeightsLayout,
  options: WriteOptions,
): Promise<void> {
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`,
  );
  try {
    const file = await open(temporary, "wx+");
    try {
      await writeWeights(file, weights, layout.weights, options);
      const checksum = await checksumOf(file, layout.start, options.signal);
      await writeWhole(file, layout.header(checksum), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    options.signal?.throwIfAborted();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}
