import { type FileHandle, open, stat } from "node:fs/promises";
import { basename } from "node:path";
import * as z from "zod";
import { errorCode, errorMessage, UserError } from "../../errors.ts";
import { repeatedKey } from "./json-keys.ts";

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

/**
 * The most that a header may take, in bytes. The format allows 100 MB, which as JSON may fill 1 GB of memory; that of
 * gpt2-xl takes 60 kB.
 */
const MAX_HEADER = 2 ** 24;
/** In bytes, of types whose numbers take whole bytes. GPT-2's weights have the first three, its mask buffers others. */
const ELEMENT_BYTES: ReadonlyMap<string, number> = new Map([
  ["F32", 4],
  ["F16", 2],
  ["BF16", 2],
  ["F64", 8],
  ["I64", 8],
  ["U64", 8],
  ["I32", 4],
  ["U32", 4],
  ["I16", 2],
  ["U16", 2],
  ["I8", 1],
  ["U8", 1],
  ["BOOL", 1],
]);
/** Most dimensions of a tensor; GPT-2's mask buffers have four. */
const MOST_DIMENSIONS = 8;

const offset = z.int().nonnegative();
const entry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()).max(MOST_DIMENSIONS),
  data_offsets: z.tuple([offset, offset]),
});

/**
 * Reads the header of a safetensors file and checks that its tensors fill the file, one behind the other, and that
 * each has the bytes that its shape needs.
 *
 * Format: 8 bytes, the header's length as little-endian uint64; the header, JSON; the data.
 * https://github.com/huggingface/safetensors#format
 *
 * Throws a UserError for a file that is missing, cut short or not safetensors.
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  let file: FileHandle | undefined;
  try {
    if (!(await stat(path)).isFile()) throw damaged(path, "it is not a file");
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
  const first = await readRange(file, 0, Math.min(8, size));
  return readRange(file, 8, headerLength(first, path, size));
}

/**
 * How long the header is that follows `first`, the first 8 bytes of the file `path` of `size` bytes. Throws a UserError
 * for a length that cannot be.
 */
export function headerLength(first: Uint8Array, path: string, size: number): number {
  if (size < 8) throw damaged(path, `it has ${size} bytes, and the length of its header alone takes 8`);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > size - 8) {
    throw damaged(path, `its header should have ${length} bytes, but the file has ${size} in all`);
  }
  if (length > MAX_HEADER) throw damaged(path, `its header has ${length} bytes, more than ${MAX_HEADER}`);
  return Number(length);
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

/** The tensors that a header lists, checked as {@link readSafetensors} says. */
export function parseHeader(
  header: Uint8Array,
  path: string,
  size: number,
): ReadonlyMap<string, StoredTensor> {
  const data = 8 + header.length;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of Object.entries(parseJson(header, path))) {
    if (name === "__metadata__") continue;
    const called = `"${excerpt(name)}"`;
    const { data: row } = entry.safeParse(value);
    if (row === undefined) throw damaged(path, `its header describes the tensor ${called} in no known way`);
    const [from, to] = row.data_offsets;
    const { dtype, shape } = row;
    if (data + to > size) {
      throw damaged(
        path,
        `${called} should end at byte ${data + to}, but the file has only ${size}: it is cut short`,
      );
    }
    const bytes = ELEMENT_BYTES.get(dtype);
    const expected = shape.reduce((product, one) => product * one, bytes ?? 0);
    if (from > to || (bytes !== undefined && to - from !== expected)) {
      throw damaged(
        path,
        `${called} should take ${expected} bytes (${excerpt(dtype)} [${shape.join(", ")}]), but its place is ${from} to ${to}`,
      );
    }
    tensors.set(name, { file: path, dtype, shape, offset: data + from, length: to - from });
  }
  checkPlaces(tensors, path, data, size);
  return tensors;
}

/** The format wants no byte of the data to be in two tensors, and none to be in no tensor. */
function checkPlaces(
  tensors: ReadonlyMap<string, StoredTensor>,
  path: string,
  data: number,
  size: number,
): void {
  const sorted = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.length - b.length);
  let end = data;
  for (const [name, { offset, length }] of sorted) {
    if (offset < end) throw damaged(path, `"${excerpt(name)}" lies inside another tensor`);
    if (offset > end)
      throw damaged(path, `before "${excerpt(name)}" there are ${offset - end} bytes of no tensor`);
    end = offset + length;
  }
  if (end < size) throw damaged(path, `behind its tensors there are ${size - end} bytes more`);
}

function parseJson(header: Uint8Array, path: string): object {
  let json: unknown;
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(path, `its header is not JSON (${excerpt(errorMessage(error))})`, error);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw damaged(path, "its header is not a JSON object");
  }
  const twice = repeatedKey(text);
  if (twice !== null) throw damaged(path, `its header has "${excerpt(twice)}" twice`);
  return json;
}

/** A name from the file, as messages can hold it. */
function excerpt(name: string): string {
  return name.length <= 100 ? name : `${name.slice(0, 100)}…`;
}

function damaged(path: string, what: string, cause?: unknown): UserError {
  return new UserError(`${basename(path)} is damaged: ${what}.`, {
    hint: `Download the model again: ${path} is not a whole safetensors file.`,
    cause,
  });
}
