import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeymap, DEFAULT_KEYMAP, hint, type UserKeys } from "../../src/ui/bindings.ts";
import { messageFor } from "../../src/ui/incoming.ts";
import { COMMANDS } from "../../src/ui/keymap.ts";
import { PRESET_NAMES, PRESETS } from "../../src/ui/presets.ts";
import { parseKey } from "../../src/ui/terminal/keys.ts";
import { VIM_START } from "../../src/ui/vim.ts";
import { Desk } from "./desk.ts";

describe.each(PRESET_NAMES)("the preset %s", (preset) => {
  const { keymap, problems } = createKeymap(preset);

  it("knows every key that it names, and gives none to two commands of one context", () => {
    expect(problems).toEqual([]);
    const seen = new Map<string, string>();
    for (const { name, context, keys } of keymap.commands) {
      for (const key of keys) {
        for (const part of key.split(" ")) expect(() => parseKey(part)).not.toThrow();
        expect([key, context, seen.get(`${context} ${key}`)]).toEqual([key, context, undefined]);
        seen.set(`${context} ${key}`, name);
      }
    }
  });

  it("changes only commands that there are, and leaves a way to write, save, get help and quit", () => {
    const names = new Set<string>(COMMANDS.map(({ name }) => name));
    for (const name of Object.keys(PRESETS[preset])) expect(names).toContain(name);
    for (const name of [
      "continue",
      "accept",
      "dismiss",
      "rewrite",
      "save",
      "help",
      "palette",
      "quit",
    ] as const) {
      expect([name, hint(keymap, name)]).not.toEqual([name, ""]);
    }
  });

  it("has no key in the story that is reached before by one for anywhere", () => {
    for (const { name, context, keys } of keymap.commands) {
      if (context !== "anywhere") continue;
      for (const key of keys) {
        const { command, more } = keymap.lookUp(key.split(" "), ["story", "anywhere"]);
        expect([key, command ?? (more ? name : null)]).toEqual([key, name]);
      }
    }
  });
});

describe("keys of one's own", () => {
  it("take the place of the table's, also where another command has them", () => {
    const { keymap, problems, taken } = createKeymap("default", {
      continue: ["Ctrl+Space", "tab"],
      cut: null,
      save: "ctrl+z",
    });
    expect(problems).toEqual([]);
    expect(taken).toEqual(["keys.save: Ctrl+Z is taken from undo: it has no other key"]);
    expect(keymap.lookUp(["ctrl+space"], ["story"]).command).toBe("continue");
    expect(keymap.lookUp(["ctrl+x"], ["story", "anywhere"]).command).toBeNull();
    expect(keymap.lookUp(["ctrl+z"], ["anywhere"]).command).toBe("save");
    expect(keymap.commands.find(({ name }) => name === "undo")?.keys).toEqual([]);
    expect(hint(keymap, "continue")).toBe("Ctrl+Space");
  });

  it.each([
    [{ contine: "tab" }, 'no command is called "contine"'],
    [{ find: "ctlr+f" }, '"ctlr+f" is not the name of a key'],
    [{ find: "x" }, '"x" is typed into the story'],
    [{ quit: null }, "one key must be left to quit with"],
    [{ find: "f12", save: "F12" }, "F12 is given to find already"],
    [{ find: "f12", cut: "f12" }, "F12 is given to find already"],
    [{ find: "ctrl+m" }, '"ctrl+m" is Enter on most terminals'],
    [{ find: "ctrl+i" }, '"ctrl+i" is Tab on most terminals'],
    [{ find: "ctrl+x ctrl+[" }, '"ctrl+[" is Esc on most terminals'],
    [{ find: "ctrl+h" }, '"ctrl+h" is Ctrl+Backspace on most terminals'],
    [{ find: "escape" }, '"escape" leaves what is open'],
    [{ cut: "escape x" }, '"escape" leaves what is open'],
    [{ find: "ctrl+x" }, "Ctrl+X begins Ctrl+X Ctrl+E of editElsewhere"],
    [{ save: "f11", find: "f11 f" }, "F11 F does not go with F11 of save"],
    [{ save: "f11 s", find: "f11" }, "F11 does not go with F11 S of save"],
    [{ save: "ctrl+q" }, "Ctrl+Q is needed to quit with"],
    [{ save: "ctrl+q s" }, "Ctrl+Q S is needed to quit with"],
    [{ save: "ctrl+q", quit: "ctrl+q" }, "Ctrl+Q is given to quit already"],
  ])("%j is told of and left out", (keys, problem) => {
    const { keymap, problems } = createKeymap("default", keys);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(hint(keymap, "quit")).toBe("Ctrl+Q");
    expect(hint(keymap, "find")).toMatch(/^(?:Ctrl\+F|F12)$/);
  });

  it.each<[UserKeys, string]>([
    [{ save: "ctrl+y" }, "save: Ctrl+Y is taken from redo: it keeps Ctrl+Shift+Z"],
    [{ save: "ctrl+a" }, "save: Ctrl+A is taken from selectAll: it has no other key"],
    [{ cut: "ctrl+s" }, "cut: Ctrl+S is taken from save: it has no other key"],
    [
      { find: "ctrl+s f" },
      "find: Ctrl+S is taken from save, as Ctrl+S F begins with it: it has no other key",
    ],
  ])("%j takes a key from another command, which is told", (keys, told) => {
    const { keymap, problems, taken } = createKeymap("default", keys);
    expect([problems, taken]).toEqual([[], [`keys.${told}`]]);
    for (const [name, key] of Object.entries(keys)) {
      expect(keymap.lookUp(`${key}`.split(" "), ["story", "anywhere"]).command).toBe(name);
    }
  });

  it.each<[UserKeys]>([
    [{ save: "ctrl+z", undo: null }],
    [{ save: "ctrl+z", undo: "f12" }],
    [{ accept: "enter" }],
    [{ deselect: "escape" }],
    [{ cut: "ctrl+x" }],
    [{ quit: "f12", save: "ctrl+q" }],
  ])("%j is meant so, and nothing is told", (keys) => {
    expect(createKeymap("default", keys)).toMatchObject({ problems: [], taken: [] });
  });

  it("reach what they are given to, or it is told, in every preset", () => {
    const keys = fc.constantFrom(
      ..."ctrl+a ctrl+e ctrl+q ctrl+s ctrl+x ctrl+z f4 f5 enter up alt+s".split(" "),
    );
    const sequence = fc.array(keys, { minLength: 1, maxLength: 2 }).map((all) => all.join(" "));
    const story = COMMANDS.filter(({ context }) => context === "story" || context === "anywhere");
    const own = fc.dictionary(fc.constantFrom(...story.map(({ name }) => name)), sequence, { maxKeys: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...PRESET_NAMES), own, (preset, given) => {
        const { keymap, problems } = createKeymap(preset, given);
        for (const { name, context, keys: its } of keymap.commands) {
          if (context !== "story" && context !== "anywhere") continue;
          for (const key of its) {
            const found = keymap.lookUp(key.split(" "), ["story", "anywhere"]);
            expect([key, found.command]).toEqual([key, name]);
            if (name !== "cut") expect([key, found.more]).toEqual([key, false]);
          }
          if (name in given && !problems.some((problem) => problem.startsWith(`keys.${name}: `)))
            expect(its).toEqual([given[name]]);
        }
        expect(keymap.commands.find(({ name }) => name === "quit")?.keys).not.toEqual([]);
      }),
    );
  });
});

describe("sequences", () => {
  const { keymap } = createKeymap("emacs");

  it("wait for their next key, which may be a character, and end with one that means nothing", () => {
    const desk = new Desk("one| two", { keymap }).press("ctrl+x");
    expect(desk.model.pendingKeys).toEqual(["ctrl+x"]);
    expect(desk.press("h").page()).toBe("[one two|");
    expect(desk.press("right", "ctrl+x", "q").page()).toBe("one two|");
    expect(desk.model.pendingKeys).toEqual([]);
    expect(desk.press("q").page()).toBe("one twoq|");
    expect(desk.press("ctrl+x", "escape", "h").page()).toBe("one twoqh|");
  });

  it("leave Ctrl+X to cut where something is selected", () => {
    const { keymap: own } = createKeymap("default", { selectAll: "ctrl+x ctrl+a" });
    expect(new Desk("one [two|", { keymap: own }).press("ctrl+x").page()).toBe("one |");
    expect(new Desk("one two|", { keymap: own }).press("ctrl+x", "ctrl+a").page()).toBe("[one two|");
  });

  it("the mark makes motions select, until something is cut or copied", () => {
    const desk = new Desk("one |two three", { keymap }).press("ctrl+space", "alt+f");
    expect(desk.page()).toBe("one [two| three");
    expect(desk.press("ctrl+w", "alt+f").page()).toBe("one  three|");
  });
});

describe("kills of Emacs' keys", () => {
  const { keymap } = createKeymap("emacs");

  it.each<[string, readonly string[], string]>([
    ["one |two\nthree", ["ctrl+k", "ctrl+y"], "one two|\nthree"],
    ["one |two\nthree", ["ctrl+k", "ctrl+k", "ctrl+k", "ctrl+y"], "one two\nthree|"],
    ["one |two three", ["alt+d", "ctrl+a", "ctrl+y"], "two|one  three"],
    ["one two| three", ["alt+backspace", "alt+backspace", "ctrl+y"], "one two| three"],
    ["one |two\nthree", ["ctrl+k", "right", "ctrl+k", "ctrl+y"], "one \nthree|"],
    ["one |two", ["ctrl+k", "x", "ctrl+u", "ctrl+y"], "one x|"],
    ["one |two", ["ctrl+k", "ctrl+k", "ctrl+y"], "one two|"],
    ["one |two", ["ctrl+k", "backspace", "ctrl+y"], "onetwo|"],
  ])("%j %j %j", (before, keys, after) => {
    expect(new Desk(before, { keymap }).press(...keys).page()).toBe(after);
  });

  it("reach the system's clipboard, and only theirs", () => {
    const killed = new Desk("one |two", { keymap }).press("ctrl+k");
    expect(killed.effects).toContainEqual({ type: "copy", text: "two" });
    expect(new Desk("one |two").press("ctrl+k").model.clipboard).toBe("");
  });
});

describe("vim", () => {
  const { keymap } = createKeymap("vim");
  const press = (page: string, keys: string) => {
    const all = keys.match(/<[^>]+>|[\s\S]/gu)?.map((key) => (key.length > 1 ? key.slice(1, -1) : key)) ?? [];
    return new Desk(page, { keymap, vim: VIM_START }).press(...all);
  };

  it.each([
    ["The |cat sat", "x", "The |at sat"],
    ["The |cat sat", "dw", "The |sat"],
    ["The |cat sat", "de", "The | sat"],
    ["|The cat sat", "2dw", "|sat"],
    ["|The cat sat", "d2w", "|sat"],
    ["The |cat sat", "cwdog <escape>", "The dog| sat"],
    ["The |cat sat", "D", "The |"],
    ["The |cat sat", "C end.<escape>", "The  end|."],
    ["one\ntw|o\nthree", "dd", "one\n|three"],
    ["one\ntw|o\nthree\nfour", "2dd", "one\n|four"],
    ["one\ntw|o", "yyP", "one\ntwotwo|"],
    ["one\ntw|o", "ccnew<escape>", "one\nne|w"],
    ["one tw|o", "0", "|one two"],
    ["one| two", "$", "one two|"],
    ["one\ntwo\nth|ree", "gg", "|one\ntwo\nthree"],
    ["o|ne\ntwo\nthree", "G", "one\ntwo\nthree|"],
    ["One. |Two. Three.", ")", "One. Two. |Three."],
    ["|one two three", "2w", "one two |three"],
    ["one two thr|ee", "3h", "one two |three"],
    ["on|e\ntwo", "oand<escape>", "one\nan|d\ntwo"],
    ["one\ntw|o", "Oand<escape>", "one\nan|d\ntwo"],
    ["on|e", "A more<escape>", "one mor|e"],
    ["on|e", "Iand <escape>", "and| one"],
    ["on|e", "aX<escape>", "one|X"],
    ["|one two", "vwd", "|two"],
    ["|one two", "veyP", "oneone| two"],
    ["one |two", "dwu", "one two|"],
    ["one |two", "dz", "one |two"],
    ["one |two", "zq", "one |two"],
  ])("%j %s %j", (before, keys, after) => {
    expect(press(before, keys).page()).toBe(after);
  });

  it.each([
    ["|one two three", "dw", "|two three"],
    ["on|e\ntwo\nthree", "jj", "one\ntwo\nth|ree"],
    ["|one two", "dwix", "x|two"],
    ["|one two", "A more", "one two more|"],
  ])("%j %s %j, when its keys come at once", (before, text, after) => {
    const desk = new Desk(before, { keymap, vim: VIM_START });
    const message = messageFor({ type: "text", text }, desk.model, 0, () => "id");
    if (message) desk.send(message);
    expect(desk.page()).toBe(after);
  });

  it("types in the insert mode, and has the model's keys in each", () => {
    const desk = press("Once|", "a upon");
    expect(desk.page()).toBe("Once upon|");
    expect(desk.press("tab").answer(" a time").ghost()).toBe(" a time");
    expect(desk.press("escape").ghost()).toBeNull();
    expect(desk.model.vim?.mode).toBe("insert");
    expect(desk.press("escape").model.vim?.mode).toBe("normal");
    expect(desk.press("tab").answer(" a time").press("tab").text()).toContain("a time");
  });

  it("searches and runs commands with / n N :", () => {
    const desk = press("|a lamp, a lamp", "/lamp<enter><escape>n");
    expect(desk.page()).toMatch(/\[lamp\|/);
    expect(desk.press(":").model.panel?.kind).toBe("palette");
  });
});

it("the keymap of the table is the default", () => {
  expect(DEFAULT_KEYMAP.preset).toBe("default");
  expect(DEFAULT_KEYMAP.lookUp(["tab"], ["offer", "story"]).command).toBe("accept");
});
