import { describe, expect, test } from "vitest";
import type { Choice } from "../../src/engine/types.ts";
import { UserError } from "../../src/errors.ts";
import type { FakeOptions } from "../fake-model.ts";
import { wordTokenizer } from "../fake-model.ts";
import { asking, choicesOf, collect, deskWriting, only } from "./desk.ts";

const WORDS =
  "The old keeper climbed down to the sea and slept until dawn when rain came then he woke up cold wet tired quiet";
const tokenizer = wordTokenizer(WORDS);
/** A model that writes words and full stops, by chance; 20 % of its tokens end a sentence. */
function desk(expects?: FakeOptions["expects"], own = tokenizer) {
  const wordIds = tokenizer.encode(` ${WORDS.toLowerCase().replace("the", "The")}`);
  const stop = tokenizer.encode(".")[0]!;
  return deskWriting(WORDS, {
    tokenizer: own,
    expects:
      expects ??
      ((sequence) => {
        const dice =
          Math.abs(
            Math.imul(
              sequence.reduce((sum, id) => Math.imul(sum, 31) + id, 7),
              0x9e37_79b1,
            ),
          ) >>> 8;
        return dice % 5 === 0 && sequence.at(-1) !== stop ? stop : wordIds[dice % wordIds.length];
      }),
  });
}

/** Rewrites what stands in brackets: `before[selected]after`. */
async function rewrite(page: string, choices = 3, seed = 1, expects?: FakeOptions["expects"]) {
  const [, before = "", selected = "", after = ""] = /^([\s\S]*)\[([\s\S]*)\]([\s\S]*)$/.exec(page)!;
  const made = desk(expects);
  // Warm enough for the chance model to be surprised now and then, too cold for one with an expectation.
  const temperature = expects ? 0.8 : 4;
  const request = asking(
    before,
    { seed, temperature, closeness: 0 },
    { task: "rewrite", selected, after, choices },
  );
  const events = await collect(made.engine.generate(request));
  return { ...made, events, choices: choicesOf(events), before, selected, after };
}

const PASSAGE = "The keeper climbed up.[ He slept until the rain came down.] Then he woke up cold.";

describe("candidates", () => {
  test("that hold what they must are offered alone; what none holds is told", async () => {
    const asked = (include: string) =>
      asking(
        "The keeper climbed up.",
        { seed: 3, temperature: 4, closeness: 0 },
        {
          task: "rewrite",
          selected: " He slept until the rain came down.",
          after: " Then he woke up.",
          choices: 2,
          steering: { include: [include] },
        },
      );
    const held = choicesOf(await collect(desk().engine.generate(asked("slept"))));
    expect(held.length).toBeGreaterThan(0);
    for (const { text, missing } of held) {
      expect(text).toMatch(/\bslept\b/iu);
      expect(missing).toBe(undefined);
    }
    const lacking = choicesOf(await collect(desk().engine.generate(asked("a golden crown"))));
    expect(lacking.map(({ missing }) => missing)).toEqual([["a golden crown"], ["a golden crown"]]);
  });

  test("are of about the passage's length, end a sentence as it does, and differ from it and each other", async () => {
    let found: Choice[] = [];
    for (let seed = 0; seed < 6; seed++) found = [...found, ...(await rewrite(PASSAGE, 3, seed)).choices];
    expect(found.length).toBe(18);
    const whole = found.filter((choice) => choice.finishReason === "stop");
    expect(whole.length).toBeGreaterThan(8);
    const passage = tokenizer.encode(" He slept until the rain came down.").length;
    for (const { text, tokens } of found) {
      // With a capital, as the passage does.
      expect(text).toMatch(/^ [^a-z]/u);
      expect(tokens.length).toBeLessThanOrEqual(1.5 * passage);
      expect(text).toMatch(/^ \S/);
      expect(text).not.toContain("\n");
    }
    for (const { text, tokens } of whole) {
      expect(text).toMatch(/[.!?]$/);
      expect(tokens.length).toBeGreaterThanOrEqual(0.6 * passage);
    }
  });

  test.each([
    ["The keeper.[ He slept.] Then", /^ \S(?:[\s\S]*\S)?$/],
    ["The keeper. [He slept.] Then", /^\S(?:[\s\S]*\S)?$/],
    ["The keeper. [He slept. ]Then", /^\S(?:[\s\S]*\S)? $/],
    ["The keeper.\n\n[He slept.\n\n]Then", /^\S(?:[\s\S]*\S)?\n\n$/],
    ["[The keeper slept.]\n\nThen", /^\S(?:[\s\S]*\S)?$/],
    ["The keeper said “[he slept].”", /^\S(?:[\s\S]*\S)?$/],
    ["The keeper climbed\n  [up. Then he] slept", /^\S(?:[\s\S]*\S)?$/],
  ])("%j keeps its white space", async (page, shape) => {
    for (let seed = 0; seed < 4; seed++) {
      const { choices } = await rewrite(page, 3, seed);
      expect(choices.length).toBe(3);
      for (const { text } of choices) expect(text).toMatch(shape);
      expect(new Set(choices.map((choice) => choice.text)).size).toBe(3);
    }
  });

  test("one that ends with a quote is replaced by one that does", async () => {
    const quoted = `The keeper. “he slept.” Then`;
    const ids = tokenizer.encode(quoted);
    const { choices } = await rewrite(
      "The keeper. [“he woke.”] Then",
      1,
      1,
      (sequence) => ids[sequence.length],
    );
    expect(choices.map((choice) => choice.text)).toEqual(["“he slept.”"]);
  });

  test.each([
    ["The keeper[ slept] until", "The keeper woke, until", " woke"],
    ["The keeper[ slept,] until", "The keeper woke, until", " woke,"],
    ["The keeper[ slept and woke] until", "The keeper came down quiet. Then", " came down quiet"],
  ])("%j is replaced by words alone, or with its own comma", async (page, written, text) => {
    const ids = tokenizer.encode(written);
    const { choices } = await rewrite(page, 1, 1, (sequence) => ids[sequence.length]);
    expect(choices).toMatchObject([{ text, finishReason: "stop" }]);
  });

  test("the passage itself is never offered", async () => {
    const page = "The keeper[ slept.] Then";
    const ids = tokenizer.encode("The keeper slept. Then");
    const { choices, events } = await rewrite(page, 2, 1, (sequence) => ids[sequence.length]);
    expect(choices).toEqual([]);
    expect(only(events, "finished").cancelled).toBe(false);
  });
});

describe("ranking", () => {
  test("by what follows: the mean log-probability of the text after, given before and candidate", async () => {
    const { choices, model, before, after } = await rewrite(PASSAGE);
    const following = tokenizer.encode(after);
    for (const { tokens, text, fit } of choices) {
      expect(tokenizer.decode(tokens)).toBe(text);
      // The same from nothing, one token at a time.
      const cache = model.createCache();
      let logits = await model.step([...tokenizer.encode(before), ...tokens], cache);
      let sum = 0;
      for (const id of following) {
        sum += logits[id]! - Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
        logits = await model.step([id], cache);
      }
      expect(fit).toBeCloseTo(sum / following.length, 5);
    }
  });

  test("the best fit comes first, and what was cut short is offered only to fill up", async () => {
    for (let seed = 0; seed < 8; seed++) {
      const { choices } = await rewrite(PASSAGE, 6, seed);
      const order = choices.map(({ fit, logprob }) => fit! + 0.25 * Math.min(0, logprob! + 3.5));
      // What repeats or copies may stand behind.
      expect(order[0]).toBeGreaterThan(order.at(-1)! - 1);
      const whole = (offered: typeof choices) =>
        offered.filter(({ finishReason }) => finishReason === "stop").length;
      const { choices: two } = await rewrite(PASSAGE, 2, seed);
      expect(whole(two)).toBe(Math.min(2, whole((await rewrite(PASSAGE, 4, seed)).choices)));
      expect(choices.map((choice) => choice.index)).toEqual([0, 1, 2, 3, 4, 5].slice(0, choices.length));
    }
  });

  test("by their own likelihood where nothing follows", async () => {
    const { choices } = await rewrite("The keeper climbed up.[ He slept until dawn.]\n", 4);
    const stopped = choices
      .filter((choice) => choice.finishReason === "stop")
      .map((choice) => choice.logprob!);
    expect(stopped.length).toBeGreaterThan(0);
    expect(stopped).toEqual([...stopped].sort((a, b) => b - a));
    for (const { fit, logprob, logprobs } of choices) {
      expect(fit).toBeUndefined();
      expect(logprob).toBeCloseTo(logprobs.reduce((sum, each) => sum + each, 0) / logprobs.length);
    }
  });
});

describe("other sources", () => {
  const PASSAGE = " He slept until the rain came down.";
  const asked = (more: object, settings: object = {}) =>
    asking(
      "The keeper climbed up.",
      { seed: 3, temperature: 4, closeness: 0, ...settings },
      { task: "rewrite", selected: PASSAGE, after: " Then he woke up cold.", choices: 3, ...more },
    );

  test("both sides, where the model has learned to fill in: half of the candidates", async () => {
    const infilling = { ...tokenizer, infill: { prefix: 1, suffix: 2, middle: 3 } };
    const { engine, model } = desk(undefined, infilling);
    const events = await collect(engine.generate(asked({ candidates: 8, choices: 8 }, { infill: true })));
    const found = choicesOf(events);
    expect(new Set(found.map(({ source }) => source))).toEqual(new Set(["left", "infill"]));
    const filling = model.steps.find(({ tokens }) => tokens[0] === 1);
    expect(filling?.past).toBe(0);
    const before = tokenizer.encode("The keeper climbed up.");
    const following = tokenizer.encode(" Then he woke up cold.");
    expect(filling?.tokens).toEqual([1, ...before, 2, ...following, 3]);
    for (const { text, fit, gain } of found) {
      expect(text).toMatch(/^ \S/u);
      expect(Number.isFinite(fit) && Number.isFinite(gain)).toBe(true);
    }
    // Without it, nothing but what stands before.
    const plain = choicesOf(await collect(desk(undefined, infilling).engine.generate(asked({}))));
    expect(new Set(plain.map(({ source }) => source))).toEqual(new Set(["left"]));
  });

  test("templates: what follows their prompt, up to a stop string, ranked at the passage's place", async () => {
    const written = "Plainer: The keeper slept. #";
    const ids = tokenizer.encode(written);
    const prompt = tokenizer.encode("Plainer:");
    const { engine } = desk((sequence) => {
      const isTemplate = prompt.every((id, i) => sequence[i] === id);
      return isTemplate ? ids[sequence.length] : undefined;
    });
    const templates = [{ name: "plainer", prompt: "Plainer:", stop: ["#"] }];
    const found = choicesOf(await collect(engine.generate(asked({ templates }, { temperature: 0.5 }))));
    expect(found[0]).toMatchObject({ text: " The keeper slept.", source: "plainer", finishReason: "stop" });
    expect(Number.isFinite(found[0]?.fit)).toBe(true);
    await expect(async () =>
      engine.generate(asked({ templates: [{ name: "x", prompt: "x", stop: [] }] })),
    ).rejects.toThrow(/a template must have a prompt and stop strings/u);
  });

  test("what is banned is not offered, and the length may be another", async () => {
    const plain = choicesOf(await collect(desk().engine.generate(asked({ candidates: 16, choices: 16 }))));
    const word = /[a-z]{4,}/u.exec(plain[0]?.text ?? "")?.[0] ?? "";
    const steering = { ban: [{ text: word }] };
    const found = choicesOf(
      await collect(desk().engine.generate(asked({ candidates: 16, choices: 16, steering }))),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ text }) => new RegExp(`\\b${word}\\b`, "iu").test(text))).toEqual([]);
    const long = choicesOf(await collect(desk().engine.generate(asked({}, { shortest: 1, longest: 3 }))));
    const length = tokenizer.encode(PASSAGE).length;
    for (const { tokens, finishReason } of long) {
      if (finishReason === "stop") expect(tokens.length).toBeGreaterThanOrEqual(length);
    }
    expect(Math.max(...long.map(({ tokens }) => tokens.length))).toBeGreaterThan(length);
  });

  test("closeness brings the passage's words back", async () => {
    const kept = async (closeness: number) => {
      const events = await collect(desk().engine.generate(asked({}, { closeness })));
      const found = choicesOf(events).map((choice) => choice.kept ?? 0);
      return found.reduce((sum, share) => sum + share, 0) / found.length;
    };
    expect(await kept(1)).toBeGreaterThan(await kept(0));
  });
});

describe("work", () => {
  test("what stands before is read once", async () => {
    const { model } = await rewrite(PASSAGE);
    expect(model.steps.filter((step) => step.past === 0).length).toBe(1);
  });

  test("progress goes from the first candidate to all of them", async () => {
    const { events } = await rewrite(PASSAGE, 5);
    const done = events.flatMap((event) => (event.type === "progress" ? [event.done] : []));
    expect(done.length).toBeGreaterThanOrEqual(16);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done[15]).toBe(1);
  });

  test("a cancelled run offers what is ranked so far", async () => {
    const controller = new AbortController();
    const request = asking(
      "The keeper climbed up.",
      { seed: 2, temperature: 6 },
      {
        task: "rewrite",
        selected: " He slept until the rain came down.",
        after: " Then he woke up.",
        choices: 4,
      },
    );
    const events = [];
    for await (const event of desk().engine.generate(request, controller.signal)) {
      events.push(event);
      if (events.filter((each) => each.type === "progress").length === 2) controller.abort();
    }
    expect(choicesOf(events).length).toBeGreaterThan(0);
    expect(choicesOf(events).length).toBeLessThanOrEqual(2);
    expect(only(events, "finished").cancelled).toBe(true);
  });

  test("a passage longer than the window, between long texts", async () => {
    const long = `${WORDS}. `.repeat(30);
    const { choices } = await rewrite(`${long}[${long.trim()}] ${long}`, 2);
    expect(choices.length).toBe(2);
    for (const { fit } of choices) expect(Number.isFinite(fit)).toBe(true);
  });

  test("white space alone cannot be rewritten", async () => {
    await expect(rewrite("The keeper[ \n]slept")).rejects.toThrow(UserError);
  });
});
