import { describe, expect, test } from "vitest";
import type { SamplingSettings } from "../../src/engine/settings.ts";
import { fakeModel, wordTokenizer } from "../fake-model.ts";
import { asking, choicesOf, collect, deskWriting, only, streamed } from "./desk.ts";

const STORY =
  'The cat sat on the mat. It slept until dawn, when the fox came. "Who is there?" said the cat.\n\nNobody spoke.';

/** `before|after`: the model writes what stands after the bar, as far as the settings let it. */
async function write(page: string, settings: Partial<SamplingSettings>) {
  const [before = "", after = ""] = page.split("|");
  // The model reads no blanks before the bar: it writes them itself.
  const { engine, model } = deskWriting(before + after, { end: true });
  const events = await collect(engine.generate(asking(before, { greedy: true, ...settings })));
  return { events, model, choice: choicesOf(events)[0] };
}

describe("what is offered", () => {
  test.each<[string, Partial<SamplingSettings>, string, string]>([
    ["The cat| sat on the mat.", { length: 3 }, " sat on the", "length"],
    ["The cat |sat on the mat.", { length: 3 }, "sat on the", "length"],
    ["The cat\n|sat on the mat.", { length: 1 }, "sat", "length"],
    ["The cat| sat.", { length: 9 }, " sat.", "end"],
    ["The cat |\nsat.", { length: 3 }, "\nsat", "length"],
    ["The cat| sat on the mat. The fox", { length: 3, finish_sentence: true }, " sat on the mat.", "length"],
    ["The cat| sat. The fox", { length: 2, finish_sentence: true }, " sat.", "length"],
    ["The cat| sat on\nthe mat.", { length: 2, finish_sentence: true }, " sat on\n", "length"],
    [
      "The| a b c d e f g h i j k l m n o p q r s t u v w",
      { length: 1, finish_sentence: true },
      " a b c d e f g h i j k l m n o p q r s t u",
      "length",
    ],
    ["The cat| sat on the mat.", { length: 9, stop: [" the"] }, " sat on", "stop"],
    ["The cat| sat on the mat.", { length: 9, stop: ["t on t", "mat"] }, " sa", "stop"],
    ["The cat| sat on the mat.", { length: 9, stop: ["mat.\n"] }, " sat on the mat.", "end"],
    ["The cat| sat on the mat.", { length: 3, stop: ["the moon"] }, " sat on the", "length"],
    ["The cat| said “é” 🦊", { length: 9 }, " said “é", "length"],
  ])("%j %j", async (page, settings, text, finishReason) => {
    const { choice, events } = await write(page, settings);
    expect(choice).toMatchObject({ text, finishReason });
    // Only what a stop string held back until the end of the text comes with the choice alone.
    expect(text.startsWith(streamed(events))).toBe(true);
    if (finishReason !== "end") expect(streamed(events)).toBe(text);
  });

  test("no event shows a part of a stop string, even where it is spread over tokens", async () => {
    const { events } = await write("The cat| sat on the mat.", {
      length: 9,
      stop: ["on the moon", "the mat"],
    });
    const texts = events.flatMap((event) => (event.type === "token" ? [event.text] : []));
    expect(texts).toEqual([" sa", "t ", "", "on "]);
  });
});

describe("events", () => {
  test("come in their order, with seed, prompt and time", async () => {
    const { events } = await write("The cat| sat on the mat.", { length: 2, seed: 7 });
    expect(events.map((event) => event.type)).toEqual(["started", "token", "token", "choice", "finished"]);
    expect(events[0]).toMatchObject({ seed: 7, prompt: { text: "The cat" }, reusedTokens: 0 });
    expect(only(events, "finished")).toMatchObject({
      cancelled: false,
      timing: { prefillMs: 1, prefillTokens: 2, decodeMs: 2, decodeTokens: 2 },
    });
  });

  test("a seed is drawn where none is asked for", async () => {
    const { events } = await write("The cat| sat", { length: 1 });
    expect(only(events, "started").seed).toBe(2 ** 30);
  });

  test("log-probabilities are the model's own, whatever the settings", async () => {
    const plain = (await write("The cat| sat on", { length: 2 })).choice!;
    const bent = (
      await write("The cat| sat on", {
        length: 2,
        greedy: false,
        temperature: 0.1,
        top_k: 1,
        repetition_penalty: 1.1,
      })
    ).choice!;
    expect(bent.logprobs).toEqual(plain.logprobs);
    // The favourite has logit 25, the hundreds of others from −2 to 2.
    for (const logprob of plain.logprobs) expect(logprob).toBeCloseTo(0, 6);
  });
});

describe("the prompt", () => {
  test.each(["", "   ", "\n\n \t"])("%j: the model starts from its end-of-text token", async (before) => {
    const { engine } = deskWriting(STORY);
    const [started] = await collect(engine.generate(asking(before, { length: 1 })));
    expect(started).toMatchObject({ prompt: { tokens: [0], text: "" } });
  });

  test("after a blank the first token begins with one, which the story has already", async () => {
    const { engine, tokenizer } = deskWriting(STORY, { expects: () => undefined });
    for (let seed = 0; seed < 30; seed++) {
      const events = await collect(engine.generate(asking("The cat  ", { length: 2, seed, temperature: 2 })));
      const { tokens, text } = choicesOf(events)[0]!;
      const raw = tokenizer.decode(tokens);
      expect(tokenizer.decode(tokens.slice(0, 1))).toMatch(/^( |\s+$)/);
      // A character that is not finished is not offered.
      expect(raw.replace(/^[ \t]{1,2}/, "")).toSatisfy(
        (whole: string) => whole.replace(/\ufffd+$/, "") === text.replace(/\ufffd+$/, ""),
      );
    }
  });

  test("end of text and unknown ids are never offered as text", async () => {
    const tokenizer = wordTokenizer("a b");
    const { engine } = deskWriting("", {
      tokenizer,
      vocabularySize: tokenizer.vocabularySize + 40,
      expects: () => tokenizer.vocabularySize + 1,
    });
    const events = await collect(engine.generate(asking("a", { length: 20, seed: 1 })));
    for (const id of choicesOf(events)[0]!.tokens) expect(id).toBeLessThan(tokenizer.vocabularySize);
  });

  test("recorded prompt tokens are used as they are", async () => {
    const { engine, tokenizer } = deskWriting(STORY);
    const tokens = tokenizer.encode("The cat");
    const events = await collect(
      engine.generate(asking("", { greedy: true, length: 2 }, { promptTokens: tokens })),
    );
    expect(only(events, "started").prompt).toMatchObject({ tokens, text: "The cat" });
    expect(choicesOf(events)[0]!.text).toBe(" sat on");
  });
});

describe("choices", () => {
  const free = { expects: () => undefined };

  test("each is the same text however many are asked for, and they differ", async () => {
    const { engine } = deskWriting(STORY, free);
    const ask = (choices: number) =>
      collect(engine.generate(asking("The cat", { length: 8, seed: 5 }, { choices })));
    const three = choicesOf(await ask(3)).map((choice) => choice.tokens);
    const one = choicesOf(await ask(1)).map((choice) => choice.tokens);
    expect(three.slice(0, 1)).toEqual(one);
    expect(new Set(three.map(String)).size).toBe(3);
    expect(choicesOf(await ask(3)).map((choice) => choice.index)).toEqual([0, 1, 2]);
  });

  test("all begin from the same logits: without chance they are one text", async () => {
    const { engine } = deskWriting(STORY, free);
    const request = asking("The cat", { greedy: true, length: 6 }, { choices: 3 });
    const [first, ...others] = choicesOf(await collect(engine.generate(request)));
    for (const { tokens, logprobs } of others)
      expect({ tokens, logprobs }).toMatchObject({ tokens: first!.tokens, logprobs: first!.logprobs });
  });

  test("a fresh engine, a warm cache and a longer story before give the same as none", async () => {
    const request = asking("The cat sat on the mat", { length: 12, seed: 9 });
    const cold = choicesOf(await collect(deskWriting(STORY, free).engine.generate(request)));
    const { engine } = deskWriting(STORY, free);
    await collect(engine.generate(asking("The cat sat until", { length: 5, seed: 1 }, { choices: 2 })));
    expect(choicesOf(await collect(engine.generate(request)))).toEqual(cold);
  });
});

test("choices are drawn together, each token of all in one run, and those that have ended leave", async () => {
  const tokenizer = wordTokenizer(STORY);
  const { engine, model } = deskWriting(STORY, { expects: () => undefined, tokenizer });
  const request = asking("The cat", { length: 30, seed: 4, stop: ["a", "e", " "] }, { choices: 11 });
  const choices = choicesOf(await collect(engine.generate(request)));
  expect(choices.map((choice) => choice.index)).toEqual(Array.from({ length: 11 }, (_, i) => i));
  const lengths = choices.map(({ tokens }) => tokens.length);
  const together = model.steps.flatMap(({ branches }) => (branches ? [branches.length] : []));
  // Eight at a time; a last token is never read.
  const runs = (group: readonly number[]) =>
    Array.from({ length: Math.max(...group) - 1 }, (_, i) => group.filter((length) => length > i + 1).length);
  expect(together).toEqual([...runs(lengths.slice(0, 8)), ...runs(lengths.slice(8))]);
  expect(new Set(lengths).size).toBeGreaterThan(2);
});

describe("the cache", () => {
  test("only what was not in the last prompt is read", async () => {
    const { engine, model } = deskWriting(STORY);
    const first = await collect(engine.generate(asking("The cat sat", { greedy: true, length: 3 })));
    const read = model.steps.length;
    const next = `The cat sat${choicesOf(first)[0]!.text}`;
    const events = await collect(engine.generate(asking(next, { greedy: true, length: 1 })));
    // What the model wrote is read once more, as any text is: the same text is always computed the same way.
    expect(only(events, "started").reusedTokens).toBe(3);
    expect(model.steps.slice(read)).toMatchObject([{ past: 3, tokens: { length: 3 } }]);
  });

  test.each([
    ["quick", 1, [64, 128, 8]],
    ["neither", 100, [64, 64, 64, 8]],
    ["slow", 300, [64, 32, 32, 32, 32, 8]],
  ])("long prompts are read in chunks, of more tokens where they are quick: %s", async (_, ms, chunks) => {
    let now = 0;
    const advance = () => {
      now += ms;
    };
    const { engine, model } = deskWriting(`${"word ".repeat(250)}end`, { onStep: advance }, () => now);
    await collect(engine.generate(asking("word ".repeat(200).trim(), { length: 1 })));
    expect(model.steps.map((step) => step.tokens.length)).toEqual(chunks);
  });
});

describe("a full window", () => {
  test("the prompt is cut so that the length fits, and nothing is read twice", async () => {
    const { engine, model } = deskWriting(STORY, { contextLength: 64, expects: () => undefined });
    const events = await collect(engine.generate(asking(`${STORY}\n\n`.repeat(20), { length: 30 })));
    expect(only(events, "started").prompt.tokens.length).toBeLessThanOrEqual(34);
    expect(choicesOf(events)[0]!.tokens.length).toBe(30);
    expect(model.steps.filter((step) => step.past === 0).length).toBe(1);
  });

  test("a generation longer than the window slides, and keeps a quarter to a half of it", async () => {
    // No end of text among the tokens, so that chance cannot end it early.
    const tokenizer = { ...wordTokenizer(STORY), endOfText: null };
    const { engine, model } = deskWriting(STORY, { tokenizer, contextLength: 64, expects: () => undefined });
    const events = await collect(engine.generate(asking(STORY, { length: 200, seed: 3 })));
    expect(choicesOf(events)[0]!.tokens.length).toBe(200);
    const fresh = model.steps.filter((step) => step.past === 0).slice(1);
    expect(fresh.length).toBeGreaterThanOrEqual(3);
    for (const { tokens } of fresh) {
      expect(tokens.length).toBeGreaterThanOrEqual(16);
      expect(tokens.length).toBeLessThanOrEqual(33);
    }
  });
});

describe("cancel", () => {
  test("is seen within two tokens, and what had arrived is offered", async () => {
    const { engine, model } = deskWriting(STORY, { expects: () => undefined });
    const controller = new AbortController();
    const events = [];
    for await (const event of engine.generate(
      asking("The cat", { length: 50, seed: 1 }, { choices: 3 }),
      controller.signal,
    )) {
      events.push(event);
      if (event.type === "token" && events.length === 4) controller.abort();
    }
    const choices = choicesOf(events);
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    for (const { index, finishReason, tokens, text } of choices) {
      expect(finishReason).toBe("cancelled");
      expect(tokens.length).toBeLessThanOrEqual(2);
      expect(text).toBe(streamed(events, index));
    }
    expect(only(events, "finished").cancelled).toBe(true);
    expect(model.steps.length).toBeLessThanOrEqual(5);
  });

  test("while the prompt is read: no choice, and the reading stops at the next chunk", async () => {
    const controller = new AbortController();
    const text = "word ".repeat(240).trim();
    const { engine, model } = deskWriting(text, { onStep: () => controller.abort() });
    const events = await collect(engine.generate(asking(text, { length: 5 }), controller.signal));
    expect(events.map((event) => event.type)).toEqual(["started", "finished"]);
    expect(model.steps.length).toBe(1);
  });

  test.each([
    ["while tokens are drawn", "The cat", 2],
    ["while the prompt is read", "word ".repeat(240).trim(), 0],
  ])("%s, from outside, though the model blocks its thread", async (_, before, most) => {
    const controller = new AbortController();
    const { engine, model } = deskWriting(before, {
      expects: () => undefined,
      onStep: () => {
        if (model.steps.length === 1) setImmediate(() => controller.abort());
      },
    });
    const request = asking(before, { length: 10, seed: 1 });
    const events = await collect(engine.generate(request, controller.signal));
    expect(events.filter((event) => event.type === "token").length).toBeLessThanOrEqual(most);
    expect(model.steps.length).toBeLessThanOrEqual(2);
    expect(only(events, "finished").cancelled).toBe(true);
  });

  test("before it began: nothing is run", async () => {
    const { engine, model } = deskWriting(STORY);
    const events = await collect(engine.generate(asking("The cat"), AbortSignal.abort()));
    expect(events).toMatchObject([{ type: "finished", cancelled: true }]);
    expect(model.steps).toEqual([]);
  });

  test("text that a stop string held back is kept", async () => {
    const controller = new AbortController();
    const { engine } = deskWriting("The cat sat on the mat.", {
      onStep: (step) => {
        if (step.past === 4) controller.abort();
      },
    });
    const settings = { greedy: true, length: 9, stop: ["on the moon"] };
    const events = await collect(engine.generate(asking("The cat", settings), controller.signal));
    expect(streamed(events)).toBe(" sat ");
    expect(choicesOf(events)[0]).toMatchObject({ text: " sat on the", finishReason: "cancelled" });
  });
});

test("the fake model is a function of all tokens before", async () => {
  const model = fakeModel({ tokenizer: wordTokenizer("a") });
  const [cache, other] = [model.createCache(), model.createCache()];
  const whole = await model.step([1, 2, 3], cache, 2);
  await model.step([1], other);
  const first = [...(await model.step([2], other))];
  const second = [...(await model.step([3], other))];
  expect([...whole]).toEqual([...first, ...second]);
  other.truncate(0);
  expect([...(await model.step([3], other))]).not.toEqual(second);
});
