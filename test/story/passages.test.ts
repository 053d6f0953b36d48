import { ChangeSet } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDocument, documentText, type StoryDocument } from "../../src/story/document.ts";
import { applyEdit, replaceRange } from "../../src/story/edit.ts";
import { type Origin, originAt, passagesBetween } from "../../src/story/passages.ts";

const WRITER: Origin = { by: "writer" };
const model = (generation = "g"): Origin => ({ by: "model", generation });

/** `a{b}c`: the model wrote b. */
function read(page: string): StoryDocument {
  const passages: { from: number; to: number; generation: string }[] = [];
  let text = "";
  let from = 0;
  for (const character of page) {
    if (character === "{") from = text.length;
    else if (character === "}") passages.push({ from, to: text.length, generation: "g" });
    else text += character;
  }
  return { ...createDocument(text), passages };
}

function show(document: StoryDocument): string {
  let text = documentText(document);
  for (const { from, to } of [...document.passages].reverse()) {
    text = `${text.slice(0, from)}{${text.slice(from, to)}}${text.slice(to)}`;
  }
  return text;
}

describe("passages", () => {
  it.each<[string, [number, number, string], Origin, string]>([
    ["one {two} three", [5, 5, "X"], WRITER, "one {t}X{wo} three"],
    ["one {two} three", [4, 4, "X"], WRITER, "one X{two} three"],
    ["one {two} three", [7, 7, "X"], WRITER, "one {two}X three"],
    ["one {two} three", [5, 6, ""], WRITER, "one {to} three"],
    ["one {two} three", [5, 6, "X"], WRITER, "one {t}X{o} three"],
    ["one {two} three", [2, 5, ""], WRITER, "on{wo} three"],
    ["one {two} three", [0, 13, ""], WRITER, ""],
    ["one {two} three", [4, 7, "2"], WRITER, "one 2 three"],
    ["one {two} three", [7, 7, "!"], model(), "one {two!} three"],
    ["one {two} three", [4, 4, "!"], model(), "one {!two} three"],
    ["one {two} three", [5, 5, "!"], model("other"), "one {t}{!}{wo} three"],
    ["one", [3, 3, " two"], model(), "one{ two}"],
    ["{a}b{c}", [1, 2, ""], WRITER, "{ac}"],
  ])("%s, %j by %j: %s", (before, [from, to, insert], origin, after) => {
    const document = read(before);
    expect(show(applyEdit(document, replaceRange(document, from, to, insert, origin)))).toBe(after);
  });

  it("stay in order, apart and true to who wrote each character, whatever is edited", () => {
    const edits = fc.array(
      fc.record({
        at: fc.nat(),
        remove: fc.nat({ max: 6 }),
        insert: fc.string({ maxLength: 5, unit: fc.constantFrom("a", "b", " ", "\n") }),
        by: fc.constantFrom<Origin>(WRITER, model("x"), model("y")),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(edits, (list) => {
        let document = createDocument("seed text");
        // The same story as a list of characters, each with its author.
        let authors: (string | null)[] = [...documentText(document)].map(() => null);
        for (const { at, remove, insert, by } of list) {
          const from = at % (document.text.length + 1);
          const to = Math.min(document.text.length, from + remove);
          document = applyEdit(document, replaceRange(document, from, to, insert, by));
          const author = by.by === "model" ? by.generation : null;
          authors = [...authors.slice(0, from), ...[...insert].map(() => author), ...authors.slice(to)];
        }
        const { passages } = document;
        for (const [i, passage] of passages.entries()) {
          expect(passage.from).toBeLessThan(passage.to);
          expect(passage.from).toBeGreaterThanOrEqual(passages[i - 1]?.to ?? 0);
        }
        for (const [pos, author] of authors.entries()) {
          const origin = originAt(passages, pos);
          expect(origin.by === "model" ? origin.generation : null).toBe(author);
        }
      }),
    );
  });

  it("are found by place", () => {
    const { passages } = read("a{b}c{d}e{f}");
    expect(passagesBetween(passages, 0, 1)).toEqual([]);
    expect(passagesBetween(passages, 1, 4)).toEqual([passages[0], passages[1]]);
    expect(passagesBetween(passages, 2, 3)).toEqual([]);
    expect(passagesBetween(passages, 5, 99)).toEqual([passages[2]]);
  });

  it("grow token by token without end", () => {
    let document = createDocument("");
    for (let i = 0; i < 3000; i++) {
      document = applyEdit(document, replaceRange(document, i, i, "x", model()));
    }
    expect(document.passages).toEqual([{ from: 0, to: 3000, generation: "g" }]);
  });
});

describe("an edit", () => {
  it("refuses places outside the story", () => {
    expect(() => replaceRange(createDocument("abc"), 2, 9, "", WRITER)).toThrow(/2 to 9 in a story of 3/u);
    const changes = ChangeSet.of({ from: 0, insert: "x" }, 7);
    expect(() => applyEdit(createDocument("abc"), { changes, origin: WRITER })).toThrow(RangeError);
  });
});
