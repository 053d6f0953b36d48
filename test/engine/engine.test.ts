import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../../src/engine/engine.ts";
import { openTokenizer } from "../../src/engine/tokenizer.ts";
import type { Engine } from "../../src/engine/types.ts";
import { UserError } from "../../src/errors.ts";
import { asking, choicesOf, collect, deskWriting, only } from "./desk.ts";

const free = { expects: () => undefined };

describe("requests", () => {
  test("wait for each other, in the order in which they were begun", async () => {
    const { engine } = deskWriting("a b c", free);
    const order: string[] = [];
    const run = async (id: string) => {
      for await (const event of engine.generate(asking("a", { length: 3, seed: 1 }, { id })))
        order.push(id + event.type);
    };
    await Promise.all([run("1"), run("2"), engine.score("a b").then(() => order.push("score")), run("3")]);
    expect(order.map((each) => each[0])).toEqual([..."111111", ..."222222", "s", ..."333333"]);
  });

  test("one that its reader leaves lets the next one begin", async () => {
    const { engine } = deskWriting("a b c", free);
    for await (const event of engine.generate(asking("a"))) if (event.type === "token") break;
    expect(
      choicesOf(await collect(engine.generate(asking("a", { length: 2, seed: 1 }))))[0]!.tokens.length,
    ).toBe(2);
  });

  test("one that fails lets the next one begin", async () => {
    let broken = true;
    const { engine } = deskWriting("a b c", {
      ...free,
      onStep: () => {
        if (broken) throw new Error("no memory");
      },
    });
    await expect(collect(engine.generate(asking("a")))).rejects.toThrow("no memory");
    broken = false;
    expect(choicesOf(await collect(engine.generate(asking("a", { length: 2 })))).length).toBe(1);
  });

  test.each<[string, Parameters<typeof asking>[2], RegExp]>([
    ["choices", { choices: 0 }, /choices must be .* got 0/],
    ["settings", { settings: { ...asking("").settings, top_p: 2 } }, /top_p must be .* got 2/],
    ["stop", { settings: { ...asking("").settings, stop: [""] } }, /stop strings must not be empty/],
    ["prompt", { promptTokens: [] }, /must not be empty/],
    ["ids", { promptTokens: [9999] }, /promptTokens must be from 0 to \d+, got 9999/],
    ["length", { promptTokens: new Array<number>(257).fill(1) }, /at most 256, got 257/],
    ["selected", { task: "rewrite" }, /selected must be a text/],
  ])("with wrong %s are refused at once", (_, more, message) => {
    const { engine } = deskWriting("a", free);
    expect(() => engine.generate(asking("a", {}, more))).toThrow(message);
  });
});

test("close ends what runs as cancelled, frees the model and refuses the rest", async () => {
  const { engine, model } = deskWriting("a b c", free);
  const events = [];
  for await (const event of engine.generate(asking("a", { length: 50, seed: 1 }))) {
    events.push(event);
    if (events.length === 3) await engine.close();
  }
  expect(model.closed).toBe(true);
  expect(only(events, "finished").cancelled).toBe(true);
  expect(choicesOf(events)[0]).toMatchObject({ finishReason: "cancelled" });
  expect(() => engine.generate(asking("a"))).toThrow("closed");
  await expect(engine.score("a")).rejects.toThrow("closed");
  await engine.close();
});

interface Golden {
  readonly cases: readonly {
    readonly prompt: string;
    readonly ids: readonly number[];
    readonly greedy: readonly number[];
    readonly logprobs?: readonly number[];
  }[];
}

describe.each(["plain", "prefixed-f16", "odd-bf16", "sharded"])("the checkpoint %s", (name) => {
  const folder = new URL(`../fixtures/checkpoints/${name}`, import.meta.url).pathname;
  const golden: Golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8"));
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(folder, { threads: 1 });
  });
  afterAll(() => engine.close());

  test.each(golden.cases.map((each) => [each.prompt.slice(0, 40), each] as const))("%j", async (_, {
    prompt,
    ids,
    greedy,
  }) => {
    const length = Math.min(greedy.length, engine.card.contextLength - ids.length);
    const encoded = (await openTokenizer(folder)).encode(prompt);
    expect(encoded.slice(0, ids.length)).toEqual(ids);
    // Where the prompt was cut to the first tokens, only the ids say where.
    const request = encoded.length === ids.length ? asking(prompt) : asking("", {}, { promptTokens: ids });
    const settings = { ...request.settings, greedy: true, length };
    const events = await collect(engine.generate({ ...request, settings }));
    expect(only(events, "started").prompt.tokens).toEqual(ids);
    expect(choicesOf(events)[0]!.tokens).toEqual(greedy.slice(0, length));
  });
});

test("a tokenizer with more tokens than the model is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inkwright-engine-"));
  try {
    cpSync(new URL("../fixtures/checkpoints/plain", import.meta.url).pathname, folder, { recursive: true });
    const file = join(folder, "tokenizer.json");
    const json = JSON.parse(readFileSync(file, "utf8"));
    json.added_tokens.push({ ...json.added_tokens[0], id: 8192, content: "<|more|>" });
    writeFileSync(file, JSON.stringify(json));
    const failure = await openEngine(folder).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({ message: expect.stringMatching(/has 8193 tokens, its model only 8192/) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
