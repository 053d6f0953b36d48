import { Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedStretches } from "../../src/story/changed-words.ts";
import { documentText } from "../../src/story/document.ts";
import { currentDocument } from "../../src/story/history.ts";
import { CHANGES } from "../../src/ui/panels/changes.ts";
import { Desk } from "./desk.ts";

const text = (words: string): Text => Text.of(words.split("\n"));
const told = (old: string, next: string) =>
  changedStretches(text(old), text(next)).map(({ removed, inserted }) => [removed, inserted]);

describe("changed stretches", () => {
  it("are whole words, and one where they are near each other", () => {
    expect(told("The lamp was lit.", "The lamps were lit.")).toEqual([["lamp was", "lamps were"]]);
    expect(told("One.\n\nTwo.", "One.\n\nTwo.")).toEqual([]);
    expect(told("One.", "One.\nTwo.")[0]?.[1]).toContain("Two.");
    const far = "It rained all day and all of the night.";
    expect(told(`Red.\n${far}\nRed.`, `Blue.\n${far}\nBlue.`)).toEqual([
      ["Red", "Blue"],
      ["Red", "Blue"],
    ]);
  });

  it("put in place of each other, make one text of the other", () => {
    const words = fc.array(fc.constantFrom("one", " ", "two", "\n", ".", "three "), { maxLength: 30 });
    fc.assert(
      fc.property(words, words, (a, b) => {
        const [old, next] = [text(a.join("")), text(b.join(""))];
        const found = changedStretches(old, next);
        for (const { from, to, inserted } of found) expect(next.sliceString(from, to)).toBe(inserted);
        const back = found.reduceRight(
          (whole, { from, to, removed }) => whole.slice(0, from) + removed + whole.slice(to),
          next.toString(),
        );
        expect(back).toBe(old.toString());
      }),
    );
  });
});

describe("the list of changes", () => {
  const desk = (): Desk =>
    new Desk("The lamp was out.\n\nShe slept.|", {
      changed: { before: text("The lamp was lit.\n\nShe slept."), what: "the file as it was saved" },
    });

  it("tells what was there and what is, goes to the place, and takes all of it back", () => {
    const open = desk().press("alt+l", "up", "down");
    expect(CHANGES.lines(open.model, "").map((line) => line.text)).toEqual([
      "take all of it back: the file as it was saved",
      "− lit  + out",
    ]);
    expect(open.model.selection).toEqual({ anchor: 13, head: 16 });
    expect(open.press("enter").page()).toContain("[out|");
    const back = desk().press("alt+l", "up", "enter");
    expect(documentText(currentDocument(back.model.tree))).toBe("The lamp was lit.\n\nShe slept.");
    expect(back.press("ctrl+z").text()).toBe("The lamp was out.\n\nShe slept.");
  });

  it("has what another program wrote, and is empty where nothing did", () => {
    const none = new Desk("Once|").press("alt+l");
    expect(CHANGES.lines(none.model, "")).toEqual([]);
    const other = new Desk("Once upon|");
    other.send({ type: "fileChanged", text: "Once upon a time", sha256: "another", at: 0 });
    expect(other.model.notice?.text).toContain("Alt+L shows them");
    expect(CHANGES.lines(other.press("alt+l").model, "").map((line) => line.text)).toEqual([
      "take all of it back: the story as it was before that",
      "− upon  + upon a time",
    ]);
  });
});
