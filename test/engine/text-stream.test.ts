import fc from "fast-check";
import { expect, test } from "vitest";
import { createTextStream } from "../../src/engine/text-stream.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("no character is cut in two", () => {
  const stream = createTextStream();
  const [a, b, c, d] = bytesOf("🦊");
  expect(stream.push(Uint8Array.of(0x41, a!, b!))).toBe("A");
  expect(stream.push(Uint8Array.of(c!))).toBe("");
  expect(stream.push(Uint8Array.of(d!, 0x42))).toBe("🦊B");
  expect(stream.end()).toBe("");
});

test("bytes that are no UTF-8, and an end within a character, are U+FFFD", () => {
  const stream = createTextStream();
  expect(stream.push(Uint8Array.of(0xff, 0x41))).toBe("\ufffdA");
  expect(stream.push(Uint8Array.of(0xe2, 0x80))).toBe("");
  expect(stream.end()).toBe("\ufffd");
});

test("the text is the same however its bytes are cut, byte order mark and all", () => {
  const pieces = fc.tuple(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.array(fc.integer({ min: 1, max: 5 })),
  );
  fc.assert(
    fc.property(pieces, ([end, lengths]) => {
      const text = `\ufeff${end}`;
      const bytes = bytesOf(text);
      const stream = createTextStream();
      let read = "";
      let at = 0;
      for (const length of [...lengths, bytes.length]) {
        read += stream.push(bytes.subarray(at, at + length));
        at = Math.min(at + length, bytes.length);
      }
      expect(read + stream.end()).toBe(text);
    }),
  );
});
