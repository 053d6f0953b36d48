import { describe, expect, it } from "vitest";
import { meet, run } from "./imitation.ts";

const words = (text: string): readonly string[] => text.match(/\s*\S+/g) ?? [];

describe("a continuation on a server", () => {
  it("streams what the server writes", async () => {
    const { engine, server } = await meet();
    const { choices, streamed, events, error } = await run(engine, { settings: { length: 20, seed: 7 } });
    expect(error).toBeNull();
    expect(streamed).toEqual([" and so it went."]);
    expect(choices).toEqual([
      {
        index: 0,
        text: " and so it went.",
        tokens: [],
        logprobs: [-1, -0.75, -0.75, -1.25, -0.25],
        finishReason: "end",
      },
    ]);
    expect(events[0]).toMatchObject({ type: "started", seed: 7, reusedTokens: 0 });
    expect(events.at(-1)).toMatchObject({ type: "finished", cancelled: false });
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]?.body).toEqual({
      model: "storyteller",
      prompt: "Once upon a time",
      max_tokens: 20,
      stream: true,
      temperature: 0.8,
      top_p: 0.95,
      // vLLM would take the defaults of the model's makers.
      top_k: -1,
      min_p: 0,
      repetition_penalty: 1,
      seed: 7,
      logprobs: 1,
    });
  });

  it("sends the settings that are not neutral, each under the name that its server knows", async () => {
    const settings = {
      top_k: 40,
      min_p: 0.05,
      repetition_penalty: 1.2,
      typical_p: 0.9,
      exact_length: true,
      top_p: 1,
    };
    const { engine, server } = await meet();
    await run(engine, { settings });
    expect(server.asked[0]?.body).toMatchObject({
      top_k: 40,
      min_p: 0.05,
      repetition_penalty: 1.2,
      ignore_eos: true,
    });
    for (const field of ["typical_p", "n", "stop", "repeat_penalty", "suffix"]) {
      expect(server.asked[0]?.body).not.toHaveProperty(field);
    }
    const llama = await meet({
      models: [{ id: "story.gguf", owned_by: "llamacpp", meta: { n_ctx_train: 900 } }],
    });
    await run(llama.engine, { settings });
    expect(llama.server.asked[0]?.body).toMatchObject({
      repeat_penalty: 1.2,
      repeat_last_n: -1,
      typical_p: 0.9,
    });
    expect(llama.server.asked[0]?.body).not.toHaveProperty("repetition_penalty");
    expect(llama.engine.card.contextLength).toBe(900);
  });

  it("sends nothing unasked to a server that nobody knows", async () => {
    const { engine, server } = await meet({ models: [{ id: "m" }] });
    await run(engine, { settings: { typical_p: 0.9, no_repeat_ngram_size: 3 } });
    const fields = ["model", "prompt", "max_tokens", "stream", "temperature", "top_p", "seed", "logprobs"];
    expect(Object.keys(server.asked[0]?.body ?? {})).toEqual(fields);
    const own = await meet({ models: [{ id: "fable", owned_by: "inkwright" }] });
    await run(own.engine, { settings: { typical_p: 0.9, no_repeat_ngram_size: 3 } });
    expect(own.server.asked[0]?.body).toMatchObject({ typical_p: 0.9, no_repeat_ngram_size: 3 });
    expect(own.notices).toEqual([]);
  });

  it("sends what stands behind the place, as long as the server takes it", async () => {
    const request = { after: `Then ${"she sang. ".repeat(200)}`, settings: { infill: true } };
    const { engine, server } = await meet();
    await run(engine, request);
    expect(server.asked[0]?.body.suffix).toMatch(/^Then she sang/);
    expect(String(server.asked[0]?.body.suffix).length).toBeLessThanOrEqual(480);
    await run(engine, { ...request, settings: {} });
    expect(server.asked[1]?.body).not.toHaveProperty("suffix");
    const other = await meet({ refuses: ["suffix"] });
    await run(other.engine, request);
    await run(other.engine, request);
    expect(other.server.asked).toHaveLength(3);
    expect(other.notices).toEqual([]);
  });

  it("is the likeliest text without chance", async () => {
    const { engine, server } = await meet();
    const { choices } = await run(engine, { choices: 2, settings: { greedy: true, top_k: 3 } });
    expect(choices.map(({ text }) => text)).toEqual([" and so it went.", " and so it went."]);
    expect(server.asked.map(({ body }) => [body.temperature, body.n, body.top_k])).toEqual([
      [0, undefined, undefined],
      [0, undefined, undefined],
    ]);
  });

  const tellsIndex = (_: string, index: number, seed: number) => words(` choice ${index} by ${seed} ends`);

  it("takes several choices from one answer", async () => {
    const { engine, server, notices } = await meet({ write: tellsIndex });
    const { choices, streamed } = await run(engine, { choices: 3, settings: { seed: 5 } });
    expect(server.asked).toHaveLength(1);
    expect(choices.map(({ index, text }) => [index, text])).toEqual([
      [0, " choice 0 by 5 ends"],
      [1, " choice 1 by 5 ends"],
      [2, " choice 2 by 5 ends"],
    ]);
    expect(streamed).toEqual(choices.map(({ text }) => text));
    expect(notices).toEqual([]);
  });

  it.each([
    ["ignores", 3, 3],
    ["refuses", 4, 3],
  ] as const)("asks for each by itself where the server %s several", async (many, first, later) => {
    const { engine, server, notices } = await meet({ many, write: tellsIndex });
    const { choices } = await run(engine, { choices: 3, settings: { seed: 5 } });
    expect(choices.map(({ index, text }) => [index, text])).toEqual([
      [0, " choice 0 by 5 ends"],
      [1, " choice 0 by 6 ends"],
      [2, " choice 0 by 7 ends"],
    ]);
    expect(server.asked).toHaveLength(first);
    await run(engine, { choices: 3 });
    expect(server.asked).toHaveLength(first + later);
    expect(notices).toEqual([]);
  });

  it("leaves a field out that the server refuses, tells it once, and remembers", async () => {
    const { engine, server, notices } = await meet({ refuses: ["top_k", "logprobs"] });
    const { choices, error } = await run(engine, { settings: { top_k: 40 } });
    expect(error).toBeNull();
    expect(choices[0]).toMatchObject({ text: " and so it went.", logprobs: [] });
    expect(server.asked).toHaveLength(3);
    await run(engine, { settings: { top_k: 40 } });
    expect(server.asked).toHaveLength(4);
    expect(notices).toEqual([expect.stringContaining("does not take top_k")]);
  });

  it("stops before a stop string, also one that comes in pieces", async () => {
    const { engine, server } = await meet({
      write: () => [" one", " th", "e E", "nd", " two"],
      many: "gives",
    });
    server.faults.push((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const text of [" one", " th", "e E", "nd", " two"]) {
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, text }] })}\n\n`);
      }
      response.end("data: [DONE]\n\n");
    });
    const settings = { stop: ["the End", "b", "c", "d", "e5"] };
    const { choices, streamed } = await run(engine, { settings });
    expect(choices[0]).toMatchObject({ text: " one ", finishReason: "stop" });
    expect(streamed).toEqual([" one "]);
    // OpenAI takes four at most.
    expect(server.asked[0]?.body.stop).toEqual(["the End", "b", "c", "d"]);
  });

  it("tells a length that was reached", async () => {
    const { engine } = await meet();
    const { choices } = await run(engine, { settings: { length: 2 } });
    expect(choices[0]).toMatchObject({ text: " and so", finishReason: "length" });
  });

  it("goes on to the sentence's end where it is asked to", async () => {
    const { engine, server } = await meet({ write: () => words(" We went home. Then we slept. The end.") });
    const { choices } = await run(engine, { settings: { length: 5, finish_sentence: true } });
    expect(choices[0]).toMatchObject({ text: " We went home. Then we slept.", finishReason: "length" });
    expect(server.asked[0]?.body.max_tokens).toBe(25);
  });

  it("leaves out the space that the story has already", async () => {
    const { engine, server } = await meet();
    const { choices, streamed } = await run(engine, { before: "Once upon a time " });
    expect(server.asked[0]?.body.prompt).toBe("Once upon a time");
    expect(choices[0]?.text).toBe("and so it went.");
    expect(streamed).toEqual(["and so it went."]);
  });

  it("asks again with the space where the server goes on within the word", async () => {
    const write = (prompt: string, index: number) =>
      prompt.endsWith(" ") ? ["and", " on"] : index === 1 ? ["ly", " wrong"] : [" right"];
    const { engine, server } = await meet({ write });
    const { choices, streamed } = await run(engine, { before: "A time ", choices: 3 });
    expect(choices.map(({ text }) => text)).toEqual(["right", "and on", "right"]);
    expect(streamed).toEqual(["right", "and on", "right"]);
    expect(server.asked.map(({ body }) => body.prompt)).toEqual(["A time", "A time "]);
  });

  it("begins a story with a word", async () => {
    const { engine, server } = await meet({ write: () => ["\n", "\n", " It", " was"] });
    const { choices, streamed, events } = await run(engine, { before: "  \n" });
    expect(choices[0]?.text).toBe("It was");
    expect(streamed).toEqual(["It was"]);
    expect(server.asked[0]?.body.prompt).toBe("\n");
    expect(events[0]).toMatchObject({ prompt: { text: "", tokens: [] } });
  });

  it("puts memory, lore and note where they are read", async () => {
    const { engine, server } = await meet();
    const steering = {
      entries: [
        { origin: "memory" as const, text: "Ana is old.", priority: 2 },
        { origin: "note" as const, text: "[Sad.]", priority: 1, paragraphs: 1 },
      ],
    };
    const { events } = await run(engine, { before: "First.\n\nLast", steering });
    expect(server.asked[0]?.body.prompt).toBe("Ana is old.\n\nFirst.\n\n[Sad.]\n\nLast");
    expect(events[0]).toMatchObject({
      prompt: { segments: [{ origin: "memory", tokens: 4 }, { origin: "story" }, { origin: "note" }, {}] },
    });
  });

  it("cuts a long story to what the model reads, at a good beginning", async () => {
    const before = Array.from({ length: 400 }, (_, i) => `Paragraph ${i} says a little.`).join("\n\n");
    const { engine, server } = await meet();
    const request = { before, settings: { length: 112 } };
    const { events } = await run(engine, request);
    const prompt = String(server.asked[0]?.body.prompt);
    expect(prompt.length).toBeLessThanOrEqual(4 * 400);
    expect(prompt.length).toBeGreaterThan(4 * 150);
    expect(before.endsWith(prompt)).toBe(true);
    expect(prompt).toMatch(/^Paragraph/);
    expect(events[0]).toMatchObject({ prompt: { text: prompt, left: [{ origin: "story" }] } });
    const { text } = await engine.inspect({
      id: "i",
      task: "continue",
      choices: 1,
      ...request,
      settings: { ...(await import("../../../src/engine/settings.ts")).completeSettings(request.settings) },
    });
    expect(text).toBe(prompt);
  });

  it("is shorter where the server says that it is too long, and stays so", async () => {
    const before = "Many words. ".repeat(500);
    const { engine, server } = await meet({ longest: 700 });
    const { choices, error } = await run(engine, { before, settings: { length: 40 } });
    expect(error).toBeNull();
    expect(choices[0]?.text).toBe("and so it went.");
    expect(server.asked).toHaveLength(2);
    await run(engine, { before, settings: { length: 40 } });
    expect(server.asked).toHaveLength(3);
  });

  it("says so where it is too long however short", async () => {
    const { engine, server } = await meet({ longest: 0 });
    const { error } = await run(engine, { before: "Many words. ".repeat(500) });
    expect(error).toMatchObject({
      name: "UserError",
      message: expect.stringContaining("too long for storyteller"),
    });
    expect(server.asked).toHaveLength(4);
  });

  it("says what the server says of a setting that it cannot take", async () => {
    const { engine, server, notices } = await meet({ refuses: ["temperature"] });
    const { error } = await run(engine, { settings: { temperature: 3, top_p: 0 } });
    expect(error).toMatchObject({ name: "UserError", message: expect.stringContaining("temperature") });
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]?.body.top_p).toBeGreaterThan(0);
    expect(notices).toEqual([]);
  });

  it("ends before a banned phrase and before a repetition", async () => {
    const { engine, notices } = await meet({
      write: (prompt) =>
        words(
          prompt === "ban"
            ? " He felt a shiver run down."
            : " so it goes, so it goes, so it goes, so it goes",
        ),
    });
    const ban = await run(engine, { before: "ban", steering: { ban: [{ text: "shiver" }] } });
    expect(ban.choices[0]).toMatchObject({
      text: " He felt a ",
      bans: 1,
      finishReason: "stop",
    });
    expect(ban.streamed).toEqual([ban.choices[0]?.text]);
    const loop = await run(engine, { before: "loop", settings: { break_loops: true } });
    expect(loop.choices[0]).toMatchObject({
      text: " so it goes, so it goes,",
      loops: 1,
      finishReason: "stop",
    });
    expect(loop.streamed).toEqual([loop.choices[0]?.text]);
    const free = await run(engine, { before: "loop" });
    expect(free.choices[0]?.text).toBe(" so it goes, so it goes, so it goes, so it goes");
    expect(notices).toEqual([expect.stringContaining(" ban works otherwise")]);
  });

  it("tells what it cannot do, once, and writes without it", async () => {
    const { engine, notices } = await meet();
    const request = {
      settings: { listen: 1, guidance_scale: 2, no_repeat_ngram_size: 3 },
      steering: { include: ["dragon", "went"], bias: [{ text: "sea", weight: 1 }] },
    };
    const { choices } = await run(engine, request);
    await run(engine, request);
    expect(choices[0]).toMatchObject({ text: " and so it went.", missing: ["dragon"] });
    expect(notices.map((text) => / (\w+) works otherwise/.exec(text)?.[1])).toEqual([
      "guidance_scale",
      "listen",
      "no_repeat_ngram_size",
      "bias",
      "include",
    ]);
  });

  it("knows the ids where the server tells them", async () => {
    const { engine } = await meet({ logprobs: "content" });
    const { choices } = await run(engine, {});
    expect(choices[0]).toMatchObject({ tokens: [4, 3, 3, 5, 1], logprobs: [-1, -0.75, -0.75, -1.25, -0.25] });
  });

  it("reads the whole answer of a server that does not stream", async () => {
    const { engine, server } = await meet();
    server.faults.push((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ choices: [{ index: 0, text: " at once", finish_reason: "stop" }] }));
    });
    expect((await run(engine, {})).choices[0]).toMatchObject({ text: " at once", finishReason: "end" });
  });

  it("reads nothing ahead", async () => {
    const { engine, server } = await meet();
    const { completeSettings } = await import("../../../src/engine/settings.ts");
    await engine.prepare({
      id: "p",
      task: "continue",
      before: "Secret",
      choices: 1,
      settings: completeSettings(),
    });
    expect(server.asked).toEqual([]);
  });
});
