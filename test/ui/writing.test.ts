import { describe, expect, it } from "vitest";
import { currentDocument } from "../../src/story/history.ts";
import { isDirty } from "../../src/ui/model.ts";
import { CARD, Desk } from "./desk.ts";

describe("typing", () => {
  it.each([
    ["The |sat", ["cat ".split("")].flat(), "The cat |sat"],
    ["The [cat| sat", ["d", "o", "g"], "The dog| sat"],
    ["The |cat] sat", ["backspace"], "The | sat"],
    ["one|", ["enter", "t"], "one\nt|"],
    ["a 👩‍👩‍👧|", ["backspace"], "a |"],
    ["one two|", ["ctrl+w"], "one |"],
    ["|one two", ["delete"], "|ne two"],
    ["|one two", ["ctrl+delete"], "| two"],
    ["one [two|", ["ctrl+x", "home", "ctrl+v"], "two|one "],
    ["one two|", ["shift+ctrl+left", "ctrl+c", "end", "ctrl+v"], "one twotwo|"],
    ["|one", ["ctrl+a", "x"], "x|"],
    ["one\n\ntwo|", ["ctrl+home", "shift+ctrl+end"], "[one\n\ntwo|"],
  ])("%s + %j = %s", (before, keys, after) => {
    expect(new Desk(before).press(...keys).page()).toBe(after);
  });

  it("takes words that come at once as if they were typed one by one", () => {
    const keys = "the lighthouse keeper's cat";
    const [slow, fast] = [new Desk("|").type(keys), new Desk("|")];
    fast.send({ type: "typed", text: keys, at: 1_000_000 });
    for (const page of ["the lighthouse keeper's |", "the lighthouse |", "the |", "|"]) {
      expect(slow.press("ctrl+z").page()).toBe(page);
      expect(fast.press("ctrl+z").page()).toBe(page);
    }
    const long = "a word or two ".repeat(100);
    const desk = new Desk("|").send({ type: "typed", text: long, at: 1_000_000 });
    expect(desk.text()).toBe(long);
    expect(desk.press("ctrl+z").text()).toBe(long.slice(0, -"two ".length));
  });

  it("takes a whole paste as one revision", () => {
    const desk = new Desk("|end");
    desk.paste("line one\nline two\n");
    expect(desk.page()).toBe("line one\nline two\n|end");
    expect(desk.press("ctrl+z").text()).toBe("end");
  });

  it("undoes typing by words and redoes it", () => {
    const desk = new Desk("|").type("one two");
    expect(desk.press("ctrl+z").text()).toBe("one ");
    expect(desk.press("ctrl+z").text()).toBe("");
    expect(desk.press("ctrl+y", "ctrl+y").text()).toBe("one two");
  });

  it("records every edit", () => {
    const desk = new Desk("|").type("ab").press("ctrl+z");
    expect(desk.records().map(({ type }) => type)).toEqual(["edit", "edit", "jump"]);
  });

  it("changes nothing in a story that is open elsewhere", () => {
    const desk = new Desk("safe|");
    desk.model = { ...desk.model, file: { ...desk.model.file, readOnly: true } };
    desk.type("x").press("backspace", "tab");
    expect(desk.text()).toBe("safe");
    expect(desk.effects).toEqual([]);
    expect(desk.model.notice?.kind).toBe("warning");
  });
});

describe("a continuation", () => {
  const asked = () => new Desk("Once upon|").press("tab");

  it("is asked for with what stands before and after the cursor", () => {
    const desk = new Desk("Once |upon").press("tab");
    expect(desk.requested()).toMatchObject({ task: "continue", before: "Once ", choices: 1 });
  });

  it("streams outside the story and becomes the model's passage when accepted", () => {
    const desk = asked().begin().stream(" a time");
    expect(desk.ghost()).toBe(" a time");
    expect(desk.text()).toBe("Once upon");
    desk.finish().press("tab");
    expect(desk.marked()).toBe("Once upon{ a time}");
    expect(desk.page()).toBe("Once upon a time|");
    expect(desk.ghost()).toBeNull();
  });

  it("is one undo", () => {
    const desk = asked().answer(" a time there was").press("tab").type("!");
    expect(desk.marked()).toBe("Once upon{ a time there was}!");
    expect(desk.press("ctrl+z", "ctrl+z").text()).toBe("Once upon");
    expect(desk.press("ctrl+y").marked()).toBe("Once upon{ a time there was}");
  });

  it("can be taken word by word", () => {
    const desk = asked().answer(" a time there").press("ctrl+right", "ctrl+right");
    expect(desk.marked()).toBe("Once upon{ a time}");
    expect(desk.ghost()).toBe(" there");
    desk.press("escape");
    expect(desk.records("outcome")).toMatchObject([{ outcome: "accepted", text: " a time" }]);
  });

  it("can be taken word by word while it streams", () => {
    const desk = asked().begin().stream(" a time").press("ctrl+right").stream(" there");
    expect(desk.marked()).toBe("Once upon{ a}");
    expect(desk.ghost()).toBe(" time there");
  });

  it("stops with Esc, leaves with a second Esc", () => {
    const desk = asked().begin().stream(" a").press("escape");
    expect(desk.effects.at(-1)).toMatchObject({ type: "cancel" });
    desk.finish();
    expect(desk.ghost()).toBe(" a");
    desk.press("escape");
    expect(desk.ghost()).toBeNull();
    expect(desk.records("outcome")).toMatchObject([{ outcome: "rejected" }]);
  });

  it("moves with edits made elsewhere meanwhile", () => {
    const desk = asked().begin().stream(" a");
    desk.press("ctrl+home").type("So: ").finish().press("tab");
    expect(desk.marked()).toBe("So: Once upon{ a}");
  });

  it("offers other choices and asks for one more beyond the last", () => {
    const desk = new Desk("Once|", { choices: 2 }).press("tab").answer(" one", " two");
    expect(desk.press("alt+down").ghost()).toBe(" two");
    expect(desk.press("alt+up").ghost()).toBe(" one");
    const before = desk.requested().id;
    desk.press("alt+down", "alt+down");
    expect(desk.requested().id).not.toBe(before);
    desk.answer(" three");
    expect(desk.ghost()).toBe(" three");
    expect(desk.press("tab").marked()).toBe("Once{ three}");
    const outcomes = desk.records("outcome");
    expect(outcomes).toMatchObject([{ outcome: "rejected" }, { outcome: "accepted" }]);
  });

  it("is recorded with prompt, seed, model and tokens", () => {
    const desk = asked().answer(" a time");
    expect(desk.records("generation")).toMatchObject([
      {
        task: "continue",
        seed: 7,
        prompt: { tokens: [1, 2] },
        model: { fingerprint: "00112233445566ff" },
        choices: [{ text: " a time", tokens: [5, 5], finish_reason: "length" }],
      },
    ]);
  });

  it("keeps and records what had arrived when the engine dies", () => {
    const desk = asked().begin().stream(" a time").fail("the engine stopped");
    expect(desk.ghost()).toBe(" a time");
    expect(desk.model.notice).toEqual({ kind: "warning", text: "the engine stopped" });
    expect(desk.records("generation")).toMatchObject([{ choices: [{ finish_reason: "cancelled" }] }]);
    expect(desk.press("tab").marked()).toBe("Once upon{ a time}");
  });

  it("gives way to other words typed in its place, and is used up by the same words", () => {
    const same = asked().answer(" a time").type(" a");
    expect(same.ghost()).toBe(" time");
    expect(same.press("tab").marked()).toBe("Once upon a{ time}");
    const other = asked().begin().stream(" a").type("!");
    expect(other.ghost()).toBeNull();
    expect(other.text()).toBe("Once upon!");
    expect(other.effects).toContainEqual({ type: "cancel", id: "g1" });
  });

  it.each([
    ["It was dark. |The wind blew.", " And cold.", "It was dark. { And cold. }The wind blew."],
    ["It was| dark.", " very", "It was{ very} dark."],
    ["It was |dark.", "very", "It was {very }dark."],
    ["|# Title", "Before.", "{Before.\n\n}# Title"],
    ["One.|\n\nTwo.", " More.", "One.{ More.}\n\nTwo."],
    ["One|, two.", " more", "One{ more}, two."],
  ])("runs no words together: %j and %j", (page, text, marked) => {
    expect(new Desk(page).press("tab").answer(text).press("tab").marked()).toBe(marked);
    const words = new Desk(page).press("tab").answer(text);
    for (let i = 0; i < 5 && words.ghost(); i++) words.press("ctrl+right");
    expect(words.marked()).toBe(marked);
  });

  it("goes on elsewhere when another choice is wanted after some words of this one", () => {
    const desk = asked().answer(" a time").press("ctrl+right", "alt+down");
    expect(desk.requested()).toMatchObject({ before: "Once upon a" });
    expect(desk.answer(" while ago").press("tab").marked()).toBe("Once upon{ a}{ while ago}");
  });

  it("ends with a sentence in the middle of a story, and where the writer says so at its end", () => {
    const middle = new Desk("Once upon| a time.").press("tab").requested();
    expect(middle.settings.finish_sentence).toBe(true);
    expect(new Desk("Once upon|").press("tab").requested().settings.finish_sentence).toBe(false);
    expect(new Desk("Once upon|\n\n").press("tab").requested().settings.finish_sentence).toBe(false);
  });

  it("is one where greedy would write the same for all, and says so when another is wanted", () => {
    const settings = { ...new Desk("|").model.settings, greedy: true };
    const desk = new Desk("Once upon|", { settings, choices: 3 }).press("tab");
    expect(desk.requested()).toMatchObject({ choices: 1 });
    const before = desk.answer(" a time").effects.length;
    desk.press("alt+down");
    expect(desk.model.notice?.text).toContain("greedy writes the same");
    expect(desk.effects.slice(before).filter(({ type }) => type === "generate")).toEqual([]);
  });

  it("is recorded too when it is accepted or dropped while it streams", () => {
    const accepted = asked().begin().stream(" a time").press("tab").finish();
    expect(accepted.marked()).toBe("Once upon{ a time}");
    expect(accepted.records("generation")).toMatchObject([{ choices: [{ text: " a time" }] }]);
    const dropped = asked().begin().stream(" a").press("ctrl+r");
    const first = dropped.records("outcome")[0];
    expect(first).toMatchObject({ outcome: "rejected", generation: "g1" });
    const timing = { prefillMs: 1, prefillTokens: 1, decodeMs: 1, decodeTokens: 1 };
    dropped.send({
      type: "generation",
      id: "g1",
      at: 9,
      event: { type: "finished", cancelled: true, timing },
    });
    expect(dropped.records("generation")).toMatchObject([{ id: "g1", cancelled: true }]);
    expect(dropped.model.ending).toEqual([]);
    const left = asked().begin().stream(" a").press("ctrl+q");
    expect(left.records("generation")).toMatchObject([{ choices: [{ text: " a" }], cancelled: true }]);
  });

  it("leaves the page when the story is taken back to before its place", () => {
    const desk = new Desk("|").type("Once upon").press("tab").answer(" a time");
    desk.press("ctrl+z", "ctrl+z");
    expect(desk.text()).toBe("");
    expect(desk.model.selection.head).toBe(0);
  });
});

describe("a rewrite", () => {
  it("never takes the place of front matter", () => {
    const all = new Desk("[---\nmemory: Mira.\n---\nIt rained.|").press("ctrl+r");
    expect(all.requested()).toMatchObject({ task: "rewrite", selected: "It rained." });
    const inside = new Desk("---\nmemory: |Mira.\n---\nIt rained.").press("ctrl+r");
    expect(inside.effects.filter(({ type }) => type === "generate")).toEqual([]);
    expect(inside.model.notice?.text).toContain("front matter");
  });

  it("takes the selection, shows the best candidate, and replaces it as one undoable edit", () => {
    const desk = new Desk("It was [dark|. He left.").press("ctrl+r");
    expect(desk.requested()).toMatchObject({
      task: "rewrite",
      before: "It was ",
      selected: "dark",
      after: ". He left.",
    });
    desk.answer("black as a stove", "dim", "night");
    expect(desk.press("alt+down", "alt+up").ghost()).toBe("black as a stove");
    desk.press("tab");
    expect(desk.marked()).toBe("It was {black as a stove}. He left.");
    expect(desk.press("ctrl+z").text()).toBe("It was dark. He left.");
  });

  it("takes the sentence at the cursor when nothing is selected", () => {
    const desk = new Desk("It was dark. He le|ft. She stayed.").press("ctrl+r");
    expect(desk.requested()).toMatchObject({ selected: "He left." });
  });

  it("is withdrawn when its passage is edited", () => {
    const desk = new Desk("It was [very dark|.").press("ctrl+r").answer("dim");
    desk.press("left", "right").type("!");
    expect(desk.text()).toBe("It was v!ery dark.");
    expect(desk.ghost()).toBeNull();
    expect(desk.records("outcome")).toMatchObject([{ outcome: "rejected" }]);
  });
});

describe("reading ahead", () => {
  const prepared = (desk: Desk) =>
    desk.effects.flatMap((effect) => (effect.type === "prepare" ? [effect.request] : []));

  it("is asked for when the writer rests, with what Tab would ask for", () => {
    const desk = new Desk("Once upon a| There was more.").type(" time").rest();
    const [ahead] = prepared(desk);
    desk.press("tab");
    expect(ahead).toEqual({ ...desk.requested(), id: ahead?.id });
    expect(ahead).toMatchObject({ before: "Once upon a time", after: " There was more." });
  });

  it("ends with the next key, and begins anew with the next rest, but not twice for the same", () => {
    const desk = new Desk("Once|").rest().rest();
    expect(prepared(desk).map((request) => request?.before)).toEqual(["Once"]);
    desk.type(" u").rest().press("left").press("right").rest();
    expect(prepared(desk).map((request) => request?.before ?? null)).toEqual([
      "Once",
      null,
      "Once u",
      null,
      "Once u",
    ]);
  });

  it("asks for nothing while there is nothing to stop", () => {
    expect(prepared(new Desk("Once|").type(" upon a time").press("left"))).toEqual([]);
  });

  it.each([
    ["the model is not loaded", { engine: { status: "loading", card: null, tokensPerSecond: null } }],
    ["the engine stopped", { engine: { status: "stopped", card: CARD, tokensPerSecond: null } }],
    ["the story is open elsewhere", { file: { path: "a", sha256: null, savedText: null, readOnly: true } }],
    ["a question is open", { dialog: { kind: "help", top: 0, query: "" } }],
  ] as const)("does not happen while %s", (_, changes) => {
    expect(prepared(new Desk("Once|", changes).rest())).toEqual([]);
  });

  it("does not happen while the model writes, and not while something is on offer", () => {
    const desk = new Desk("Once|").press("tab").begin().stream(" upon").rest();
    desk.answer(" upon a time").rest();
    expect(prepared(desk)).toEqual([]);
    desk.press("tab").rest();
    expect(desk.text()).toBe("Once upon a time");
    expect(prepared(desk).map((request) => request?.before)).toEqual(["Once upon a time"]);
  });

  it("waits for a dropped generation to end", () => {
    const desk = new Desk("Once|").press("tab").begin().stream(" upon").type("!").rest();
    expect(prepared(desk)).toEqual([]);
    desk.finish().rest();
    expect(prepared(desk).map((request) => request?.before)).toEqual(["Once!"]);
  });

  it("follows the length that is wanted: it decides how much of the story is read", () => {
    const desk = new Desk("Once|").rest();
    desk.send({ type: "command", command: "nextControl", at: 0, id: "x" });
    desk.send({ type: "command", command: "moreControl", at: 0, id: "x" }).rest();
    expect(prepared(desk).map((request) => request?.settings.length)).toEqual([60, undefined, 65]);
  });
});

describe("controls", () => {
  it("move settings by keys and are remembered", () => {
    const desk = new Desk("|").press("ctrl+t", "right", "right", "down", "left");
    expect(desk.model.settings).toMatchObject({ temperature: 0.9, length: 55 });
    expect(desk.effects).toContainEqual({ type: "remember", key: "temperature", value: 0.9 });
    desk.press("backspace", "escape").type("x");
    expect(desk.model.settings.length).toBe(60);
    expect(desk.text()).toBe("x");
  });

  it("reach the next request", () => {
    const desk = new Desk("Once|").press("ctrl+t", "right", "ctrl+t", "tab");
    expect(desk.requested().settings.temperature).toBeCloseTo(0.85);
  });
});

describe("saving", () => {
  it("leaves at once when there is nothing to save, and after the save when there is", () => {
    expect(new Desk("kept|").press("ctrl+q").effects).toEqual([{ type: "quit" }]);
    const desk = new Desk("|").type("x").press("ctrl+q");
    expect(desk.effects.at(-1)).toMatchObject({ type: "save", expectedSha256: "file" });
    const { text } = currentDocument(desk.model.tree);
    desk.send({ type: "saved", text, sha256: "new", path: "tale.md", at: 5 });
    expect(desk.effects.at(-1)).toEqual({ type: "quit" });
    expect(desk.model.file).toMatchObject({ sha256: "new", savedText: text });
  });

  it("knows what is not on disk yet, also where typing goes on in a saved revision", () => {
    const desk = new Desk("|").type("a").press("ctrl+s");
    const { text } = currentDocument(desk.model.tree);
    desk.send({ type: "saved", text, sha256: "s", path: "tale.md", at: 5 });
    expect(isDirty(desk.model)).toBe(false);
    expect(isDirty(desk.type("b").model)).toBe(true);
  });

  it("asks before overwriting what another program wrote", () => {
    const desk = new Desk("|").type("x").press("ctrl+s");
    desk.send({ type: "saveFailed", text: "changed", changedOnDisk: true, path: "tale.md", byItself: false });
    expect(desk.model.dialog).toMatchObject({ kind: "changedOnDisk" });
    desk.type("o");
    expect(desk.effects.at(-1)).toMatchObject({ type: "save", overwrite: true });
  });

  it("can take over what another program wrote; the writer's text stays one undo away", () => {
    const desk = new Desk("|").type("mine").press("ctrl+s");
    desk
      .send({ type: "saveFailed", text: "changed", changedOnDisk: true, path: "tale.md", byItself: false })
      .type("r");
    expect(desk.effects.at(-1)).toEqual({ type: "reload", path: "tale.md" });
    desk.send({ type: "reloaded", text: "theirs", sha256: "t", at: 9 });
    expect(desk.text()).toBe("theirs");
    expect(desk.press("ctrl+z").text()).toBe("mine");
  });

  it("saves by itself while a page is only read, and leaves the page open", () => {
    const desk = new Desk("|").type("x").press("alt+c").send({ type: "autosave" });
    const save = desk.effects.find(({ type }) => type === "save");
    expect(save).toBeDefined();
    const { text } = currentDocument(desk.model.tree);
    desk.send({ type: "saved", text, sha256: "new", path: "tale.md", at: 1 });
    expect(desk.model.dialog).toMatchObject({ kind: "context" });
  });

  it("puts no question to a writer who did not ask for a save: letters are never taken for answers", () => {
    const desk = new Desk("|").type("x").send({ type: "autosave" });
    expect(desk.effects.at(-1)).toMatchObject({ type: "save", byItself: true });
    desk.send({ type: "saveFailed", text: "changed", changedOnDisk: true, path: "tale.md", byItself: true });
    expect(desk.model).toMatchObject({ dialog: null, notice: { kind: "warning" } });
    expect(desk.type("or").text()).toBe("xor");
  });

  it("leaves with a copy kept elsewhere when the story cannot be saved", () => {
    const desk = new Desk("|").type("x").press("ctrl+q");
    desk
      .send({ type: "saveFailed", text: "no", changedOnDisk: false, path: "tale.md", byItself: false })
      .type("q");
    expect(desk.effects.at(-1)).toMatchObject({ type: "abandon" });
    desk.send({ type: "abandonFailed", text: "nowhere to write" });
    expect(desk.model).toMatchObject({
      quitting: false,
      dialog: { kind: "saveFailed", message: "nowhere to write" },
    });
  });

  it("asks for the name again when the story cannot be saved under it", () => {
    const desk = new Desk("|").type("x").press("f2", "ctrl+w").type("gone/a.md").press("enter");
    desk.send({
      type: "saveFailed",
      text: "no folder",
      changedOnDisk: false,
      path: "gone/a.md",
      byItself: false,
    });
    expect(desk.model.dialog).toMatchObject({ kind: "saveAs", input: "gone/a.md" });
    expect(desk.model.notice?.text).toBe("no folder");
  });

  it("does not leave when the disk is full", () => {
    const desk = new Desk("|").type("x").press("ctrl+q");
    desk.send({
      type: "saveFailed",
      text: "disk full",
      changedOnDisk: false,
      path: "tale.md",
      byItself: false,
    });
    expect(desk.effects.some((effect) => effect.type === "quit")).toBe(false);
    expect(desk.model.dialog).toMatchObject({ kind: "saveFailed", message: "disk full" });
    expect(desk.press("escape").type("y").text()).toBe("xy");
  });

  it("asks for another name and writes there", () => {
    const desk = new Desk("|").type("x").press("f2", "ctrl+w").type("other.md").press("enter");
    expect(desk.effects.at(-1)).toMatchObject({ type: "save", path: "other.md", expectedSha256: null });
  });
});

it("a warning stays when the story is saved by itself, unless it was of a save", () => {
  const desk = new Desk("One|").type(".").press("tab").fail("The engine stopped. Memory may not suffice.");
  desk.send({ type: "autosave" });
  const { text } = currentDocument(desk.model.tree);
  desk.send({ type: "saved", text, sha256: "s", path: "tale.md", at: 9 });
  expect(desk.model.notice?.text).toContain("Memory may not suffice");
  desk.type("x").send({ type: "autosave" });
  desk.send({
    type: "saveFailed",
    text: "the disk is full",
    changedOnDisk: false,
    path: "tale.md",
    byItself: true,
  });
  expect(desk.model.notice?.text).toBe("the disk is full");
  desk.send({ type: "autosave" });
  const later = currentDocument(desk.model.tree).text;
  desk.send({ type: "saved", text: later, sha256: "t", path: "tale.md", at: 9 });
  expect(desk.model.notice).toBeNull();
});
