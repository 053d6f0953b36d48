import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import * as z from "zod";
import { errorCode, errorMessage, UserError } from "../../errors.ts";

/** One tensor as its file stores it. */
export interface StoredTensor {
  /** Path of the file. */
  readonly file: string;
  /** As the file says it: `F32`, `F16`, `BF16`, or another that GPT-2's weights never have. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** In bytes, from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** What a safetensors file holds; the weights themselves stay in the file. */
export interface SafetensorsFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** The header, as it stands in the file. */
  readonly header: Uint8Array;
  /** By name, in the order of the header. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The most that a header may take, in bytes: the format's own limit. */
const MAX_HEADER = 100_000_000;
/** In bytes, of the types that GPT-2's weights can have. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

const offset = z.int().nonnegative();
const entry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([offset, offset]),
});

/**
 * Reads the header of a safetensors file and checks that every tensor it lists lies inside the file.
 *
 * Format: 8 bytes, the header's length as little-endian uint64; the header, JSON; the data.
 * https://github.com/huggingface/safetensors#format
 *
 * Throws a UserError for a file that is missing, cut short or not safetensors.
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const { size } = await file.stat();
    const header = await readHeader(file, path, size);
    return { path, size, header, tensors: parseHeader(header, path, size) };
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new UserError(`${path} cannot be read (${code}).`, {
      hint: "Look whether the file exists and may be read, or download the model again.",
      cause: error,
    });
  } finally {
    await file?.close();
  }
}

async function readHeader(file: FileHandle, path: string, size: number): Promise<Uint8Array> {
  if (size < 8) throw damaged(path, `it has ${size} bytes, and the length of its header alone takes 8`);
  const length = (await readRange(file, 0, 8)).readBigUInt64LE();
  if (length > size - 8) {
    throw damaged(path, `its header should have ${length} bytes, but the file has ${size} in all`);
  }
  if (length > MAX_HEADER) throw damaged(path, `its header has ${length} bytes, more than ${MAX_HEADER}`);
  return readRange(file, 8, Number(length));
}

/** `length` bytes of `file` from `offset` on. Throws an Error if the file ends before. */
export async function readRange(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw new Error(`the file ended at byte ${offset + filled}`);
    filled += bytesRead;
  }
  return bytes;
}

function parseHeader(header: Uint8Array, path: string, size: number): ReadonlyMap<string, StoredTensor> {
  const data = 8 + header.length;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of Object.entries(parseJson(header, path))) {
    if (name === "__metadata__") continue;
    const { data: row } = entry.safeParse(value);
    if (row === undefined) throw damaged(path, `its header describes the tensor "${name}" in no known way`);
    const [from, to] = row.data_offsets;
    const { dtype, shape } = row;
    if (data + to > size) {
      throw damaged(
        path,
        `"${name}" should end at byte ${data + to}, but the file has only ${size}: it is cut short`,
      );
    }
    const bytes = ELEMENT_BYTES[dtype];
    const expected = shape.reduce((product, one) => product * one, bytes ?? 0);
    if (from > to || (bytes !== undefined && to - from !== expected)) {
      throw damaged(
        path,
        `"${name}" should take ${expected} bytes (${dtype} [${shape.join(", ")}]), but its place is ${from} to ${to}`,
      );
    }
    tensors.set(name, { file: path, dtype, shape, offset: data + from, length: to - from });
  }
  return tensors;
}

function parseJson(header: Uint8Array, path: string): object {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch (error) {
    throw damaged(path, `its header is not JSON (${errorMessage(error)})`, error);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw damaged(path, "its header is not a JSON object");
  }
  return json;
}

function damaged(path: string, what: string, cause?: unknown): UserError {
  return new UserError(`${basename(path)} is damaged: ${what}.`, {
    hint: `Download the model again: ${path} is not a whole safetensors file.`,
    cause,
  });
}
