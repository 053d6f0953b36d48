import { describe, expect, it } from "vitest";
import { findNews } from "../../src/ui/screen-reader/find-news.ts";
import { currentLine } from "../../src/ui/screen-reader/line.ts";
import { Desk } from "./desk.ts";

/** What is said after each key. */
function said(desk: Desk, ...keys: string[]): string[] {
  return keys.flatMap((key) => {
    const before = desk.model;
    return findNews(before, desk.press(key).model);
  });
}

describe("the search, told to a screen reader", () => {
  it("says how many places there are, and which one this is", () => {
    const desk = new Desk("|a lamp, a Lamp");
    expect(said(desk, "ctrl+f")).toEqual(["Find. Enter goes on, Tab to the replacement, Esc closes."]);
    desk.type("lam");
    expect(said(desk, "p")).toEqual([]);
    expect(said(desk, "enter", "alt+c", "alt+w", "q", "escape")).toEqual([
      "2 of 2.",
      "Capitals count: on.",
      "1 of 1.",
      "Whole words: on.",
      "not in the story.",
      "Search closed.",
    ]);
  });

  it("says what a place would become", () => {
    const desk = new Desk("|a lamp").press("ctrl+f").type("lamp").press("tab").type("light").press("tab");
    expect(said(desk, "tab")).toEqual([
      "Replacement. Alt+Enter replaces this place, Alt+A all.",
      "lamp would become light.",
    ]);
  });

  it("shows what is typed, with the cursor in it", () => {
    const desk = new Desk("|a lamp").press("ctrl+f").type("lamp").press("left");
    expect(currentLine(desk.model, desk.layout)).toEqual({ text: "Find: lamp", column: 9 });
  });
});
