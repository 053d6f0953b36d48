import { describe, expect, test } from "vitest";
import { deskWriting } from "../engine/desk.ts";
import type { FakeOptions } from "../fake-model.ts";
import { type Body, eventsOf, running } from "./running.ts";

const STORY = "The cat sat on the mat. The dog ran off.";

/** A server whose model goes on with the rest of STORY. */
function writing(options: Parameters<typeof deskWriting>[1] = {}) {
  return running(deskWriting(STORY, options));
}

const FREE: Partial<FakeOptions> = { expects: () => undefined };

/** The texts of a stream's choices, put together. */
function textsOf(events: readonly (Body | "[DONE]")[]): string[] {
  const texts: string[] = [];
  for (const event of events) {
    if (event === "[DONE]") continue;
    for (const { index, text } of event.choices) texts[index] = (texts[index] ?? "") + text;
  }
  return texts;
}

describe("a completion", () => {
  test("has the fields of OpenAI's", async () => {
    const server = await writing();
    const { status, headers, json } = await server.complete({
      model: "fake",
      prompt: "The cat",
      max_tokens: 3,
    });
    expect([status, headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
    expect(json).toEqual({
      id: "cmpl-1",
      object: "text_completion",
      created: expect.any(Number),
      model: "fake",
      system_fingerprint: "fp_0123456789abcdef_fp32",
      choices: [{ text: " sat on the", index: 0, logprobs: null, finish_reason: "length" }],
      usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
    });
  });

  test("has at most 16 tokens where nothing is said, and ends where the text does", async () => {
    const server = await writing(FREE);
    const long = await server.complete({ prompt: "The cat", seed: 1 });
    expect(long.json.usage?.completion_tokens).toBe(16);
    const ending = await running(deskWriting("The cat sat.", { end: true }));
    const { json } = await ending.complete({ prompt: "The cat" });
    expect(json.choices).toMatchObject([{ text: " sat.", finish_reason: "stop" }]);
  });

  test.each([
    [{ prompt: "The cat", max_tokens: 20, stop: "." }, [" sat on the mat"]],
    [{ prompt: "The cat", max_tokens: 20, stop: ["ran", " mat"] }, [" sat on the"]],
    [{ prompt: "The cat", max_tokens: 2, echo: true }, ["The cat sat on"]],
    [{ prompt: "The cat", max_tokens: 0, echo: true }, ["The cat"]],
    [{ prompt: "The cat", max_tokens: 0 }, [""]],
    [{ prompt: "The cat ", max_tokens: 2 }, ["sat on"]],
    [{ prompt: "The cat", max_tokens: 1, n: 2 }, [" sat", " sat"]],
    [{ prompt: ["The cat", "The cat sat on"], max_tokens: 1, n: 2 }, [" sat", " sat", " the", " the"]],
    [
      { prompt: "The cat", max_tokens: 1, best_of: 1, logit_bias: {}, presence_penalty: 0, user: "me" },
      [" sat"],
    ],
    [{ prompt: "The cat", max_tokens: 1, temperature: null, stop: null, suffix: null, seed: null }, [" sat"]],
    [
      { prompt: "The cat", max_tokens: 1, top_k: -1, min_p: 0.1, typical_p: 0.9, repetition_penalty: 1.2 },
      [" sat"],
    ],
  ])("%j, whole and in pieces", async (body, texts) => {
    const server = await writing();
    const whole = await server.complete(body);
    expect(whole.json.choices.map(({ text }) => text)).toEqual(texts);
    expect(whole.json.choices.map(({ index }) => index)).toEqual(texts.map((_, i) => i));
    const { status, headers, text } = await server.complete({ ...body, stream: true });
    expect([status, headers["content-type"]]).toEqual([200, "text/event-stream; charset=utf-8"]);
    const events = eventsOf(text);
    expect(textsOf(events)).toEqual(texts);
    expect(events.at(-1)).toBe("[DONE]");
    const ends = events
      .flatMap((event) => (event === "[DONE]" ? [] : event.choices))
      .filter((c) => c.finish_reason);
    expect(ends.map(({ index }) => index).sort()).toEqual(texts.map((_, i) => i));
    expect(events.some((event) => event !== "[DONE]" && "usage" in event)).toBe(false);
  });

  test("in pieces tells its usage at the end, if that is asked for", async () => {
    const server = await writing();
    const { text } = await server.complete({
      prompt: "The cat",
      max_tokens: 3,
      stream: true,
      stream_options: { include_usage: true },
    });
    const events = eventsOf(text).slice(0, -1) as Body[];
    expect(events.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(events.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
    });
  });

  test("is the same for the same seed, and each choice differs", async () => {
    const server = await writing(FREE);
    const body = { prompt: "The cat", n: 3, seed: 11, max_tokens: 8 };
    const [first, again, other] = [
      await server.complete(body),
      await server.complete(body),
      await server.complete({ ...body, seed: -5_000_000_000 }),
    ].map(({ json }) => json.choices.map(({ text }) => text));
    expect(first).toEqual(again);
    expect(new Set([...(first ?? []), ...(other ?? [])]).size).toBe(6);
  });

  test("of tokens goes on from exactly those", async () => {
    const desk = deskWriting(STORY);
    const server = await running(desk);
    const tokens = desk.tokenizer.encode("The cat");
    const one = await server.complete({ prompt: tokens, max_tokens: 1 });
    expect(one.json.choices[0]?.text).toBe(" sat");
    const two = await server.complete({
      prompt: [tokens, desk.tokenizer.encode("The")],
      max_tokens: 1,
      echo: true,
    });
    expect(two.json.choices.map(({ text }) => text)).toEqual(["The cat sat", "The cat"]);
  });

  test("of nothing begins a text", async () => {
    const desk = deskWriting(STORY, FREE);
    const server = await running(desk);
    const { status, json } = await server.complete({ prompt: "", max_tokens: 2, seed: 2 });
    expect([status, json.usage?.prompt_tokens]).toEqual([200, 1]);
    expect(desk.model.steps[0]?.tokens).toEqual([0]);
  });
});

describe("logprobs", () => {
  test("tell each token, where it stands, and the likeliest at its place", async () => {
    const server = await writing();
    const { json } = await server.complete({ prompt: "The cat", max_tokens: 2, logprobs: 2 });
    const [choice] = json.choices;
    expect(choice?.logprobs?.tokens).toEqual([" sat", " on"]);
    expect(choice?.logprobs?.text_offset).toEqual([7, 11]);
    for (const [i, top] of (choice?.logprobs?.top_logprobs ?? []).entries()) {
      expect(Object.keys(top ?? {})).toHaveLength(2);
      expect(Object.keys(top ?? {})[0]).toBe(choice?.logprobs?.tokens[i]);
      expect(top?.[choice?.logprobs?.tokens[i] ?? ""]).toBeCloseTo(
        choice?.logprobs?.token_logprobs[i] ?? 1,
        5,
      );
    }
  });

  test("stand behind the blanks that the prompt has, and lines are none", async () => {
    const server = await writing(FREE);
    const { json } = await server.complete({ prompt: "The cat\n  ", max_tokens: 2, logprobs: 0, seed: 1 });
    expect(json.choices[0]?.logprobs?.text_offset[0]).toBe(8);
    const [first = ""] = json.choices[0]?.logprobs?.tokens ?? [];
    expect(first).toMatch(/^[ \t]/);
    expect(json.choices[0]?.logprobs?.text_offset[1]).toBe(8 + first.length);
  });

  test("0 tell no alternatives; a token that is not among the likeliest is told besides", async () => {
    const server = await writing(FREE);
    const none = await server.complete({ prompt: "The cat", logprobs: 0, seed: 4, max_tokens: 20 });
    expect(none.json.choices[0]?.logprobs?.top_logprobs).toBeNull();
    expect(none.json.choices[0]?.logprobs?.tokens).toHaveLength(20);
    const some = await server.complete({ prompt: "The cat", logprobs: 1, seed: 4, max_tokens: 20 });
    const { tokens = [], top_logprobs } = some.json.choices[0]?.logprobs ?? {};
    expect(tokens).toEqual(none.json.choices[0]?.logprobs?.tokens);
    const sizes = (top_logprobs ?? []).map((top) => Object.keys(top ?? {}).length);
    expect(sizes).toContain(2);
    expect(tokens.every((token, i) => token in (top_logprobs?.[i] ?? {}))).toBe(true);
  });

  test("with echo score the prompt: nothing comes before its first token", async () => {
    const desk = deskWriting(STORY, FREE);
    const server = await running(desk);
    const prompt = "The cat — sat";
    const { json } = await server.complete({ prompt, echo: true, max_tokens: 0, logprobs: 1 });
    const [choice] = json.choices;
    const score = await desk.engine.score(prompt);
    expect(choice?.text).toBe(prompt);
    expect(choice?.logprobs?.token_logprobs[0]).toBeNull();
    expect(choice?.logprobs?.top_logprobs?.[0]).toBeNull();
    for (const [i, { logprob }] of score.tokens.entries()) {
      if (logprob !== null) expect(choice?.logprobs?.token_logprobs[i]).toBeCloseTo(logprob, 5);
    }
    // The dash is three tokens of one byte, which are no text of their own.
    expect(choice?.logprobs?.tokens.slice(3, 6)).toEqual(["bytes:\\xe2", "bytes:\\x80", "bytes:\\x94"]);
    expect(choice?.logprobs?.text_offset).toEqual([0, 3, 7, 8, 8, 8, 9]);
    expect(json.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 0 });
  });

  test("with echo go on into what is written", async () => {
    const server = await writing();
    const body = { prompt: "The cat", echo: true, max_tokens: 2, logprobs: 0, n: 2 };
    const { json } = await server.complete(body);
    for (const { text, logprobs } of json.choices) {
      expect(text).toBe("The cat sat on");
      expect(logprobs?.tokens).toEqual(["The", " cat", " sat", " on"]);
      expect(logprobs?.text_offset).toEqual([0, 3, 7, 11]);
    }
  });
});
