import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Field, type FieldKey, fieldView, pressField, typeInto } from "../../src/ui/field.ts";
import { cellWidth } from "../../src/ui/terminal/widths.ts";

/** `lam|p`: the text with the cursor in it. */
function read(shown: string): Field {
  return { text: shown.replace("|", ""), at: shown.indexOf("|") };
}

function show({ text, at }: Field): string {
  return `${text.slice(0, at)}|${text.slice(at)}`;
}

describe("a field", () => {
  it.each<[string, FieldKey, string]>([
    ["la|mp", "left", "l|amp"],
    ["|lamp", "left", "|lamp"],
    ["la|mp", "right", "lam|p"],
    ["lamp|", "right", "lamp|"],
    ["la|mp", "start", "|lamp"],
    ["la|mp", "end", "lamp|"],
    ["la|mp", "erase", "l|mp"],
    ["|lamp", "erase", "|lamp"],
    ["la|mp", "eraseForward", "la|p"],
    ["the old lamp|", "eraseWord", "the old |"],
    ["the ol|d", "eraseAll", "|d"],
    ["👨‍👩‍👧|x", "erase", "|x"],
    ["|👨‍👩‍👧x", "right", "👨‍👩‍👧|x"],
  ])("%j after %s is %j", (before, key, after) => {
    expect(show(pressField(read(before), key))).toBe(after);
  });

  it("takes what is typed and pasted at the cursor, as one line", () => {
    expect(show(typeInto(read("la|p"), "m"))).toBe("lam|p");
    expect(show(typeInto(read("|"), "one\r\ntwo\u0007\tthree"))).toBe("one two\tthree|");
  });

  it("shows the part around the cursor, never wider than there is room", () => {
    expect(fieldView(read("a long search|"), 8)).toEqual({ shown: " search", column: 7 });
    expect(fieldView(read("|a long search"), 8)).toEqual({ shown: "a long ", column: 0 });
    const texts = fc.array(fc.constantFrom("a", "漢", "é", "👩‍🚀", "\t", "\u001b", " "), { maxLength: 30 });
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 3, max: 20 }), (before, after, cells) => {
        const field = { text: [...before, ...after].join(""), at: before.join("").length };
        const { shown, column } = fieldView(field, cells);
        expect(cellWidth(shown)).toBeLessThan(cells);
        expect(column).toBeLessThan(cells);
      }),
    );
  });
});
