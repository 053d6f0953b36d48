import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageRows } from "../../src/ui/page.ts";
import { createReader } from "../../src/ui/screen-reader/reader.ts";
import { unreadSpelling } from "../../src/ui/spelling.ts";
import type { SpellingEffect } from "../../src/ui/spelling-effects.ts";
import { Desk } from "./desk.ts";

/** What the paper dictionary has; everything else is misspelled. */
const RIGHT = "the it was dark a keeper Keeper lamp lit and late didn't I'd they home going".split(" ");
const isRight = (word: string): boolean => RIGHT.includes(word) || RIGHT.includes(word.toLowerCase());

/** A desk whose spelling is checked by the paper dictionary, and looked at once. */
function checked(page: string, changes: ConstructorParameters<typeof Desk>[1] = {}): Desk {
  const desk = new Desk(page, { spelling: unreadSpelling("en", ["en"]), ...changes });
  return proofread(desk);
}

function last<T extends SpellingEffect["type"]>(desk: Desk, type: T): Extract<SpellingEffect, { type: T }> {
  const found = desk.effects.findLast((effect) => effect.type === type);
  if (!found) throw new Error(`nobody asked to ${type}`);
  return found as Extract<SpellingEffect, { type: T }>;
}

/** The page is looked at; the dictionary answers what it was asked. */
function proofread(desk: Desk): Desk {
  const before = desk.effects.length;
  desk.send({ type: "proofread" });
  if (desk.effects.length === before) return desk;
  return desk.send({ type: "spelled", dictionary: "en", ...answer(desk, last(desk, "spell").words) });
}

function answer(desk: Desk, words: readonly string[]) {
  const { own, ignored } = desk.model.spelling;
  return { verdicts: new Map(words.map((word) => [word, isRight(word)])), own, ignored };
}

/** The writer asks for suggestions, and gets these. */
function suggest(desk: Desk, ...suggestions: string[]): Desk {
  desk.press("alt+$");
  const { text, word, dictionary } = last(desk, "suggest");
  return desk.send({
    type: "suggested",
    dictionary,
    found: { text, word, suggestions },
    checked: answer(desk, word.forms),
  });
}

/** The page's rows with what is marked as misspelled between angles. */
function marked(desk: Desk): string {
  return pageRows(desk.model, desk.layout)
    .map(({ spans }) =>
      spans.map(({ text, style }) => (style.includes("misspelled") ? `‹${text}›` : text)).join(""),
    )
    .join("\n")
    .replaceAll(/ +$|^ +/gmu, "")
    .trim();
}

describe("marks", () => {
  it.each([
    ["It was drak. |", "It was ‹drak›."],
    ["|# Teh lamp", "# ‹Teh› lamp"],
    ["It |was drakk and drak.", "It was ‹drakk› and ‹drak›."],
    ["It didn’t, I’d lampp’s lamp’s.|", "It didn’t, I’d ‹lampp›’s lamp’s."],
    ["The lamp-litt keeper.|", "The lamp-‹litt› keeper."],
    ["They goin' home.|", "They goin' home."],
    ["`drak` NASA x7 https://drak.drk|", "`drak` NASA x7 https://drak.drk"],
    ["---\nmemory: drak\n---\nIt was drak.|", "---\nmemory: drak\n---\nIt was ‹drak›."],
    ["```\ndrak\n```\ndrak.|", "```\ndrak\n```\n‹drak›."],
  ])("%s", (page, expected) => {
    expect(marked(checked(page))).toBe(expected);
  });

  it("are not on the word that is being typed, but on the one before", () => {
    const desk = proofread(checked("It was |").type("drak"));
    expect(marked(desk)).toBe("It was drak");
    expect(last(desk, "spell").words).not.toContain("drak");
    proofread(desk.type(" laamp"));
    expect(marked(desk)).toBe("It was ‹drak› laamp");
    proofread(desk.press("left"));
    expect(marked(desk)).toBe("It was ‹drak› ‹laamp›");
  });

  it("are not on offered words, nor on a word in which these stand", () => {
    const desk = checked("It was drak|en. Laamp.").press("tab").begin().stream(" laamp");
    expect(marked(proofread(desk))).toContain("It was drak laamp en. ‹Laamp›.");
  });

  it("give way to what a search has found", () => {
    const desk = checked("It was drak.|").press("ctrl+f").type("was");
    expect(marked(desk)).not.toContain("‹");
    expect(marked(desk.press("escape"))).toContain("‹drak›");
  });

  it("never change a character of the page, nor where its rows end", () => {
    const words = fc.constantFrom(
      "drak",
      "lamp",
      "laamp’s",
      "`drak`",
      "東京",
      "\t",
      "\n",
      "👩‍🚀",
      "e\u0301x",
      "-",
      "#",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), fc.integer({ min: 24, max: 100 }), (parts, columns) => {
        const page = parts.join(" ");
        const on = checked(page, { columns });
        const off = new Desk(page, { columns });
        const text = (desk: Desk) =>
          pageRows(desk.model, desk.layout).map(({ spans }) => spans.map((span) => span.text).join(""));
        expect(text(on)).toEqual(text(off));
        expect(on.text()).toBe(off.text());
      }),
      { numRuns: 60 },
    );
  });
});

describe("what is asked of the dictionary", () => {
  it("is each unknown word of the page once, and nothing where all are known", () => {
    const desk = new Desk("The keeper and the lamp.|", { spelling: unreadSpelling("en", ["en"]) });
    desk.send({ type: "proofread" });
    expect(last(desk, "spell").words).toEqual(["The", "keeper", "and", "the", "lamp"]);
    const known = proofread(desk);
    known.effects.length = 0;
    expect(known.send({ type: "proofread" }).effects).toEqual([]);
  });

  it("is only what is seen", () => {
    const desk = checked(`|${"It was dark.\n".repeat(100)}drak`);
    expect(desk.model.spelling.verdicts.has("drak")).toBe(false);
    expect(proofread(desk.press("ctrl+end", "left")).model.spelling.verdicts.get("drak")).toBe(false);
  });

  it("is nothing while spelling is off; answers that come too late are not heard", () => {
    const desk = checked("It was drak.|");
    const before = desk.press("f7").model;
    expect(before.spelling.dictionary).toBe("off");
    expect(marked(desk)).toBe("It was drak.");
    desk.effects.length = 0;
    desk.send({ type: "proofread" });
    desk.send({ type: "spelled", dictionary: "en", ...answer(desk, ["drak"]) });
    expect(desk.effects).toEqual([]);
    expect(desk.model).toBe(before);
  });
});

describe("F7", () => {
  it("goes through the dictionaries and off again, and is remembered", () => {
    const desk = new Desk("|", { spelling: unreadSpelling("off", ["en", "de"]) });
    const seen = [1, 2, 3].map(() => desk.press("f7").model.spelling.dictionary);
    expect(seen).toEqual(["en", "de", "off"]);
    expect(desk.effects).toEqual(seen.map((value) => ({ type: "remember", key: "spelling", value })));
  });

  it("is told where a dictionary cannot be used, and spelling is off then", () => {
    const desk = checked("It was drak.|").send({
      type: "spellingFailed",
      dictionary: "en",
      text: "no such thing",
    });
    expect(desk.model.notice).toEqual({ kind: "warning", text: "no such thing" });
    expect(desk.model.spelling.dictionary).toBe("off");
  });

  it("comes to a dictionary that cannot be used last", () => {
    const desk = new Desk("|", { spelling: unreadSpelling("mine", ["mine", "en"]) });
    desk.send({ type: "spellingFailed", dictionary: "mine", text: "no such thing" });
    expect([1, 2, 3].map(() => desk.press("f7").model.spelling.dictionary)).toEqual(["en", "mine", "off"]);
  });
});

describe("the next misspelled word", () => {
  it("is selected, unless the writer went on meanwhile", () => {
    const desk = checked("|It was drak.").press("alt+;");
    const { text, from } = last(desk, "seekMisspelling");
    expect(from).toBe(0);
    const found = { type: "misspelling", text, found: { from: 7, to: 11 } } as const;
    expect(desk.send(found).page()).toBe("It was [drak|.");
    desk.press("ctrl+home").type("x");
    expect(desk.send(found).page()).toBe("x|It was drak.");
  });

  it("is looked for from an open list or search as well", () => {
    const desk = suggest(checked("It dr|ak and laamp."), "dark").press("alt+;");
    const { text, from } = last(desk, "seekMisspelling");
    expect(desk.model.panel).toBeNull();
    desk.send({ type: "misspelling", text, found: { from: 12, to: 17 } });
    expect([from, desk.page()]).toEqual([5, "It drak and [laamp|."]);
    desk
      .press("ctrl+f")
      .press("shift+f7")
      .send({ type: "misspelling", text, found: { from: 3, to: 7 } });
    expect(desk.model.find).toBeNull();
    expect(desk.page()).toBe("It [drak| and laamp.");
  });

  it("is told of where there is none", () => {
    const desk = checked("|It was dark.").press("shift+f7");
    desk.send({ type: "misspelling", text: last(desk, "seekMisspelling").text, found: null });
    expect(desk.model.notice?.text).toBe("no word is misspelled");
  });
});

describe("the list of suggestions", () => {
  it("puts another word in place of the one at the cursor; undo gives it back", () => {
    const desk = suggest(checked("It was dr|ak."), "dark", "drake");
    expect(desk.model.panel?.kind).toBe("spelling");
    expect(desk.page()).toBe("It was [drak|.");
    expect(desk.press("down", "enter").page()).toBe("It was drake|.");
    expect(desk.press("ctrl+z").text()).toBe("It was drak.");
  });

  it("leaves the ending of a possessive, and takes the paragraph's apostrophes", () => {
    expect(suggest(checked("The lam|pp’s"), "lamp").press("enter").text()).toBe("The lamp’s");
    expect(suggest(checked("It di|dnt. It didn’t"), "didn't").press("enter").text()).toBe(
      "It didn’t. It didn’t",
    );
    expect(suggest(checked("It di|dnt."), "didn't").press("enter").text()).toBe("It didn't.");
  });

  it("adds a word to the writer's dictionary: no mark of it is left", () => {
    const desk = suggest(checked("An|sel was Ansel’s ansel."), "Ansgar").press("down", "enter");
    expect(last(desk, "keepWord")).toMatchObject({ word: "Ansel", list: "dictionary" });
    expect(marked(desk)).toBe("Ansel was Ansel’s ‹ansel›.");
  });

  it("passes a word over in this story; in lower case it stands for itself in capitals too", () => {
    const desk = suggest(checked("Xyz|zy and xyzzy.").press("ctrl+end", "left")).press("down", "enter");
    expect(last(desk, "keepWord")).toEqual({
      type: "keepWord",
      word: "xyzzy",
      list: "story",
      story: "tale.md",
    });
    expect(marked(desk)).toBe("Xyzzy and xyzzy.");
  });

  it("goes back to the place with Esc, and opens neither on a right word nor on changed text", () => {
    const desk = suggest(checked("It was dr|ak."), "dark");
    expect(desk.press("escape").page()).toBe("It was dr|ak.");
    const right = suggest(checked("It w|as drak."), "wasp");
    expect(right.model.panel).toBeNull();
    expect(right.model.notice?.text).toContain("no misspelled word here");
    const changed = checked("It was dr|ak.").press("alt+$");
    const { text, word } = last(changed, "suggest");
    changed.type("x").send({
      type: "suggested",
      dictionary: "en",
      found: { text, word, suggestions: ["dark"] },
      checked: answer(changed, word.forms),
    });
    expect(changed.model.panel).toBeNull();
  });

  it("is heard: the word, and each suggestion", () => {
    const desk = checked("It was dr|ak.");
    let said = "";
    const reader = createReader(desk.layout, (text) => {
      said += text;
    });
    reader.tell(desk.model);
    said = "";
    reader.tell(suggest(desk, "dark", "drake").model);
    expect(said).toContain("Spelling. Enter take, Esc back.");
    expect(said).toContain("1 of 4: dark, for “drak”.");
    said = "";
    reader.tell(desk.press("down").model);
    expect(said).toContain("2 of 4: drake.");
    said = "";
    reader.tell(desk.press("enter").model);
    expect(said).toContain("“drak” is now “drake”");
  });
});
