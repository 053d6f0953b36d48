import { open } from "node:fs/promises";
import type { Checkpoint, Weight } from "../../engine/gpt2/checkpoint.ts";

/** Bytes that are looked at in one go. */
const PIECE = 2 ** 22;

/** The bits of the exponent, all set in an infinity and in what is no number (IEEE 754; bfloat16 is float32's upper half). */
const EXPONENT = { float32: 0x7f80_0000, float16: 0x7c00, bfloat16: 0x7f80 } as const;

/**
 * The first tensor that holds an infinity or what is no number, and how many of its numbers are so; null where all is
 * finite. Reads all the weights; `onBytes` is told of each piece. Rejects with the signal's reason.
 */
export async function unfinite(
  { weights }: Pick<Checkpoint, "weights">,
  {
    onBytes = () => {},
    signal,
  }: { readonly onBytes?: (bytes: number) => void; readonly signal?: AbortSignal } = {},
): Promise<{ readonly name: string; readonly count: number } | null> {
  for (const [name, weight] of weights) {
    const count = await countUnfinite(weight, onBytes, signal);
    if (count > 0) return { name, count };
  }
  return null;
}

async function countUnfinite(
  { file, offset, length, type }: Weight,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<number> {
  const mask = EXPONENT[type];
  const handle = await open(file, "r");
  const memory = new ArrayBuffer(Math.min(PIECE, length));
  let count = 0;
  try {
    for (let at = 0; at < length; ) {
      signal?.throwIfAborted();
      const size = Math.min(memory.byteLength, length - at);
      const { bytesRead } = await handle.read(new Uint8Array(memory), 0, size, offset + at);
      if (bytesRead < size) throw new Error(`${file} ends in the middle of its numbers`);
      const numbers =
        type === "float32" ? new Uint32Array(memory, 0, size / 4) : new Uint16Array(memory, 0, size / 2);
      for (const bits of numbers) if ((bits & mask) >>> 0 === mask) count++;
      onBytes(size);
      at += size;
    }
  } finally {
    await handle.close();
  }
  return count;
}
