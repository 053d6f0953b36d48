import { join } from "node:path";
import OpenAI, { APIError, NotFoundError, RateLimitError } from "openai";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openEngine } from "../../src/engine/engine.ts";
import { openTokenizer } from "../../src/engine/tokenizer.ts";
import type { Engine, Tokenizer } from "../../src/engine/types.ts";
import { installation } from "../../src/installation.ts";
import { eventsOf, type Running, running } from "./running.ts";

const FOLDER = join(installation().models, "fable");

/** The model in the box, for all tests. */
let model: { engine: Engine; tokenizer: Tokenizer };

beforeAll(async () => {
  model = {
    engine: await openEngine(FOLDER, { threads: 1, precision: "fp32" }),
    tokenizer: await openTokenizer(FOLDER),
  };
});
afterAll(() => model.engine.close());

/** OpenAI's own client, talking to a server of ours. */
async function client(): Promise<{ openai: OpenAI; server: Running }> {
  const server = await running(model, { token: "secret" });
  return { openai: new OpenAI({ baseURL: server.url, apiKey: "secret", maxRetries: 0 }), server };
}

const PROMPT = "Once upon a time there was a fox who";

describe("OpenAI's client", () => {
  test("lists the model, and gets a completion of it", async () => {
    const { openai } = await client();
    const models = [];
    for await (const one of openai.models.list()) models.push(one.id);
    expect(models).toEqual(["fable"]);
    expect((await openai.models.retrieve("fable")).object).toBe("model");
    const completion = await openai.completions.create({
      model: "fable",
      prompt: PROMPT,
      max_tokens: 12,
      seed: 5,
    });
    expect(completion.object).toBe("text_completion");
    expect(completion.choices[0]?.text).toMatch(/^ ?\w/);
    expect(completion.usage).toEqual({
      prompt_tokens: model.tokenizer.encode(PROMPT).length,
      completion_tokens: 12,
      total_tokens: model.tokenizer.encode(PROMPT).length + 12,
    });
  });

  test("gets the same text whole and in pieces, for the same seed; with another one another", async () => {
    const { openai } = await client();
    const body = { model: "fable", prompt: PROMPT, max_tokens: 24, n: 3, seed: 17 } as const;
    const whole = (await openai.completions.create(body)).choices.map(({ text }) => text);
    const pieces = ["", "", ""];
    const finished: (string | null)[] = [];
    let usage = null;
    for await (const piece of await openai.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    })) {
      for (const { index, text, finish_reason } of piece.choices) {
        pieces[index] += text;
        if (finish_reason) finished.push(finish_reason);
      }
      usage = piece.usage;
    }
    expect(pieces).toEqual(whole);
    expect(new Set(whole).size).toBe(3);
    expect(finished).toHaveLength(3);
    expect(usage?.completion_tokens).toBeGreaterThan(24);
    const other = await openai.completions.create({ ...body, seed: 18 });
    expect(other.choices.map(({ text }) => text)).not.toEqual(whole);
  });

  test("gets what the engine writes: greedy, stopped", async () => {
    const { openai } = await client();
    const body = { model: "fable", prompt: PROMPT, temperature: 0, max_tokens: 60 } as const;
    const free = (await openai.completions.create(body)).choices[0]?.text ?? "";
    const stopped = await openai.completions.create({ ...body, stop: [","] });
    expect(free).toContain(",");
    expect(stopped.choices).toMatchObject([
      { text: free.slice(0, free.indexOf(",")), finish_reason: "stop" },
    ]);
  });

  test("gets logprobs that are those of the prompt, once it is the prompt", async () => {
    const { openai } = await client();
    const body = { model: "fable", prompt: PROMPT, temperature: 0, max_tokens: 10, logprobs: 3 } as const;
    const [written] = (await openai.completions.create(body)).choices;
    const echo = { ...body, prompt: PROMPT + written?.text, max_tokens: 0, echo: true };
    const [scored] = (await openai.completions.create(echo)).choices;
    const count = model.tokenizer.encode(PROMPT).length;
    expect(scored?.text).toBe(PROMPT + written?.text);
    expect(scored?.logprobs?.token_logprobs?.[0]).toBeNull();
    expect(scored?.logprobs?.tokens?.slice(count)).toEqual(written?.logprobs?.tokens);
    expect(scored?.logprobs?.text_offset?.slice(count)).toEqual(written?.logprobs?.text_offset);
    for (const [i, logprob] of (written?.logprobs?.token_logprobs ?? []).entries()) {
      expect(scored?.logprobs?.token_logprobs?.[count + i]).toBeCloseTo(logprob, 3);
      const likeliest = Object.values(scored?.logprobs?.top_logprobs?.[count + i] ?? {});
      expect(Math.max(...likeliest)).toBeCloseTo(logprob, 3);
    }
    const score = await model.engine.score(echo.prompt);
    const total = (scored?.logprobs?.token_logprobs ?? []).reduce((sum, one) => sum + (one ?? 0), 0);
    expect(-total).toBeCloseTo(score.nll, 2);
  });

  test("may say what comes behind", async () => {
    const { openai } = await client();
    const body = { model: "fable", prompt: "The fox saw", temperature: 0, max_tokens: 8 } as const;
    const plain = await openai.completions.create(body);
    const between = await openai.completions.create({
      ...body,
      suffix: " and swam across the river to the mill.",
    });
    expect(between.usage?.prompt_tokens).toBeGreaterThan((plain.usage?.prompt_tokens ?? 0) + 5);
    expect(between.choices[0]?.text).not.toBe(plain.choices[0]?.text);
  });

  test("may end a stream, and others are answered", async () => {
    const { openai, server } = await client();
    const stream = await openai.completions.create({
      model: "fable",
      prompt: PROMPT,
      max_tokens: 400,
      stream: true,
    });
    for await (const piece of stream) {
      expect(piece.choices).toHaveLength(1);
      break;
    }
    const next = await openai.completions.create({ model: "fable", prompt: PROMPT, max_tokens: 1 });
    expect(next.usage?.completion_tokens).toBe(1);
    expect(server.answered[0]).toMatchObject({ status: 499 });
    expect(server.answered[0]?.usage?.completion).toBeLessThan(100);
  });

  test("throws its own errors for ours", async () => {
    const { openai, server } = await client();
    const create = (body: object) => openai.completions.create({ model: "fable", prompt: "a", ...body });
    await expect(create({ model: "gpt-4" })).rejects.toBeInstanceOf(NotFoundError);
    await expect(create({ max_tokens: 5000 })).rejects.toMatchObject({
      status: 400,
      code: "context_length_exceeded",
    });
    await expect(create({ n: 99 })).rejects.toMatchObject({
      status: 400,
      param: "n",
      type: "invalid_request_error",
    });
    const stranger = new OpenAI({ baseURL: server.url, apiKey: "wrong", maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    const full = await running(model, { room: 1 });
    const crowd = new OpenAI({ baseURL: full.url, apiKey: "-", maxRetries: 0 });
    const ask = () => crowd.completions.create({ model: "fable", prompt: PROMPT, max_tokens: 20 });
    const all = await Promise.allSettled([ask(), ask(), ask()]);
    const refused = all.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(refused).toHaveLength(2);
    for (const error of refused) expect(error).toBeInstanceOf(RateLimitError);
    await expect(openai.chat.completions.create({ model: "fable", messages: [] })).rejects.toBeInstanceOf(
      APIError,
    );
  });
});

describe("a request as curl makes it", () => {
  test("is answered, whole and in pieces", async () => {
    const server = await running(model);
    const body = { prompt: PROMPT, max_tokens: 8, temperature: 0.9, top_k: 40, min_p: 0.02, seed: 3 };
    const whole = await server.complete(body);
    const { text } = await server.complete({ ...body, stream: true });
    expect(text).toMatch(/^data: \{"id":"cmpl-2","object":"text_completion",/);
    expect(text).toMatch(/\n\ndata: \[DONE\]\n\n$/);
    const pieces = eventsOf(text).map((event) => (event === "[DONE]" ? "" : event.choices[0]?.text));
    expect(pieces.join("")).toBe(whole.json.choices[0]?.text);
  });

  test("prompts of tokens score what is told of them, though a tokenizer would cut otherwise", async () => {
    const server = await running(model);
    const tokens = [...model.tokenizer.encode("The fo"), ...model.tokenizer.encode("x ran")];
    expect(model.tokenizer.encode("The fox ran")).not.toEqual(tokens);
    const { json } = await server.complete({
      prompt: tokens,
      max_tokens: 1,
      logprobs: 1,
      echo: true,
      temperature: 0,
    });
    const { tokens: told = [] } = json.choices[0]?.logprobs ?? {};
    expect(told.slice(0, -1)).toEqual(tokens.map((id) => model.tokenizer.decode([id])));
    expect(json.usage).toMatchObject({ prompt_tokens: tokens.length, completion_tokens: 1 });
  });

  test("50 at once are all answered", async () => {
    const server = await running(model);
    onTestFinished(() => expect(server.mistakes).toEqual([]));
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) => server.complete({ prompt: PROMPT, max_tokens: 4, seed: i % 5 })),
    );
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    const texts = replies.map(({ json }) => json.choices[0]?.text);
    expect(texts.slice(5)).toEqual(texts.slice(0, -5));
  });
});
