// Files that take long to make: written once, whole or not at all.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";

/**
 * Makes the file at `path` unless it is there. `fill` writes it from front to back; an error leaves nothing behind.
 *
 * @param {string} path
 * @param {(file: SequentialFile) => Promise<void> | void} fill
 */
export async function makeFile(path, fill) {
  if (existsSync(path)) return;
  console.error(`writing ${basename(path)}`);
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  const handle = openSync(part, "w");
  try {
    await fill(new SequentialFile(handle));
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  renameSync(part, path);
}

/** A file that grows at its end. */
export class SequentialFile {
  /** Bytes written so far. */
  offset = 0;
  #handle;

  /** @param {number} handle an open file's descriptor */
  constructor(handle) {
    this.#handle = handle;
  }

  /** Appends the bytes of a buffer or typed array. @param {ArrayBufferView} data */
  write(data) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#handle, bytes, at, bytes.length - at);
    this.offset += bytes.length;
  }

  /** Appends zeros up to a multiple of `alignment` bytes. @param {number} alignment */
  align(alignment) {
    const rest = this.offset % alignment;
    if (rest > 0) this.write(new Uint8Array(alignment - rest));
  }
}
