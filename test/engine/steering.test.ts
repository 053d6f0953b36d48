import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGuard } from "../../src/engine/guard.ts";
import { staleness, watchLoops } from "../../src/engine/loops.ts";
import { findPhrases } from "../../src/engine/phrases.ts";
import { completeSettings } from "../../src/engine/settings.ts";
import { wordTokenizer } from "../fake-model.ts";
import { asking, choicesOf, collect, deskWriting, streamed } from "./desk.ts";

/** `"the [old man] went"`: the text, with the phrases found in it in brackets. */
function marked(text: string, phrases: readonly string[], exact = false): string {
  const finder = findPhrases(phrases.map((phrase) => ({ text: phrase, exact })));
  let rest = text;
  let done = "";
  for (let found = finder.find(rest, true); found; found = finder.find(rest, true)) {
    done += `${rest.slice(0, found.from)}[${rest.slice(found.from, found.to)}]`;
    rest = rest.slice(found.to);
  }
  return done + rest;
}

describe("phrases", () => {
  it("are whole words in any casing, with any white space and any quotes", () => {
    expect(marked("the Old  Man's boldness, the old manor", ["old man"])).toBe(
      "the [Old  Man]'s boldness, the old manor",
    );
    expect(marked("I can’t. I CAN'T!", ["can't"])).toBe("I [can’t]. I [CAN'T]!");
    expect(marked("Rose rose", ["rose"], true)).toBe("Rose [rose]");
    expect(marked("a.b (c)? a.b (c)?", ["a.b (c)?"])).toBe("[a.b (c)?] [a.b (c)?]");
    expect(marked("naïve naïveté", ["naïve"])).toBe("[naïve] naïveté");
  });

  it("wait for what follows, where it may make another word of them", () => {
    const finder = findPhrases([{ text: "the cat" }]);
    expect(finder.find("on the cat", false)).toBe(null);
    expect(finder.pendingFrom("on the cat")).toBe(3);
    expect(finder.find("on the category", false)).toBe(null);
    expect(finder.pendingFrom("on the category")).toBe("on the category".length);
    expect(finder.find("on the cat.", false)).toMatchObject({ from: 3, to: 10 });
    expect(finder.pendingFrom("on th")).toBe(3);
    expect(finder.pendingFrom("bath")).toBe(4);
  });
});

describe("loops", () => {
  const ids = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

  it("are a short phrase said three times, or a long one said twice", () => {
    expect(watchLoops(ids("xabab")).loop).toBe(null);
    expect(watchLoops(ids("xababab")).loop).toEqual({ keep: 5, period: 2 });
    expect(watchLoops(ids("abcdefghabcdefg")).loop).toBe(null);
    expect(watchLoops(ids("abcdefghabcdefgh")).loop).toEqual({ keep: 8, period: 8 });
    expect(watchLoops(ids("xaaaaaa")).loop).toMatchObject({ period: 2 });
  });

  it("are held back while they are unsure", () => {
    expect(watchLoops(ids("abab")).unsure).toBe(0);
    expect(watchLoops(ids("ababa")).unsure).toBe(1);
    expect(watchLoops(ids("abcdefghabcdef")).unsure).toBe(6);
    expect(watchLoops(ids("abcdefghabcdefx")).unsure).toBe(0);
  });

  it("with a word changed each time make a text stale", () => {
    const verse = (name: string) => ids(`${name} was in the wood `);
    expect(staleness(["A", "B", "C", "D", "E", "F", "G"].flatMap(verse))).toBeGreaterThan(0.6);
    expect(
      staleness(ids("The quick brown fox jumps over the lazy dog, and so they went home by night")),
    ).toBeLessThan(0.2);
  });
});

const TALE = "The old man went to the sea and the old man went home";

describe("banned phrases", () => {
  it("are taken back before they are told, and something else is written", async () => {
    const { engine } = deskWriting(TALE);
    const steering = { ban: [{ text: "the SEA" }] };
    const events = await collect(
      engine.generate(asking("The old man", { length: 6, seed: 1 }, { steering })),
    );
    const [choice] = choicesOf(events);
    expect(choice?.text).toMatch(/^ went to(?! the sea)/iu);
    expect(choice?.bans).toBeGreaterThan(0);
    expect(streamed(events)).toBe(choice?.text);
    expect(events.filter(({ type }) => type === "token").map((event) => "id" in event && event.id)).toEqual(
      choice?.tokens,
    );
  });

  it("count what the writer has written before", async () => {
    const { engine } = deskWriting(TALE);
    const steering = { ban: [{ text: "old man" }] };
    const [choice] = choicesOf(
      await collect(engine.generate(asking("The old", { length: 3, seed: 1 }, { steering }))),
    );
    expect(choice?.text).not.toMatch(/^ man\b/u);
  });

  it("never come, whatever the model would write and however many choices there are", async () => {
    const words = "sea old man went home the and a";
    const phrase = fc.array(fc.constantFrom(...words.split(" ")), { minLength: 1, maxLength: 3 });
    const bans = fc.array(
      phrase.map((parts) => parts.join(" ")),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(bans, fc.nat(1000), fc.integer({ min: 1, max: 3 }), async (phrases, seed, choices) => {
        const { engine } = deskWriting(words, { expects: () => undefined });
        const steering = { ban: phrases.map((text) => ({ text })) };
        const request = asking("the", { length: 12, seed, temperature: 2 }, { steering, choices });
        const events = await collect(engine.generate(request));
        for (const choice of choicesOf(events)) {
          const whole = `the${choice.text}`;
          const found = findPhrases(steering.ban).find(whole, true);
          expect(found === null || found.to <= 3).toBe(true);
          expect(streamed(events, choice.index)).toBe(choice.text);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are the same alone and together, and in the model's own probabilities", async () => {
    const write = async (choices: number) => {
      const { engine } = deskWriting("sea old man went home", { expects: () => undefined });
      const steering = { ban: [{ text: "old man" }, { text: "sea" }] };
      return choicesOf(
        await collect(engine.generate(asking("old", { length: 10, seed: 4 }, { steering, choices }))),
      );
    };
    const [one] = await write(1);
    expect((await write(5))[0]).toEqual(one);
  });
});

describe("the loop sentinel", () => {
  const verse = " the sea rose and the sea fell and the sea rose and the sea fell and";

  it("takes a phrase back that comes again, and goes on otherwise", async () => {
    const looping = `Then ${"the sea rose ".repeat(12)}`.trim();
    const { engine } = deskWriting(looping);
    const settings = { length: 20, greedy: true };
    const plain = choicesOf(await collect(engine.generate(asking("Then", settings))));
    expect(plain[0]?.text).toMatch(/(?: the sea rose){3}/u);
    const events = await collect(engine.generate(asking("Then", { ...settings, break_loops: true })));
    const [choice] = choicesOf(events);
    expect(choice?.text).not.toMatch(/(?: the sea rose){3}/u);
    expect(choice?.loops).toBeGreaterThan(0);
    expect(streamed(events)).toBe(choice?.text);
  });

  it("leaves alone what does not repeat", async () => {
    const { engine } = deskWriting(TALE);
    const found = await collect(
      engine.generate(asking("The", { length: 12, greedy: true, break_loops: true })),
    );
    expect(choicesOf(found)[0]).toMatchObject({ text: TALE.slice(3) });
    expect(choicesOf(found)[0]).not.toHaveProperty("loops");
  });

  it("says that what may be a repetition is not sure yet", () => {
    const tokenizer = wordTokenizer(verse);
    const settings = completeSettings({ break_loops: true });
    const guard = createGuard({ settings, steering: {}, prompt: { tokens: [], text: "" } }, tokenizer);
    const tokens = tokenizer.encode(verse);
    const sure = tokens.map((_, i) => {
      const verdict = guard?.look(tokens.slice(0, i + 1), false);
      return verdict?.type === "goOn" ? verdict.sure : -1;
    });
    expect(Math.min(...sure.slice(0, 8))).toBeGreaterThan(0);
    for (const [i, count] of sure.entries()) expect(count === -1 || count <= i + 1).toBe(true);
    expect(sure).toContain(-1);
  });
});

describe("what must come", () => {
  const free = { expects: () => undefined };

  it("comes, wherever the model would go", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.integer({ min: 8, max: 40 }), async (seed, length) => {
        const { engine } = deskWriting("sea old man went home the and a lamp", free);
        const steering = { include: ["the lamp", "Old man"] };
        const request = asking("and", { length, seed, exact_length: true }, { steering, choices: 2 });
        for (const { text, tokens, missing } of choicesOf(await collect(engine.generate(request)))) {
          expect(text).toMatch(/ the lamp(?!\p{L})/u);
          expect(text).toMatch(/ old man(?!\p{L})/iu);
          expect(missing).toBe(undefined);
          expect(tokens.length).toBe(length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("is refused where it cannot fit", async () => {
    const { engine } = deskWriting(TALE);
    const request = asking("The", { length: 2 }, { steering: { include: ["the old man went"] } });
    await expect(collect(engine.generate(request))).rejects.toThrow("takes 4 tokens, and the length is 2");
  });

  it("is refused where it is banned as well", () => {
    const { engine } = deskWriting(TALE);
    const steering = { include: ["the lamp"], ban: [{ text: "LAMP" }] };
    const request = asking("The", { length: 30 }, { steering });
    expect(() => engine.generate(request)).toThrow('"the lamp", holds what is banned: "LAMP"');
  });

  it("is told where a cancel came before it", async () => {
    const { engine } = deskWriting(TALE);
    const controller = new AbortController();
    const request = asking("The", { length: 30, seed: 1 }, { steering: { include: ["lamp"] } });
    const events = [];
    for await (const event of engine.generate(request, controller.signal)) {
      events.push(event);
      if (event.type === "token") controller.abort();
    }
    expect(choicesOf(events)[0]?.missing).toEqual(["lamp"]);
  });
});

describe("an exact length", () => {
  it("is not ended by the model, nor prolonged for a sentence", async () => {
    const { engine } = deskWriting("One two. Three", { end: true });
    const settings = { seed: 1, length: 9, finish_sentence: true };
    const plain = choicesOf(await collect(engine.generate(asking("One", settings))));
    expect(plain[0]?.finishReason).toBe("end");
    const exact = choicesOf(
      await collect(engine.generate(asking("One", { ...settings, exact_length: true }))),
    );
    expect(exact[0]).toMatchObject({ finishReason: "length" });
    expect(exact[0]?.tokens.length).toBe(9);
  });

  it("is refused with stop strings, which would end it earlier", () => {
    const { engine } = deskWriting("One two. Three");
    const request = asking("One", { length: 9, exact_length: true, stop: ["."] });
    expect(() => engine.generate(request)).toThrow("exclude each other");
  });
});

describe("bias", () => {
  it("brings a phrase in, or keeps it away", async () => {
    const write = async (weight: number) => {
      const { engine } = deskWriting("sea old man went home the and a", { expects: () => undefined });
      const steering = { bias: [{ text: "old man", weight }] };
      const request = asking("the", { length: 40, seed: 2, temperature: 1 }, { steering });
      return choicesOf(await collect(engine.generate(request)))[0]?.text.match(/old man/gu)?.length ?? 0;
    };
    expect(await write(8)).toBeGreaterThan(await write(0.01));
    expect(await write(-50)).toBe(0);
  });
});
