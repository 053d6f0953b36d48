import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storyWords } from "../../src/story/spelling-range.ts";
import type { Checked, SpellingServices } from "../../src/ui/spelling-effects.ts";
import { createSpeller } from "../../src/ui/spelling-performer.ts";
import { findMisspelling } from "../../src/ui/spelling-search.ts";

const NOBODY = new Set<string>();
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Every word with a `z` is wrong. */
function paper(words: readonly string[], own: ReadonlySet<string> = NOBODY): Checked {
  return { verdicts: new Map(words.map((word) => [word, !word.includes("z")])), own, ignored: NOBODY };
}

function speller(services: Partial<SpellingServices>) {
  const heard: unknown[] = [];
  const perform = createSpeller(
    {
      check: async (_name, words) => paper(words),
      suggest: async () => [],
      keep: async () => {},
      ...services,
    },
    (message) => heard.push(message),
    (error) => (error instanceof Error ? `told: ${error.message}` : "?"),
  );
  return { heard, perform };
}

describe("the speller", () => {
  it("asks one thing at a time: what is asked meanwhile is asked again later", async () => {
    let asked = 0;
    const { heard, perform } = speller({
      async check(_name, words) {
        asked++;
        await settled();
        return paper(words);
      },
    });
    perform({ type: "spell", dictionary: "en", words: ["lamp"] });
    perform({ type: "spell", dictionary: "en", words: ["lamp", "zzz"] });
    await settled();
    await settled();
    expect(asked).toBe(1);
    expect(heard).toEqual([{ type: "spelled", dictionary: "en", ...paper(["lamp"]) }]);
    perform({ type: "spell", dictionary: "en", words: ["zzz"] });
    await settled();
    expect(asked).toBe(2);
  });

  it("suggests the likeliest first, names of the writer's own too, nine at most", async () => {
    const text = Text.of(["Anslem"]);
    const [word] = storyWords(text, 0, 0);
    if (!word) throw new Error("there is a word");
    const { heard, perform } = speller({
      check: async (_name, words) => paper(words, new Set(["Ansel", "Mary"])),
      suggest: async () =>
        ["Anthem", "Islam", ..."abcdefghij"].map((one) => (one.length > 1 ? one : `Ansl${one}xx`)),
    });
    perform({ type: "suggest", dictionary: "en", text, word });
    await settled();
    const { found } = heard[0] as { found: { suggestions: readonly string[] } };
    expect(found.suggestions).toHaveLength(9);
    expect(found.suggestions[0]).toBe("Ansel");
    expect(found.suggestions).not.toContain("Mary");
  });

  it.each([
    { type: "spell", dictionary: "xx", words: ["a"] },
    { type: "seekMisspelling", dictionary: "xx", text: Text.of(["lamp"]), from: 0 },
  ] as const)("tells of a dictionary that cannot be used: $type", async (effect) => {
    const { heard, perform } = speller({ check: () => Promise.reject(new Error("no such thing")) });
    perform(effect);
    await settled();
    expect(heard).toEqual([{ type: "spellingFailed", dictionary: "xx", text: "told: no such thing" }]);
    // It is no longer busy with it.
    perform(effect);
    await settled();
    expect(heard).toHaveLength(2);
  });

  it("warns where a word cannot be kept", async () => {
    const { heard, perform } = speller({ keep: () => Promise.reject(new Error("the disk is full")) });
    perform({ type: "keepWord", word: "Ansel", list: "dictionary", story: "a.md" });
    await settled();
    expect(heard).toEqual([{ type: "notice", kind: "warning", text: "told: the disk is full" }]);
  });
});

describe("the search for the next misspelled word", () => {
  it("is the first one from the place on, round the end, whatever the slices", async () => {
    const line = fc.array(fc.constantFrom("lamp", "zz", "`zz`", "keeper-zoo", "x1", "it"), {
      maxLength: 400,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 40 }), fc.nat(), async (lines, place) => {
        const text = Text.of(lines.map((words) => words.join(" ")));
        const from = place % (text.length + 1);
        const wrong = storyWords(text, 0, text.length).filter((word) => word.text.includes("z"));
        const expected = wrong.find((word) => word.from >= from) ?? wrong[0] ?? null;
        const found = await findMisspelling(text, from, async (words) => paper(words));
        expect(found && { from: found.from, to: found.to }).toEqual(
          expected && { from: expected.from, to: expected.to },
        );
      }),
      { numRuns: 40 },
    );
  });

  it("asks about each word once", async () => {
    const asked: string[] = [];
    await findMisspelling(Text.of(["the lamp ".repeat(5000), "the end"]), 20, async (words) => {
      asked.push(...words);
      return paper(words);
    });
    expect(asked.sort()).toEqual(["end", "lamp", "the"]);
  });
});
