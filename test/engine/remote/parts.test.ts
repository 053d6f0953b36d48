import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHARACTERS } from "../../../src/engine/remote/characters.ts";
import { createChoiceText } from "../../../src/engine/remote/choice-text.ts";
import { refusedField } from "../../../src/engine/remote/completion-body.ts";
import { endpointOf } from "../../../src/engine/remote/endpoint.ts";
import { ContextExceeded, isTooLong } from "../../../src/engine/remote/failures.ts";
import { remotePrompt } from "../../../src/engine/remote/remote-prompt.ts";
import { readModels, readRefusal, readTold } from "../../../src/engine/remote/replies.ts";
import type { Server } from "../../../src/engine/remote/server.ts";
import { createTextGuard } from "../../../src/engine/remote/text-guard.ts";
import { learnLength } from "../../../src/engine/remote/too-long.ts";
import { completeSettings } from "../../../src/engine/settings.ts";
import { UserError } from "../../../src/errors.ts";

describe("the address of a server", () => {
  it.each([
    ["http://localhost:8000", "http://localhost:8000/v1", false],
    ["http://localhost:8000/", "http://localhost:8000/v1", false],
    [" http://127.0.0.1:8080/v1/ ", "http://127.0.0.1:8080/v1", false],
    ["http://[::1]:8080/v1/completions", "http://[::1]:8080/v1", false],
    ["http://box.localhost/v1/chat/completions", "http://box.localhost/v1", false],
    ["https://api.example.org/openai/v1", "https://api.example.org/openai/v1", false],
    ["http://192.168.1.5:8000/v1", "http://192.168.1.5:8000/v1", true],
    ["http://127.0.0.1.example.org/v1", "http://127.0.0.1.example.org/v1", true],
    ["http://localhost.example.org/v1", "http://localhost.example.org/v1", true],
  ])("%s", (address, base, exposed) => {
    expect(endpointOf(address)).toMatchObject({ base, exposed });
  });

  it.each([
    "",
    "localhost",
    "ftp://x/v1",
    "http://me:secret@x/v1",
    "http://x/v1?key=secret",
    "http://x/v1#secret",
  ])("is not %j, and is not quoted", (address) => {
    let caught: unknown;
    try {
      endpointOf(address);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(UserError);
    expect(`${caught} ${(caught as UserError).hint}`).not.toContain("secret");
  });
});

describe("what servers tell", () => {
  it("is read in the shapes of vLLM, llama.cpp and others", () => {
    const list = [
      { id: "a", max_model_len: 4096, owned_by: "vllm" },
      { id: "b", owned_by: "llamacpp", meta: { n_ctx_train: 1024 } },
      { id: "c", context_length: 8192 },
      { id: "d", max_model_len: null, owned_by: 3, meta: "x" },
    ];
    expect(readModels({ object: "list", data: list })).toEqual([
      { id: "a", contextLength: 4096, ownedBy: "vllm" },
      { id: "b", contextLength: 1024, ownedBy: "llamacpp" },
      { id: "c", contextLength: 8192, ownedBy: null },
      { id: "d", contextLength: null, ownedBy: null },
    ]);
    const usage = { choices: [], usage: { total_tokens: 9 } };
    expect(readTold(usage)).toEqual({ choices: [], error: null });
    expect(readTold({ choices: [{ text: "a", logprobs: { tokens: ["a"] } }] })?.choices).toEqual([
      { index: 0, text: "a", tokens: [], finish: null },
    ]);
  });

  it.each([
    ['{"error": {"message": "no", "param": "top_k"}}', { message: "no", param: "top_k" }],
    ['{"object": "error", "message": "no", "param": null}', { message: "no", param: null }],
    ['{"error": "no"}', { message: "no", param: null }],
    ['{"detail": "no"}', { message: '"no"', param: null }],
    ["<h1>no</h1>", { message: "<h1>no</h1>", param: null }],
    ["", { message: "", param: null }],
  ])("is read of a refusal: %s", (body, said) => {
    expect(readRefusal(body)).toEqual(said);
  });

  it("never breaks the reader, whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        readTold(value);
        readTold({ choices: [value] });
        readTold({ choices: [{ text: "", logprobs: value }] });
        readModels(value);
        readRefusal(JSON.stringify(value));
      }),
      { numRuns: 500 },
    );
  });

  const body = {
    model: "m",
    prompt: "p",
    max_tokens: 3,
    stream: true,
    n: 2,
    top_k: 5,
    top_p: 0.5,
    logprobs: 1,
  };
  it.each([
    ["Unrecognized request argument supplied: top_k", null, "top_k"],
    ["top_p must be positive", null, null],
    ["[{'type': 'extra_forbidden', 'loc': ('body', 'logprobs')}]", null, "logprobs"],
    ["something", "top_k", "top_k"],
    ["Only one completion choice is allowed", null, "n"],
    ["n must be 1 when using greedy sampling", null, "n"],
    ["max_tokens is too large, model knows", "prompt", null],
    ["no such thing as top_kk", null, null],
  ])("names a field: %s", (message, param, field) => {
    expect(refusedField(body, { message, param })).toBe(field);
  });

  it.each([
    ["This model's maximum context length is 2048 tokens. However, you requested 2300 tokens", true],
    ["the request exceeds the available context size. try increasing the context size", true],
    ["`inputs` tokens + `max_new_tokens` must be <= 2048. Given: 3000", true],
    ["request (5000 tokens) exceeds the available context size (4096 tokens)", true],
    ["temperature must be at most 2", false],
  ])("tells a text that is too long: %s", (message, long) => {
    expect(isTooLong({ status: 400, message, param: null, retryAfterMs: null })).toBe(long);
  });

  it.each([
    [
      "maximum context length is 1000 tokens. However, you requested 1500 tokens (1440 in the messages, 60",
      1000,
      2.5,
    ],
    ["request (1440 tokens) exceeds the available context size (1000 tokens)", 1000, 2.5],
    ["too long", 2048, 2],
    ["maximum context length is 1000 tokens", 1000, 4],
  ])("teaches how long texts may be: %s", (message, contextLength, charactersAToken) => {
    const server = { contextLength: 2048, charactersAToken: 4 } as Server;
    const refusal = { status: 400, message, param: null, retryAfterMs: null };
    learnLength(server, new ContextExceeded(refusal), "x".repeat(4000));
    expect(server.contextLength).toBe(contextLength);
    expect(server.charactersAToken).toBeCloseTo(charactersAToken);
  });
});

describe("characters as tokens", () => {
  it("lose nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "é", "🙂", "\u0301", "\ud83d", "\n") }), (text) => {
        expect(CHARACTERS.decode(CHARACTERS.encode(text))).toBe(text);
      }),
    );
  });

  it("make prompts that end the story and fit", () => {
    const story = fc.array(fc.lorem({ maxCount: 12 })).map((list) => list.join("\n\n"));
    fc.assert(
      fc.property(story, fc.integer({ min: 16, max: 200 }), (before, contextLength) => {
        const { text } = remotePrompt(before, 10, undefined, {
          contextLength,
          charactersAToken: 4,
          program: "",
        });
        expect(text.length).toBeLessThanOrEqual(4 * contextLength);
        if (before.trim() !== "") expect(before.endsWith(text)).toBe(true);
      }),
    );
  });
});

/** What a choice tells of pieces, and what it is in the end. */
function write(
  pieces: readonly string[],
  { ban = [] as readonly string[], stop = [] as readonly string[] } = {},
) {
  const settings = { ...completeSettings({ break_loops: true }), stop };
  const writer = createChoiceText(0, {
    settings,
    steering: { ban: ban.map((text) => ({ text })) },
    prompt: remotePrompt("It was", 60, undefined, { contextLength: 512, charactersAToken: 4, program: "" }),
    longest: 1000,
    blanks: 0,
  });
  const events = pieces.flatMap((text) => writer.push({ index: 0, text, tokens: [], finish: null }));
  events.push(...writer.end("end"));
  const told = events.map((event) => (event.type === "token" ? event.text : "")).join("");
  return { told, text: writer.choice()?.text };
}

describe("a text that is told in pieces", () => {
  const parts = fc.array(
    fc.constantFrom(
      " the",
      " old",
      " sea",
      ".",
      " so",
      " it",
      " goes",
      "shiv",
      "er",
      "ing",
      " 🙂",
      "é",
      "\n",
      " THE",
      "END",
    ),
    { maxLength: 40 },
  );

  it("is told as it is in the end, and holds nothing that it must not", () => {
    fc.assert(
      fc.property(parts, (pieces) => {
        const { told, text } = write(pieces, { ban: ["shiver", "old sea"], stop: ["THEEND"] });
        expect(told).toBe(text);
        expect(`It was${text}`).not.toMatch(/(?<!\p{L})(?:shiver|old\s+sea)(?!\p{L})/iu);
        expect(text).not.toContain("THEEND");
        expect(pieces.join("").startsWith(text ?? "?")).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("is the same whole or in pieces, where it ends by a stop string or a banned phrase", () => {
    fc.assert(
      fc.property(parts, (pieces) => {
        const rules = { ban: ["shiver"], stop: ["THEEND"] };
        const letters = Array.from(pieces.join(""));
        const short = createTextGuard({ break_loops: true }, {}, "")(pieces.join(""), true).end === null;
        fc.pre(short);
        expect(write(letters, rules).text).toBe(write(pieces, rules).text);
      }),
    );
  });

  it("never tells half a character", () => {
    const { told } = write([" a \ud83d", "\ude42 b"]);
    expect(told).toBe(" a 🙂 b");
  });
});
