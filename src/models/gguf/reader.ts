import { type FileHandle, open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { readRange } from "../../engine/gpt2/safetensors.ts";
import { errorCode, UserError } from "../../errors.ts";
import { type Cursor, createCursor, damagedGguf, MoreNeeded } from "./cursor.ts";
import { type Metadata, readMetadata } from "./metadata.ts";
import { TENSOR_TYPES, type TensorType, typeName } from "./tensor-types.ts";

/** A tensor of a GGUF and where it lies. */
export interface GgufTensor {
  readonly name: string;
  /** The outermost dimension first, as in PyTorch; the file has them the other way round. */
  readonly shape: readonly number[];
  /** As ggml calls it, such as `Q8_0`. */
  readonly typeName: string;
  /** Null for a type that is not read; its place is not known then. */
  readonly type: TensorType | null;
  /** In bytes, from the start of the file. */
  readonly offset: number;
  /** In bytes; 0 where the type is not read. */
  readonly length: number;
}

/** What a GGUF holds; the weights stay in the file. */
export interface GgufFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly metadata: Metadata;
  /** By name. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** Bytes that are read first: more than the header of a GPT-2 has. */
const FIRST = 2 ** 22;
/** Most bytes of a header: 20 times as much as GPT-2's vocabulary takes. */
const MOST = 2 ** 26;
/** Most tensors, and most keys. */
const MOST_ENTRIES = 2 ** 16;
/** Most dimensions of a tensor: ggml's own limit. */
const MOST_DIMENSIONS = 4;

/**
 * Reads the header of a GGUF and checks that every tensor lies inside the file and apart from the others.
 *
 * Throws a UserError for a file that is missing, cut short, of another version or no GGUF.
 */
export async function readGguf(path: string): Promise<GgufFile> {
  let file: FileHandle | undefined;
  try {
    if (!(await stat(path)).isFile()) throw new UserError(`${path} is not a file.`);
    file = await open(path, "r");
    const { size } = await file.stat();
    for (let bytes = Math.min(FIRST, size); ; bytes = Math.min(4 * bytes, MOST, size)) {
      const head = await readRange(file, 0, bytes);
      try {
        return parseGguf(head, path, size);
      } catch (error) {
        if (!(error instanceof MoreNeeded)) throw error;
        if (bytes >= MOST) throw damagedGguf(path, `its header has more than ${MOST} bytes`);
      }
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new UserError(`${path} cannot be read (${code}).`, {
      hint: "Look whether the file exists and may be read.",
      cause: error,
    });
  } finally {
    await file?.close();
  }
}

/** Keys that are kept of all metadata: what a configuration, a tokenizer and a model card are made of. */
function isKept(key: string): boolean {
  return /^(?:general\.(?!tags|languages|datasets|base_model)|gpt2\.|split\.|tokenizer\.ggml\.(?!scores))/.test(
    key,
  );
}

/**
 * A GGUF from its beginning, `head`, and the size of the whole file. Throws a UserError as {@link readGguf} does, and
 * {@link MoreNeeded} where the header goes on behind `head`.
 */
export function parseGguf(head: Uint8Array, path: string, size: number): GgufFile {
  const cursor = createCursor(head, path, size);
  readVersion(cursor, path);
  const tensorCount = count(cursor, "tensors");
  const metadata = readMetadata(cursor, count(cursor, "keys"), isKept);
  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || !Number.isInteger(alignment) || alignment < 1 || alignment > 2 ** 20) {
    throw cursor.damaged(`its alignment is ${String(alignment).slice(0, 80)}`);
  }
  const listed = Array.from({ length: tensorCount }, () => readTensor(cursor, alignment));
  const data = Math.ceil(cursor.position() / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const tensor of listed) {
    if (tensors.has(tensor.name)) throw cursor.damaged(`the tensor "${tensor.name}" comes twice`);
    tensors.set(tensor.name, { ...tensor, offset: data + tensor.offset });
  }
  checkPlaces(tensors, cursor, size);
  return { path, size, metadata, tensors };
}

function readVersion(cursor: Cursor, path: string): void {
  const isGguf = cursor.number("u32", "its mark") === 0x46554747;
  if (!isGguf) {
    throw new UserError(`${basename(path)} is not a GGUF file: it does not begin with GGUF.`, {
      hint: "Give a GPT-2 as a GGUF file, or the folder of one in Hugging Face's layout.",
    });
  }
  const version = cursor.number("u32", "its version");
  if (version === 2 || version === 3) return;
  const isTurned = version === 0x02000000 || version === 0x03000000;
  throw new UserError(
    `${basename(path)} is a GGUF ${isTurned ? "for big-endian machines" : `of version ${version}`}; versions 2 and 3, little-endian, are read.`,
    { hint: "Convert the model again with llama.cpp's convert_hf_to_gguf.py." },
  );
}

function count(cursor: Cursor, what: string): number {
  const found = cursor.size(`the number of ${what}`);
  if (found > MOST_ENTRIES) throw cursor.damaged(`it should have ${found} ${what}`);
  return found;
}

/** A line of the table of tensors; its offset is from the start of the data. */
function readTensor(cursor: Cursor, alignment: number): GgufTensor {
  const name = cursor.text("a tensor's name", 1024);
  const dimensions = cursor.number("u32", `"${name}"`);
  if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
    throw cursor.damaged(`"${name}" has ${dimensions} dimensions`);
  }
  const shape = Array.from({ length: dimensions }, () => cursor.size(`"${name}"`)).reverse();
  const code = cursor.number("u32", `"${name}"`);
  const offset = cursor.size(`the place of "${name}"`);
  if (offset % alignment !== 0) throw cursor.damaged(`"${name}" begins at ${offset}, between two places`);
  const type = TENSOR_TYPES.get(code) ?? null;
  const numbers = shape.reduce((product, size) => product * size, 1);
  const length = type === null ? 0 : (numbers / type.block) * type.bytes;
  if (!Number.isSafeInteger(4 * numbers) || numbers === 0 || (shape.at(-1) ?? 0) % (type?.block ?? 1) !== 0) {
    throw cursor.damaged(`"${name}" cannot have the shape [${shape.join(", ")}]`);
  }
  return { name, shape, typeName: typeName(code), type, offset, length };
}

function checkPlaces(tensors: ReadonlyMap<string, GgufTensor>, cursor: Cursor, size: number): void {
  const sorted = [...tensors.values()].sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const { name, offset, length } of sorted) {
    if (offset + length > size) {
      throw cursor.damaged(
        `"${name}" should end at byte ${offset + length}, but the file has only ${size}: it is cut short`,
      );
    }
    if (offset < end) throw cursor.damaged(`"${name}" lies inside another tensor`);
    end = offset + length;
  }
}
