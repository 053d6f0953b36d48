import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assembleContext } from "../../src/engine/context.ts";
import { preparePrompt } from "../../src/engine/prompt.ts";
import type { ContextEntry } from "../../src/engine/types.ts";
import { wordTokenizer } from "../fake-model.ts";

const STORY = "One fish.\n\nTwo fish.\n\nRed fish.\n\nBlue fish swam";
const words = wordTokenizer(`${STORY} memory note avoid lore about the sea and all that is in it`);
const budgetOf = (text: string): number => words.encode(text).length;

const entry = (text: string, rest: Partial<ContextEntry> = {}): ContextEntry => ({
  origin: "memory",
  text,
  priority: 0,
  ...rest,
});

describe("the text that the model reads", () => {
  it("is memory and lore, then the story with the note before one of its last paragraphs", () => {
    const entries = [
      entry("memory"),
      entry("lore", { origin: "lore", name: "sea" }),
      entry("note", { origin: "note", paragraphs: 2 }),
    ];
    const { text, segments, left } = assembleContext(STORY, { entries }, 200, false, words);
    expect(text).toBe("memory\n\nlore\n\nOne fish.\n\nTwo fish.\n\nnote\n\nRed fish.\n\nBlue fish swam");
    expect(segments.map(({ origin, from, to }) => [origin, text.slice(from, to)])).toEqual([
      ["memory", "memory\n\n"],
      ["lore", "lore\n\n"],
      ["story", "One fish.\n\nTwo fish.\n\n"],
      ["note", "note\n\n"],
      ["story", "Red fish.\n\nBlue fish swam"],
    ]);
    expect(segments[1]?.name).toBe("sea");
    expect(left).toEqual([]);
  });

  it("stands in lines where the story does", () => {
    const entries = [entry("note", { origin: "note", paragraphs: 1 })];
    const { text } = assembleContext("One.\nTwo.\nThree", { entries }, 200, false, words);
    expect(text).toBe("One.\nTwo.\nnote\nThree");
  });

  it("has a note in front of a story that is shorter than its place", () => {
    const entries = [entry("note", { origin: "note", paragraphs: 9 })];
    expect(assembleContext(STORY, { entries }, 200, false, words).text).toBe(`note\n\n${STORY}`);
  });

  it("takes whole entries by priority, tells what is left out, and gives the rest to the story", () => {
    const entries = [
      entry("lore about the sea and all that is in it", { origin: "lore", name: "sea", priority: 1 }),
      entry("memory", { priority: 2 }),
    ];
    const budget = budgetOf(STORY);
    const { text, tokens, left } = assembleContext(STORY, { entries }, budget, false, words);
    expect(text.startsWith("memory\n\n")).toBe(true);
    expect(STORY.endsWith(text.slice("memory\n\n".length))).toBe(true);
    expect(tokens.length).toBeLessThanOrEqual(budget);
    expect(left).toEqual([
      { origin: "lore", name: "sea", size: budgetOf("lore about the sea and all that is in it\n\n") },
      { origin: "story", size: STORY.length - (text.length - "memory\n\n".length) },
    ]);
  });

  it("has a second text for guidance: with what is to be avoided where the note stands, or without", () => {
    const note = entry("note", { origin: "note", paragraphs: 1 });
    const against = (steering: object) => {
      const found = assembleContext("One.\n\nTwo", steering, 100, true, words).against;
      return found && words.decode(found);
    };
    expect(against({ entries: [note] })).toBe("One.\n\nTwo");
    expect(against({ entries: [note], avoid: "avoid" })).toBe("One.\n\navoid\n\nTwo");
    expect(against({ avoid: "avoid" })).toBe("avoid\n\nOne.\n\nTwo");
    expect(against({ entries: [entry("memory")] })).toBe(null);
    expect(assembleContext("One", { entries: [note] }, 100, false, words).against).toBe(null);
  });

  it("begins with the entries alone where nothing is written yet", () => {
    expect(preparePrompt("  ", 50, words, { steering: { entries: [entry("memory")] } })).toMatchObject({
      text: "memory\n\n",
      blanks: 0,
    });
  });

  it("fits, is told without gaps, and keeps entries whole, whatever is asked", () => {
    const texts = fc.constantFrom(
      "memory",
      "note",
      "lore about the sea",
      "  ",
      "Red fish.\n\nBlue",
      "fish\n",
    );
    const entries = fc.array(
      fc.record({
        text: texts,
        priority: fc.integer({ min: -2, max: 2 }),
        paragraphs: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      }),
      { maxLength: 5 },
    );
    const stories = fc.array(fc.constantFrom("One fish.", "\n", "\n\n", " Two", " swam"), { maxLength: 40 });
    fc.assert(
      fc.property(
        entries,
        stories,
        texts,
        fc.integer({ min: 8, max: 80 }),
        fc.boolean(),
        (list, parts, avoid, budget, guided) => {
          const given = list.map(
            ({ paragraphs, ...rest }): ContextEntry => ({
              origin: paragraphs === undefined ? "memory" : "note",
              ...rest,
              ...(paragraphs === undefined ? {} : { paragraphs }),
            }),
          );
          const story = parts.join("").trimEnd();
          const found = assembleContext(story, { entries: given, avoid }, budget, guided, words);
          expect(found.tokens.length).toBeLessThanOrEqual(budget);
          expect(found.against?.length ?? 0).toBeLessThanOrEqual(budget);
          expect(words.decode(found.tokens)).toBe(found.text);
          expect(found.segments.map(({ from, to }) => found.text.slice(from, to)).join("")).toBe(found.text);
          expect(found.segments.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(found.tokens.length);
          const told = found.segments.filter(({ origin }) => origin === "story");
          const end = told.map(({ from, to }) => found.text.slice(from, to)).join("");
          expect(story.endsWith(end)).toBe(true);
          const kept = found.segments.length - told.length;
          const out = found.left.filter(({ origin }) => origin !== "story").length;
          expect(kept + out).toBe(given.filter(({ text }) => text.trim() !== "").length);
        },
      ),
    );
  });
});
