import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bytes, float, integer, join, message, text, type Wire } from "../../../src/engine/onnx/protobuf.ts";

const hex = (wire: Wire) => Buffer.from(join(wire)).toString("hex");

test.each<[string, Wire, string]>([
  // The examples of https://protobuf.dev/programming-guides/encoding/.
  ["150 as field 1", integer(1, 150), "089601"],
  ["testing as field 2", text(2, "testing"), "120774657374696e67"],
  ["a message in field 3", message(3, integer(1, 150)), "1a03089601"],
  ["−2 as int64", integer(1, -2), "08feffffffffffffffff01"],
  ["zero", integer(1, 0), "0800"],
  ["2⁵³", integer(1, 2 ** 53), "0880808080808080" + "10"],
  ["field 20", integer(20, 1), "a00101"],
  ["1.5", float(2, 1.5), "150000c03f"],
  ["an empty text", text(1, ""), "0a00"],
  ["UTF-8", text(1, "é"), "0a02c3a9"],
  ["no bytes", bytes(9, Uint8Array.of()), "4a00"],
  ["an empty message", message(2), "1200"],
])("%s", (_, wire, expected) => {
  expect(hex(wire)).toBe(expected);
});

test("any whole number can be read back", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      let read = 0n;
      join(integer(1, value))
        .subarray(1)
        .forEach((byte, i) => {
          read |= BigInt(byte & 0x7f) << BigInt(7 * i);
        });
      expect(BigInt.asIntN(64, read)).toBe(value);
    }),
  );
});

test("a fraction is refused", () => {
  expect(() => integer(1, 0.5)).toThrow(RangeError);
});
