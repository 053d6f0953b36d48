import { basename } from "node:path";
import { UserError } from "../../errors.ts";

/** Thrown where more of the file has to be read before its header can be understood. */
export class MoreNeeded extends Error {
  override readonly name: string = "MoreNeeded";
}

/** Numbers as GGUF stores them, little-endian. */
export type NumberType = "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "f32" | "u64" | "i64" | "f64";

/** Bytes of each. */
export const NUMBER_BYTES: Readonly<Record<NumberType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  u64: 8,
  i64: 8,
  f64: 8,
};

/** Reads the beginning of a file from front to back, and never beyond its end. */
export interface Cursor {
  /** Bytes that were read. */
  position(): number;
  /** Throws unless the file has so many bytes more, and if they are not at hand a {@link MoreNeeded}. */
  need(bytes: number, what: string): void;
  /** Goes over bytes that the file has, at hand or not. */
  skip(bytes: number, what: string): void;
  /** One number; 64 bits are rounded to what a double holds. */
  number(type: NumberType, what: string): number;
  /** A size or a count: 64 bits, no more than a double holds exactly. */
  size(what: string): number;
  /** A text: its length in bytes, then UTF-8. */
  text(what: string, most: number): string;
  /** Goes over a text. */
  skipText(what: string): void;
  /** What to throw where the file cannot be as it is. */
  damaged(what: string): UserError;
}

/**
 * A cursor over `bytes`, the beginning of the file `path` of `size` bytes. Its methods throw a UserError where the
 * file ends too early or says what cannot be.
 */
export function createCursor(bytes: Uint8Array, path: string, size: number): Cursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let at = 0;

  const damaged = (what: string) => damagedGguf(path, what);

  function need(count: number, what: string): void {
    if (count > size - at)
      throw damaged(`${what} should have ${count} bytes, but only ${size - at} are left`);
    if (count > bytes.length - at) throw new MoreNeeded(`${what} ends behind what was read`);
  }

  function number(type: NumberType, what: string): number {
    need(NUMBER_BYTES[type], what);
    const from = at;
    at += NUMBER_BYTES[type];
    switch (type) {
      case "u8":
        return view.getUint8(from);
      case "i8":
        return view.getInt8(from);
      case "u16":
        return view.getUint16(from, true);
      case "i16":
        return view.getInt16(from, true);
      case "u32":
        return view.getUint32(from, true);
      case "i32":
        return view.getInt32(from, true);
      case "f32":
        return view.getFloat32(from, true);
      case "f64":
        return view.getFloat64(from, true);
      case "u64":
        return view.getUint32(from, true) + 2 ** 32 * view.getUint32(from + 4, true);
      case "i64":
        return view.getUint32(from, true) + 2 ** 32 * view.getInt32(from + 4, true);
    }
  }

  function sizeOf(what: string): number {
    const value = number("u64", what);
    if (!Number.isSafeInteger(value)) throw damaged(`${what} is ${value}`);
    return value;
  }

  function skip(count: number, what: string): void {
    if (count > size - at)
      throw damaged(`${what} should have ${count} bytes, but only ${size - at} are left`);
    at += count;
  }

  return {
    position: () => at,
    need,
    skip,
    number,
    size: sizeOf,
    text(what, most) {
      const length = sizeOf(`the length of ${what}`);
      if (length > most) throw damaged(`${what} has ${length} bytes, more than ${most}`);
      need(length, what);
      try {
        const text = utf8.decode(bytes.subarray(at, at + length));
        at += length;
        return text;
      } catch {
        throw damaged(`${what} is not UTF-8`);
      }
    },
    skipText: (what) => skip(sizeOf(`the length of ${what}`), what),
    damaged,
  };
}

/** What to throw for a GGUF that cannot be as it is. */
export function damagedGguf(path: string, what: string): UserError {
  return new UserError(`${basename(path)} is damaged: ${what}.`, {
    hint: `Download it again: ${path} is not a whole GGUF file.`,
  });
}
