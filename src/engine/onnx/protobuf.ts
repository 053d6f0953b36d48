/**
 * The little of protobuf that writing an ONNX model needs: fields of a message, one after another.
 *
 * Source: "Protocol Buffers, Encoding", https://protobuf.dev/programming-guides/encoding/.
 */

/** A message or a part of one, as bytes still in pieces: they are joined once, at the end. */
export type Wire = readonly Uint8Array[];

const utf8 = new TextEncoder();
/** The low three bits of a field's tag. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const more = rest > 0x7fn ? 0x80 : 0;
    bytes.push(Number(rest & 0x7fn) | more);
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

function tag(field: number, kind: number): Uint8Array {
  return varint((field << 3) | kind);
}

/** An integer field; negative values take ten bytes, as int64 does. Throws a RangeError for a fraction. */
export function integer(field: number, value: number | bigint): Wire {
  return [tag(field, VARINT), varint(value)];
}

/** A 32-bit floating-point field. */
export function float(field: number, value: number): Wire {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [tag(field, FIXED_32), bytes];
}

/** A field of raw bytes. */
export function bytes(field: number, value: Uint8Array): Wire {
  return [tag(field, LENGTH_DELIMITED), varint(value.length), value];
}

/** A text field, UTF-8. An empty text is written too: in a list its place counts. */
export function text(field: number, value: string): Wire {
  return bytes(field, utf8.encode(value));
}

/** A field that is itself a message, made of `parts`. */
export function message(field: number, ...parts: readonly Wire[]): Wire {
  const pieces = parts.flat();
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return [tag(field, LENGTH_DELIMITED), varint(length), ...pieces];
}

/** The finished message of these fields. */
export function join(...parts: readonly Wire[]): Uint8Array {
  const pieces = parts.flat();
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
