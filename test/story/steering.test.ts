import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDocument } from "../../src/story/document.ts";
import { bodyStart, frontMatter } from "../../src/story/front-matter.ts";
import { activeLore, type LoreEntry } from "../../src/story/lore.ts";
import { continuePrompt, rewritePrompt, storySteering } from "../../src/story/prompt.ts";
import { mergeSteering, NO_STEERING, parseSteering, steeringAt } from "../../src/story/steering.ts";

/** `"---\nnote: x\n---\n|Once"`: where the story itself begins. */
function body(marked: string): void {
  const [front = "", rest = ""] = marked.split("|");
  expect(bodyStart(Text.of((front + rest).split("\n")))).toBe(front.length);
}

describe("front matter", () => {
  it("stands between two lines at the very start", () => {
    body("---\nnote: x\n---\n\n|Once");
    body("---\n---\n|Once");
    body("---\nnote: x\n...\n|Once");
    body("---\nnote: x\n---|");
    body("|\n---\nnote: x\n---\nOnce");
    body("|Once\n---\nnote: x\n---");
    body("|---\nnote: x");
    body(`|---\n${"line\n".repeat(500)}---\nOnce`);
  });

  it("is found whatever it holds, and nothing else is", () => {
    const line = fc.stringMatching(/^[a-z: -]{0,8}$/u).filter((text) => !/^(---|\.\.\.)\s*$/u.test(text));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.array(line, { maxLength: 4 }), (settings, story) => {
        const text = Text.of(["---", ...settings, "---", ...story]);
        expect(frontMatter(text)?.source).toBe(settings.join("\n"));
        expect(text.sliceString(bodyStart(text)).trimEnd()).toBe(
          story
            .join("\n")
            .replace(/^\s*\n/u, "")
            .trimEnd() || "",
        );
      }),
    );
  });
});

const FRONT = `
title: The Lamp
memory: Mira keeps the light.
note:
  text: Slow and quiet.
  paragraphs: 2
avoid: jokes
ban: [a testament to, {text: Rose, exact: true}]
bias: {sea: 2, storm: -1.5}
include: the lamp
lore:
  - keys: harbour
    text: The harbour froze.
  - {name: boats, keys: ["/boats?/"], all: [ice], not: [summer], text: No boat sails., priority: 5, depth: 1}
  - {always: true, text: It is winter.}
`;

describe("what front matter says", () => {
  it("is read from YAML as a writer types it", () => {
    const { steering, problems } = parseSteering(FRONT);
    expect(problems).toEqual([]);
    expect(steering).toMatchObject({
      memory: "Mira keeps the light.",
      note: "Slow and quiet.",
      noteParagraphs: 2,
      avoid: "jokes",
      ban: [{ text: "a testament to" }, { text: "Rose", exact: true }],
      bias: [
        { text: "sea", weight: 2 },
        { text: "storm", weight: -1.5 },
      ],
      include: ["the lamp"],
    });
    expect(steering.lore.map(({ name, priority, depth, always }) => [name, priority, depth, always])).toEqual(
      [
        ["harbour", 0, 8, false],
        ["boats", 5, 1, false],
        ["lore 3", 0, 8, true],
      ],
    );
  });

  it("tells what is wrong and keeps the rest", () => {
    const tell = (source: string) => parseSteering(source).problems;
    expect(tell("note: [")[0]).toMatch(/^the front matter is not YAML: /u);
    expect(tell("just words")).toEqual(["the front matter must be names with values, such as note: …"]);
    expect(tell("memory: [a]\nnote: fine")).toEqual(["memory must be a text"]);
    expect(parseSteering("memory: [a]\nnote: fine").steering.note).toBe("fine");
    expect(tell("lore: [{text: x}]")).toEqual(["lore 1 has no keys, and is not always on"]);
    expect(tell("lore: [{keys: a}]")).toEqual(["lore 1 must have keys and a text"]);
    expect(tell("lore: [{keys: '/(/', text: x}]")).toEqual([
      "lore 1 has a key that is no regular expression, or one with look-around or references back: /(/",
    ]);
    expect(tell("bias: {sea: much}")).toEqual(["the bias of sea must be a number from -100 to 100"]);
    expect(tell("note: {text: x, paragraphs: 0}")).toEqual([
      "note's paragraphs must be a whole number from 1",
    ]);
    expect(tell("")).toEqual([]);
  });

  it("never throws, whatever stands there", () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()), fc.object());
    const names = fc.constantFrom("memory", "note", "lore", "avoid", "ban", "bias", "include");
    fc.assert(
      fc.property(fc.dictionary(names, value), fc.string(), (fields, junk) => {
        expect(Array.isArray(parseSteering(JSON.stringify(fields)).problems)).toBe(true);
        expect(Array.isArray(parseSteering(junk).problems)).toBe(true);
      }),
    );
  });
});

describe("lore", () => {
  it("is looked for in a moment, however a key is written", () => {
    const entry = (key: string): LoreEntry => {
      return { name: key, text: "x", keys: [key], all: [], not: [], priority: 0, depth: 8, always: false };
    };
    const text = `${"a".repeat(20_000)}!`;
    const began = performance.now();
    expect(activeLore([entry("/(a+)+$/"), entry("/(a|a)*b/"), entry("/(a*)*!/i")], text)).toHaveLength(1);
    // By backtracking it takes longer than the sun will shine.
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  const entry = (rest: Partial<LoreEntry>): LoreEntry => ({
    name: "x",
    text: "x",
    keys: [],
    all: [],
    not: [],
    priority: 0,
    depth: 8,
    always: false,
    ...rest,
  });
  const met = (rest: Partial<LoreEntry>, text: string): boolean =>
    activeLore([entry(rest)], text).length === 1;

  it("is called by its keys: whole words in any casing, or regular expressions", () => {
    expect(met({ keys: ["old harbour"] }, "At the Old\nHarbour.")).toBe(true);
    expect(met({ keys: ["harbour"] }, "harbours")).toBe(false);
    expect(met({ keys: ["/harbours?/"] }, "the harbours")).toBe(true);
    expect(met({ keys: ["/^ice/m"] }, "Cold.\nice")).toBe(true);
    expect(met({ keys: ["O'Brien"] }, "o’brien came")).toBe(true);
    expect(met({ keys: ["a", "b"] }, "only b here")).toBe(true);
  });

  it("may ask for all of some and for none of others", () => {
    const rest = { keys: ["boat"], all: ["ice", "wind"], not: ["summer"] };
    expect(met(rest, "boat ice wind")).toBe(true);
    expect(met(rest, "boat ice")).toBe(false);
    expect(met(rest, "boat ice wind summer")).toBe(false);
    expect(met({ all: ["ice"] }, "ice")).toBe(true);
    expect(met({ always: true }, "")).toBe(true);
  });

  it("looks no further back than its depth", () => {
    const text = "The boat.\n\nTwo.\n\nThree.";
    expect(met({ keys: ["boat"], depth: 2 }, text)).toBe(false);
    expect(met({ keys: ["boat"], depth: 3 }, text)).toBe(true);
  });
});

describe("what is told with a prompt", () => {
  const story = createDocument(`---${FRONT}---\n\nThe boats lay in ice.`);

  it("is the story without its front matter, and what that says", () => {
    const { before, steering } = continuePrompt(story, story.text.length);
    expect(before).toBe("The boats lay in ice.");
    expect(steering?.entries).toEqual([
      { origin: "memory", text: "Mira keeps the light.", priority: 1000 },
      { origin: "lore", name: "boats", text: "No boat sails.", priority: 5 },
      { origin: "lore", name: "lore 3", text: "It is winter.", priority: 0 },
      { origin: "note", text: "Slow and quiet.", priority: 900, paragraphs: 2 },
    ]);
    expect(steering).toMatchObject({ avoid: "jokes", include: ["the lamp"] });
    const at = story.text.toString().indexOf("lay");
    expect(rewritePrompt(story, { from: at, to: at + 3 })).toMatchObject({
      before: "The boats ",
      selected: "lay",
    });
  });

  it("is the front matter itself to a cursor inside", () => {
    const { before, steering } = continuePrompt(story, 20);
    expect(before).toBe(story.text.sliceString(0, 20));
    expect(steering).toBe(undefined);
    expect(storySteering(createDocument("Plain.").text)).toEqual({ steering: NO_STEERING, problems: [] });
  });

  it("is what the command line says over what the story says", () => {
    const over = { ...NO_STEERING, note: "Fast.", ban: [{ text: "sea" }] };
    const merged = mergeSteering(storySteering(story.text).steering, over);
    expect(merged).toMatchObject({ memory: "Mira keeps the light.", note: "Fast.", noteParagraphs: 3 });
    expect(merged.ban.map(({ text }) => text)).toEqual(["a testament to", "Rose", "sea"]);
    expect(steeringAt(NO_STEERING, "x").entries).toEqual([]);
  });
});
