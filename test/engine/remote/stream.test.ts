import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { remoteEngine } from "../../../src/engine/remote/remote-engine.ts";
import { UserError } from "../../../src/errors.ts";
import { type Brought, options, run } from "./imitation.ts";

const encoder = new TextEncoder();

/** A server in this process, whose stream is `bytes`, cut at `cuts`. */
async function answered(bytes: Uint8Array, cuts: readonly number[], choices = 1): Promise<Brought> {
  const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length])];
  places.sort((a, b) => a - b);
  const stream = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const [i, to] of places.slice(1).entries()) controller.enqueue(bytes.slice(places[i], to));
        controller.close();
      },
    });
  const engine = await remoteEngine(
    options("http://localhost:1/v1", {
      fetch: async (_, init) =>
        init?.method === "GET"
          ? Response.json({ data: [{ id: "m" }] })
          : new Response(stream(), { headers: { "content-type": "text/event-stream" } }),
      patienceMs: 5_000,
    }),
  );
  return run(engine, { choices, settings: { seed: 1, length: 500 } });
}

/** A stream of pieces, as vLLM and others send it. */
function streamOf(
  pieces: readonly { readonly index: number; readonly text: string }[],
  end: string,
): Uint8Array {
  const lines = pieces.map((piece) => `data: ${JSON.stringify({ choices: [piece] })}${end}${end}`);
  const finish = [0, 1].map(
    (index) =>
      `data: ${JSON.stringify({ choices: [{ index, text: "", finish_reason: "length" }] })}${end}${end}`,
  );
  return encoder.encode(`: hello${end}${end}${lines.join("")}${finish.join("")}data: [DONE]${end}${end}`);
}

const pieces = fc.array(
  fc.record({
    index: fc.constantFrom(0, 0, 1),
    text: fc.string({ unit: fc.constantFrom(" ", "a", "é", "🙂", "“", "\n", "日", "."), maxLength: 6 }),
  }),
  { maxLength: 12 },
);
const ends = fc.constantFrom("\n", "\r\n", "\r");
const textOf = (list: readonly { readonly index: number; readonly text: string }[], index: number): string =>
  list.map((piece) => (piece.index === index ? piece.text : "")).join("");

describe("a stream of a server", () => {
  it("is the same text however its bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(pieces, ends, fc.array(fc.nat(2000)), async (list, end, cuts) => {
        const { choices, streamed, error } = await answered(streamOf(list, end), cuts, 2);
        expect(error).toBeNull();
        expect(choices.map(({ text }) => text)).toEqual([textOf(list, 0), textOf(list, 1)]);
        for (const { index, text } of choices) expect(streamed[index] ?? "").toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  it("that ends anywhere gives a beginning of the text, and says that it broke", async () => {
    await fc.assert(
      fc.asyncProperty(pieces, ends, fc.nat(2000), async (list, end, at) => {
        const bytes = streamOf(list, end);
        const length = Math.min(at, bytes.length - 1);
        const { choices, streamed, error } = await answered(bytes.slice(0, length), []);
        if (error !== null) expect(error).toBeInstanceOf(UserError);
        const text = choices[0]?.text ?? "";
        expect(textOf(list, 0).startsWith(text)).toBe(true);
        expect(streamed[0] ?? "").toBe(text);
        expect(error === null).toBe(choices[0] !== undefined && choices[0].finishReason !== "cancelled");
      }),
      { numRuns: 60 },
    );
  });

  it("of any bytes ends in choices or in a UserError", async () => {
    const garbled = fc
      .tuple(
        pieces,
        ends,
        fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 })), { minLength: 1 }),
      )
      .map(([list, end, changes]) => {
        const bytes = streamOf(list, end);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(garbled, fc.uint8Array({ maxLength: 300 })), async (bytes) => {
        const { error, events } = await answered(bytes, []);
        if (error === null) expect(events.at(-1)?.type).toBe("finished");
        else expect(error).toBeInstanceOf(UserError);
      }),
      { numRuns: 150 },
    );
  });

  it("holds nothing that a terminal would obey", async () => {
    const list = [{ index: 0, text: " red \u001b[31mred\u0007\r\n\tand\u009b so" }];
    const { choices, streamed } = await answered(streamOf(list, "\n"), []);
    expect(choices[0]?.text).toBe(" red [31mred\n\tand so");
    expect(streamed[0]).toBe(choices[0]?.text);
  });

  it("is not quoted with what a terminal would obey", async () => {
    const { error } = await answered(
      encoder.encode('data: {"error": {"message": "a\\u001b]0;x\\u0007b"}}\n\n'),
      [],
    );
    expect(error).toMatchObject({ message: expect.stringContaining("a ]0;x b") });
  });
});
