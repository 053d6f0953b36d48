import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../../src/engine/engine.ts";
import { completeSettings } from "../../src/engine/settings.ts";
import type { Engine } from "../../src/engine/types.ts";

const FABLE = new URL("../../models/fable", import.meta.url).pathname;

/** What the model writes most. */
const PHRASES = [
  ...["of the", "in the", "and the", "to the", "it was", "he was", "she was", "on the", "i am", "i don't"],
  ...[
    "don't know",
    "said the",
    "the man",
    "a little",
    "old man",
    "had been",
    "he had",
    "i have",
    "at the",
    "you are",
  ],
];

describe("bans with the model in the box", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(FABLE, { weightsFolder: null });
  });
  afterAll(() => engine.close());

  test("200 generations hold none of 20 phrases that it likes, in any casing", async () => {
    const banned = new RegExp(
      `(?<![\\p{L}\\p{N}])(?:${PHRASES.join("|").replaceAll("'", "['’]")})(?![\\p{L}\\p{N}])`,
      "iu",
    );
    const before = "The lamp went out. Nobody on the island had seen such a storm.";
    const write = async (steering: object, requests: number) => {
      const texts: string[] = [];
      for (let seed = 0; seed < requests; seed++) {
        const settings = completeSettings({ length: 24, seed });
        const request = { id: "b", task: "continue", before, choices: 8, settings, steering } as const;
        for await (const event of engine.generate(request)) {
          if (event.type !== "choice") continue;
          expect(event.choice.finishReason).toMatch(/^(?:length|end)$/u);
          texts.push(event.choice.text.replaceAll(/\s+/gu, " "));
        }
      }
      return texts;
    };
    const plain = await write({}, 3);
    expect(plain.filter((text) => banned.test(text)).length).toBeGreaterThan(plain.length / 2);
    const found = await write({ ban: PHRASES.map((text) => ({ text: text.toUpperCase() })) }, 25);
    expect(found.length).toBe(200);
    expect(found.filter((text) => banned.test(text))).toEqual([]);
  }, 60_000);
});
