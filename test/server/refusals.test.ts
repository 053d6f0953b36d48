import { describe, expect, test } from "vitest";
import { deskWriting } from "../engine/desk.ts";
import { running } from "./running.ts";

const json = { "Content-Type": "application/json" };

/** A model that reads 64 tokens at most. */
const desk = () => deskWriting("The cat sat on the mat.", { contextLength: 64 });

describe("refused, with the standard error body", () => {
  test.each<[string, object, number, string | null, string]>([
    ["no prompt", {}, 400, "prompt", "missing_required_parameter"],
    ["a prompt of null", { prompt: null }, 400, "prompt", "missing_required_parameter"],
    ["a number for a prompt", { prompt: 4 }, 400, "prompt", "invalid_type"],
    ["an object for a prompt", { prompt: {} }, 400, "prompt", "invalid_type"],
    ["no prompts", { prompt: [] }, 400, "prompt", "invalid_value"],
    ["no tokens", { prompt: [[]] }, 400, "prompt", "invalid_value"],
    ["texts and tokens", { prompt: ["a", [1]] }, 400, "prompt[1]", "invalid_type"],
    ["lists of lists", { prompt: [[[1]]] }, 400, "prompt", "invalid_value"],
    ["a token that is none", { prompt: [1, 100_000] }, 400, "prompt", "invalid_value"],
    ["a token below 0", { prompt: [-1] }, 400, "prompt", "invalid_value"],
    ["half a token", { prompt: [1.5] }, 400, "prompt", "invalid_value"],
    ["many prompts", { prompt: Array(65).fill("a") }, 400, "prompt", "invalid_value"],
    ["an unknown model", { model: "gpt-9", prompt: "a" }, 404, "model", "model_not_found"],
    ["a number for a model", { model: 9, prompt: "a" }, 400, "model", "invalid_type"],
    ["a text for a number", { prompt: "a", max_tokens: "9" }, 400, "max_tokens", "invalid_type"],
    ["half a length", { prompt: "a", max_tokens: 1.5 }, 400, "max_tokens", "invalid_type"],
    ["a length below 0", { prompt: "a", max_tokens: -1 }, 400, "max_tokens", "invalid_value"],
    ["a temperature below 0", { prompt: "a", temperature: -0.1 }, 400, "temperature", "invalid_value"],
    ["a temperature of true", { prompt: "a", temperature: true }, 400, "temperature", "invalid_type"],
    ["a top_p over 1", { prompt: "a", top_p: 1.1 }, 400, "top_p", "invalid_value"],
    ["a top_k of half", { prompt: "a", top_k: 0.5 }, 400, "top_k", "invalid_type"],
    ["a min_p over 1", { prompt: "a", min_p: 2 }, 400, "min_p", "invalid_value"],
    ["no choices", { prompt: "a", n: 0 }, 400, "n", "invalid_value"],
    ["17 choices", { prompt: "a", n: 17 }, 400, "n", "invalid_value"],
    ["another best_of", { prompt: "a", n: 2, best_of: 4 }, 400, "best_of", "unsupported_value"],
    ["6 logprobs", { prompt: "a", logprobs: 6 }, 400, "logprobs", "invalid_value"],
    ["logprobs as in chats", { prompt: "a", logprobs: true }, 400, "logprobs", "invalid_type"],
    ["a penalty", { prompt: "a", presence_penalty: 0.5 }, 400, "presence_penalty", "unsupported_value"],
    ["a penalty", { prompt: "a", frequency_penalty: 1 }, 400, "frequency_penalty", "unsupported_value"],
    ["a bias", { prompt: "a", logit_bias: { 5: 1 } }, 400, "logit_bias", "unsupported_parameter"],
    [
      "a suffix, by a model without infill",
      { prompt: "a", suffix: "b" },
      400,
      "suffix",
      "unsupported_parameter",
    ],
    ["a list for a suffix", { prompt: "a", suffix: [] }, 400, "suffix", "invalid_type"],
    ["5 stops", { prompt: "a", stop: ["a", "b", "c", "d", "e"] }, 400, "stop", "invalid_value"],
    ["an empty stop", { prompt: "a", stop: "" }, 400, "stop", "invalid_value"],
    ["a number for a stop", { prompt: "a", stop: [1] }, 400, "stop", "invalid_type"],
    ["a text for a seed", { prompt: "a", seed: "x" }, 400, "seed", "invalid_type"],
    ["half a seed", { prompt: "a", seed: 0.5 }, 400, "seed", "invalid_type"],
    ["a text for a flag", { prompt: "a", echo: "yes" }, 400, "echo", "invalid_type"],
    ["a number for a flag", { prompt: "a", stream: 1 }, 400, "stream", "invalid_type"],
    [
      "stream options without one",
      { prompt: "a", stream_options: {} },
      400,
      "stream_options",
      "invalid_value",
    ],
    [
      "a list of stream options",
      { prompt: "a", stream: true, stream_options: [] },
      400,
      "stream_options",
      "invalid_type",
    ],
    ["more than fits", { prompt: "a", max_tokens: 64 }, 400, "prompt", "context_length_exceeded"],
    [
      "a prompt that fills it",
      { prompt: "a".repeat(64), max_tokens: 1 },
      400,
      "prompt",
      "context_length_exceeded",
    ],
    ["a very long prompt", { prompt: "a".repeat(900_000) }, 400, "prompt", "context_length_exceeded"],
    [
      "too much in all",
      { prompt: Array(64).fill("a"), n: 16, max_tokens: 63 },
      400,
      "max_tokens",
      "invalid_value",
    ],
  ])("%s", async (_, body, status, param, code) => {
    const server = await running(desk());
    for (const more of [{}, "stream" in body || "stream_options" in body ? {} : { stream: true }]) {
      const reply = await server.complete({ ...body, ...more });
      expect([reply.status, reply.json.error]).toEqual([
        status,
        { message: expect.stringMatching(/\w.{8}/), type: "invalid_request_error", param, code },
      ]);
    }
    expect(server.mistakes).toEqual([]);
  });

  test("what fits to the last token is answered", async () => {
    const server = await running(desk());
    const { status, json } = await server.complete({ prompt: "a".repeat(60), max_tokens: 4, temperature: 0 });
    expect([status, json.usage]).toMatchObject([200, { prompt_tokens: 60, completion_tokens: 4 }]);
  });

  test("the message tells by how much a prompt is too long", async () => {
    const server = await running(desk());
    const { json } = await server.complete({ prompt: "The cat", max_tokens: 100 });
    expect(json.error.message).toContain("maximum context length is 64 tokens");
    expect(json.error.message).toContain("requested 102 tokens (2 in the prompt, 100 in the completion)");
  });

  test.each([
    ["{", "invalid_json"],
    ["", "invalid_json"],
    ['{"prompt": "a"} x', "invalid_json"],
    ["[]", null],
    ["3", null],
    ["null", null],
    [`${"[".repeat(100_000)}`, "invalid_json"],
  ])("a body of %j", async (body, code) => {
    const server = await running(desk());
    const reply = await server.ask("/v1/completions", { method: "POST", headers: json, body });
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text).error).toMatchObject({ type: "invalid_request_error", code });
  });

  test("bytes that are no text", async () => {
    const server = await running(desk());
    const response = await fetch(`${server.url}/completions`, {
      method: "POST",
      headers: json,
      body: Uint8Array.of(0x22, 0xff, 0xfe, 0x22),
    });
    expect(response.status).toBe(400);
  });

  test.each([
    ["POST", "/v1/models", 405, "GET"],
    ["GET", "/v1/completions", 405, "POST"],
    ["DELETE", "/v1/models/fake", 405, "GET"],
    ["PUT", "/health", 405, "GET"],
    ["OPTIONS", "/v1/completions", 405, "POST"],
    ["GET", "/", 404, undefined],
    ["GET", "/v1/models/other", 404, undefined],
    ["GET", "/v1/models/%ff", 404, undefined],
    ["GET", "/v1/models/..%2f..%2fetc", 404, undefined],
    ["POST", "/v1/chat/completions", 404, undefined],
    ["POST", "/v1/embeddings", 404, undefined],
  ])("%s %s", async (method, path, status, allow) => {
    const server = await running(desk());
    const reply = await server.ask(path, { method, headers: json });
    expect([reply.status, reply.headers.allow]).toEqual([status, allow]);
    expect(JSON.parse(reply.text).error.message).not.toBe("");
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "",
  ])("content of the type %j, which a page can send without asking", async (type) => {
    const server = await running(desk());
    const headers: Record<string, string> = type === "" ? {} : { "Content-Type": type };
    const reply = await server.ask("/v1/completions", { method: "POST", headers, body: '{"prompt": "a"}' });
    expect(reply.status).toBe(415);
  });

  test("too large a body, announced or not, and the connection lives on", async () => {
    const server = await running(desk());
    const large = JSON.stringify({ prompt: "a".repeat(1_100_000) });
    expect((await server.ask("/v1/completions", { method: "POST", headers: json, body: large })).status).toBe(
      413,
    );
    const chunked = { ...json, "Transfer-Encoding": "chunked" };
    const reply = await server.ask("/v1/completions", { method: "POST", headers: chunked, body: large });
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([413, "request_too_large"]);
    expect((await server.complete({ prompt: "The cat", max_tokens: 1 })).status).toBe(200);
  });

  test("while the model is opened", async () => {
    const server = await running(null);
    const reply = await server.complete({ prompt: "a" });
    expect([reply.status, reply.json.error.type, reply.headers["retry-after"]]).toEqual([
      503,
      "server_error",
      "5",
    ]);
    expect((await server.ask("/health")).status).toBe(503);
  });
});

describe("models", () => {
  test("are listed, and told one by one", async () => {
    const server = await running(desk());
    const model = {
      id: "fake",
      object: "model",
      created: 1_700_000_000,
      owned_by: "inkwright",
      max_model_len: 64,
    };
    expect(JSON.parse((await server.ask("/v1/models")).text)).toEqual({ object: "list", data: [model] });
    expect(JSON.parse((await server.ask("/v1/models/fake?x=1")).text)).toEqual(model);
    expect(JSON.parse((await server.ask("/health")).text)).toEqual({ status: "ok" });
  });
});
