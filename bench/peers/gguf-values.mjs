// Values of GGUF's metadata: a number for the type, then the value; all little-endian.

/** `enum gguf_metadata_value_type`. */
const UINT32 = 4;
const INT32 = 5;
const FLOAT32 = 6;
const STRING = 8;
const ARRAY = 9;

/** Each returns the bytes of one value with its type, but for `text`, which is a bare string: a name. */
export const value = {
  text: (string) => {
    const bytes = Buffer.from(string);
    return Buffer.concat([raw(BigUint64Array.of(BigInt(bytes.length))), bytes]);
  },
  string: (string) => Buffer.concat([raw(Uint32Array.of(STRING)), value.text(string)]),
  uint32: (number) => raw(Uint32Array.of(UINT32, number)),
  float32: (number) => Buffer.concat([raw(Uint32Array.of(FLOAT32)), raw(Float32Array.of(number))]),
  strings: (list) => Buffer.concat([array(STRING, list.length), ...list.map(value.text)]),
  int32s: (list) => Buffer.concat([array(INT32, list.length), raw(Int32Array.from(list))]),
};

function array(type, length) {
  return Buffer.concat([raw(Uint32Array.of(ARRAY, type)), raw(BigUint64Array.of(BigInt(length)))]);
}

function raw(numbers) {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
