import fc from "fast-check";
import { expect, test } from "vitest";
import { deskWriting } from "../engine/desk.ts";
import { eventsOf, running } from "./running.ts";

const value = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, 2, -1, 0.5, 1e308, "", "a", [], {}, [1], [[1]], ["a"], [null]),
  fc.jsonValue({ maxDepth: 2 }),
);

const text = fc.constantFrom("The", "The cat ", "", " ", "\n", "\0", "— 🦊", "\ud800", "a".repeat(100));

/** Requests that are nearly right: each field is mostly one that can be taken. */
const body = fc.record(
  {
    model: fc.oneof({ weight: 9, arbitrary: fc.constant("fake") }, value),
    prompt: fc.oneof(
      { weight: 6, arbitrary: text },
      { weight: 2, arbitrary: fc.array(text, { minLength: 1, maxLength: 3 }) },
      { weight: 2, arbitrary: fc.array(fc.integer({ min: 0, max: 260 }), { minLength: 1, maxLength: 10 }) },
      value,
    ),
    max_tokens: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 6 }) }, value),
    temperature: fc.oneof({ weight: 5, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) }, value),
    top_p: fc.oneof({ weight: 5, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) }, value),
    top_k: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -1, max: 300 }) }, value),
    n: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 3 }) }, value),
    stop: fc.oneof({ weight: 5, arbitrary: fc.constantFrom("a", ["e", "t"], null) }, value),
    echo: fc.oneof({ weight: 5, arbitrary: fc.boolean() }, value),
    logprobs: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(null, 0, 1, 5) }, value),
    seed: fc.oneof({ weight: 5, arbitrary: fc.maxSafeInteger() }, value),
    repetition_penalty: fc.oneof(
      { weight: 5, arbitrary: fc.double({ min: 0.5, max: 2, noNaN: true }) },
      value,
    ),
    no_repeat_ngram_size: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 3 }) }, value),
    suffix: fc.oneof({ weight: 5, arbitrary: fc.constantFrom("", null) }, value),
    logit_bias: fc.oneof({ weight: 5, arbitrary: fc.constantFrom({}, null) }, value),
  },
  { requiredKeys: [] },
);

test("whatever is asked is answered or refused, whole and in pieces alike, and never a mistake of ours", async () => {
  const server = await running(deskWriting("The cat sat.", { expects: () => undefined, contextLength: 64 }));
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(body, fc.integer({ min: 0, max: 9 }), async (fields, seed) => {
      const asked = { seed, ...fields };
      const whole = await server.complete(asked);
      seen.set(whole.status, (seen.get(whole.status) ?? 0) + 1);
      const streamed = await server.complete({ ...asked, stream: true });
      expect(server.mistakes).toEqual([]);
      expect(streamed.status).toBe(whole.status);
      if (whole.status !== 200) {
        expect([400, 404]).toContain(whole.status);
        expect(whole.json.error).toMatchObject({
          type: "invalid_request_error",
          message: expect.any(String),
        });
        expect(streamed.json.error).toEqual(whole.json.error);
        return;
      }
      const events = eventsOf(streamed.text);
      expect(events.pop()).toBe("[DONE]");
      const pieces = events.flatMap((event) => (event === "[DONE]" ? [] : event.choices));
      // A seed of null is drawn anew.
      if (typeof asked.seed !== "number" && asked.temperature !== 0) return;
      for (const { index, text, finish_reason, logprobs } of whole.json.choices) {
        const own = pieces.filter((piece) => piece.index === index);
        expect(own.map((piece) => piece.text).join("")).toBe(text);
        expect(own.at(-1)?.finish_reason).toBe(finish_reason);
        expect(own.flatMap((piece) => piece.logprobs?.tokens ?? [])).toEqual(logprobs?.tokens ?? []);
        if (logprobs === null) continue;
        const { tokens, token_logprobs, text_offset } = logprobs;
        expect([token_logprobs.length, text_offset.length]).toEqual([tokens.length, tokens.length]);
        expect(text_offset).toEqual([...text_offset].sort((a, b) => a - b));
      }
    }),
    { numRuns: 200 },
  );
  expect(seen.get(200)).toBeGreaterThan(15);
  expect(seen.get(400)).toBeGreaterThan(15);
});

test.each([
  ["lists in lists", `{"prompt": ${"[".repeat(400_000)}${"]".repeat(400_000)}}`, 400],
  ["tokens that are lists in lists", `{"prompt": [1, ${"[".repeat(400_000)}${"]".repeat(400_000)}]}`, 400],
  ["objects in objects", `{"prompt": "a", "x": ${'{"a":'.repeat(150_000)}1${"}".repeat(150_000)}}`, 200],
  ["a long run of spaces", JSON.stringify({ prompt: `a${" ".repeat(60_000)}b`, max_tokens: 0 }), 200],
  ["many fields", `{${Array.from({ length: 50_000 }, (_, i) => `"k${i}": 1`).join()}, "prompt": "a"}`, 200],
  ["a field of objects", '{"prompt": "a", "__proto__": {"n": 3}, "constructor": 1}', 200],
])("%s take no long time", async (_, body, status) => {
  const desk = deskWriting("The cat sat.", { expects: () => undefined, contextLength: 70_000 });
  const server = await running(desk);
  const begun = performance.now();
  const headers = { "Content-Type": "application/json" };
  const reply = await server.ask("/v1/completions", { method: "POST", headers, body });
  expect(server.mistakes).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(3000);
  expect(reply.status).toBe(status);
});

test("any bytes on the line leave the server as it was", async () => {
  const server = await running(deskWriting("The cat sat."));
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const reply = await server.ask("/v1/completions", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: Buffer.from(bytes).toString("latin1"),
      });
      expect(reply.status).toBe(400);
    }),
    { numRuns: 100 },
  );
  expect(server.mistakes).toEqual([]);
  expect((await server.complete({ prompt: "The", max_tokens: 1 })).json.choices[0]?.text).toBe(" cat");
});
