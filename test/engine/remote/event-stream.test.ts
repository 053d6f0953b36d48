import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEventStream, LONGEST_EVENT } from "../../../src/engine/remote/event-stream.ts";

const encoder = new TextEncoder();

/** The events of a stream whose bytes come in pieces that end at `cuts`. */
function read(bytes: Uint8Array, cuts: readonly number[] = []): readonly string[] {
  const stream = createEventStream();
  const places = [...new Set([0, ...cuts, bytes.length])].sort((a, b) => a - b);
  return places
    .slice(1)
    .flatMap((to, i) => stream.push(bytes.subarray(places[i] ?? 0, to)))
    .map(({ field, value }) => (field === "data" ? value : `${field}! ${value}`));
}

const textOf = (text: string): readonly string[] => read(encoder.encode(text));

describe("a stream of events", () => {
  it.each([
    ["data: one\n\ndata: two\n\n", ["one", "two"]],
    ["data: one\r\n\r\ndata:two\r\rdata:  three\n\n", ["one", "two", " three"]],
    [": a comment\n\ndata: one\n: another\n\n", ["one"]],
    ["data: first line\ndata: second line\n\n", ["first line\nsecond line"]],
    ["event: ping\nid: 3\nretry: 10\n\ndata: one\n\n", ["one"]],
    ["data\n\n", [""]],
    ["data:\n\n", [""]],
    ["\ufeffdata: one\n\n", ["one"]],
    ["error: {}\n\n", ["error! {}"]],
    ["datum: one\n\nxdata: two\n\n", []],
    ["data: not ended\n", []],
    ["data: [DONE]", []],
  ])("reads %j", (text, events) => {
    expect(textOf(text)).toEqual(events);
  });

  it("is the same however it is cut", () => {
    const line = fc.oneof(
      fc.constantFrom("data", ": nothing", "event: x", "error: {}", "", "data: [DONE]"),
      fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => `data: ${text.replace(/[\r\n]/g, "")}`),
    );
    const stream = fc
      .array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\r\r")))
      .map((lines) => encoder.encode(lines.flat().join("")));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200)), (bytes, cuts) => {
        const places = cuts.map((cut) => Math.min(cut, bytes.length));
        const everywhere = Array.from(bytes, (_, i) => i);
        expect(read(bytes, places)).toEqual(read(bytes));
        expect(read(bytes, everywhere)).toEqual(read(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("gives back what was put in, in any line ending", () => {
    const values = fc.array(
      fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]|[\ud800-\udfff]/gu, "")),
    );
    fc.assert(
      fc.property(values, fc.constantFrom("\n", "\r\n", "\r"), (list, end) => {
        const text = list.map((value) => `data: ${value}${end}${end}`).join("");
        expect(textOf(text)).toEqual(list);
      }),
    );
  });

  it("does not keep an event without end", () => {
    const stream = createEventStream();
    const megabyte = encoder.encode(`data: ${"x".repeat(LONGEST_EVENT / 2)}`);
    stream.push(megabyte);
    expect(() => stream.push(megabyte)).toThrow(SyntaxError);
  });
});
