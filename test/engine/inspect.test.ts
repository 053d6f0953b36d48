import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDocument } from "../../src/story/document.ts";
import { continuePrompt, rewritePrompt } from "../../src/story/prompt.ts";
import { wordTokenizer } from "../fake-model.ts";
import { asking, collect, deskWriting, only } from "./desk.ts";

const FRONT = `---
memory: Mira keeps the lamp.
note: {text: It is cold., paragraphs: 2}
lore: [{keys: sea, text: The sea took her father.}, {keys: [never met], text: x}]
avoid: warm
---

`;
const WORDS = "Mira keeps the lamp It is cold sea took her father warm and she went down to";
const tokenizer = { ...wordTokenizer(WORDS), infill: { prefix: 1, suffix: 2, middle: 3 } };

/** A story of so many words in paragraphs of a few dozen. */
function story(words: number): string {
  const all = WORDS.split(" ");
  const paragraphs: string[] = [];
  for (let from = 0; from < words; from += 40) {
    const count = Math.min(40, words - from);
    paragraphs.push(
      `${Array.from({ length: count }, (_, i) => all[(from + 7 * i) % all.length]).join(" ")}.`,
    );
  }
  return FRONT + paragraphs.join("\n\n");
}

describe("what the model is shown", () => {
  it.each([
    10, 100, 1_000, 10_000, 100_000,
  ])("of a story of %i words is what it reads, byte for byte", async (words) => {
    const document = createDocument(story(words));
    const { length } = document.text;
    for (const at of [length, Math.floor(length / 2), FRONT.length]) {
      for (const infill of [false, true]) {
        const { engine, model } = deskWriting("", { tokenizer, expects: () => undefined });
        const prompt = continuePrompt(document, at);
        const request = asking(prompt.before, { length: 3, seed: 1, infill, guidance_scale: 1.5 }, prompt);
        const view = await engine.inspect(request);
        const { prompt: told } = only(await collect(engine.generate(request)), "started");
        expect(told).toEqual(view);
        expect(tokenizer.decode(view.tokens)).toBe(view.text);
        // What the model has read until the first token was drawn: the prompt, and behind its branch the other view.
        const read = model.steps
          .filter(({ branches }) => branches === undefined)
          .flatMap(({ tokens }) => tokens);
        expect(read).toEqual(view.tokens);
        const covered = view.segments.map(({ from, to }) => view.text.slice(from, to)).join("");
        expect(covered).toBe(view.text);
      }
    }
  });

  it("is what a rewrite reads, too, whatever is selected", async () => {
    const document = createDocument(story(400));
    const place = fc.integer({ min: FRONT.length, max: document.text.length });
    await fc.assert(
      fc.asyncProperty(place, place, async (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const { engine, model } = deskWriting("", { tokenizer, expects: () => undefined });
        const prompt = rewritePrompt(document, { from, to });
        if (prompt.selected.trim() === "") return;
        const request = asking(prompt.before, { seed: 1 }, { ...prompt, task: "rewrite", candidates: 1 });
        const view = await engine.inspect(request);
        expect(only(await collect(engine.generate(request)), "started").prompt).toEqual(view);
        const read = model.steps
          .filter(({ branches }) => branches === undefined)
          .flatMap(({ tokens }) => tokens);
        expect(read).toEqual(view.tokens);
      }),
      { numRuns: 25 },
    );
  });
});
