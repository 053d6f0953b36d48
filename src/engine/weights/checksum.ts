import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { errorCode } from "../../errors.ts";
import type { WeightsLayout } from "./layout.ts";

/** Bytes that are read at a time: few enough to stay in a processor's cache while they are hashed. */
const PART = 1 << 20;

/**
 * SHA-256 of what `file` holds from `start` on, in hex. The next part is read while one is hashed: GPT-2 small's 127 MB
 * take about 85 ms where the processor has instructions for it.
 */
export async function checksumOf(file: FileHandle, start: number, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const memory = [Buffer.allocUnsafeSlow(PART), Buffer.allocUnsafeSlow(PART)] as const;
  const read = (turn: number, position: number) => file.read(memory[turn % 2]!, 0, PART, position);
  let position = start;
  let next = read(0, position);
  for (let turn = 0; ; turn++) {
    const { bytesRead, buffer } = await next;
    signal?.throwIfAborted();
    if (bytesRead === 0) return hash.digest("hex");
    position += bytesRead;
    next = read(turn + 1, position);
    hash.update(buffer.subarray(0, bytesRead));
  }
}

/** What the thread of {@link checksumAside} runs: it cannot be bundled with the rest, nor loaded from TypeScript. */
const HASHER = `
const { createHash } = require("node:crypto");
const { openSync, readSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
const hash = createHash("sha256");
const memory = Buffer.allocUnsafeSlow(workerData.part);
const file = openSync(workerData.path, "r");
for (let position = workerData.start, length = -1; length !== 0; position += length) {
  length = readSync(file, memory, 0, memory.length, position);
  hash.update(memory.subarray(0, length));
}
parentPort.postMessage(hash.digest("hex"));
`;

/** Like {@link checksumOf}, on a thread of its own, beside work that blocks this one. */
function checksumAside(path: string, start: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(HASHER, { eval: true, workerData: { path, start, part: PART } });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error(`no checksum of ${path}`)));
  });
}

/** A file of weights, as far as it is known before all of it was read. */
export interface Inspected {
  readonly state: "sound" | "damaged" | "missing";
  /** Whether the data of a sound file match its checksum, once all of them were read. Never rejects. */
  readonly isWhole: Promise<boolean>;
}

/**
 * Whether the file at `path` has the size and the header that `layout` says, and then whether its data match their
 * checksum, which is found out on a thread of its own. Every bit counts.
 */
export async function inspect(path: string, layout: WeightsLayout): Promise<Inspected> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    return { state: errorCode(error) === "ENOENT" ? "missing" : "damaged", isWhole: Promise.resolve(false) };
  }
  try {
    const found = await file.stat();
    const header = Buffer.alloc(layout.start);
    if (found.isFile() && found.size === layout.size) await file.read(header, 0, header.length, 0);
    const checksum = /"checksum":"([0-9a-f]{64})"/.exec(header.toString("latin1"))?.[1] ?? "";
    if (checksum === "" || !header.equals(layout.header(checksum))) {
      return { state: "damaged", isWhole: Promise.resolve(false) };
    }
    const isWhole = checksumAside(path, layout.start).then(
      (actual) => actual === checksum,
      () => false,
    );
    return { state: "sound", isWhole };
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return { state: "damaged", isWhole: Promise.resolve(false) };
  } finally {
    await file.close();
  }
}
