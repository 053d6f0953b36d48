import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_KEYMAP } from "../../src/ui/bindings.ts";
import type { CommandName } from "../../src/ui/keymap.ts";
import { bytesOf } from "../ui/terminal/key-bytes.ts";
import { type OpenTerminal, openTerminal, settleIn } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** A text with the cursor at `|`; the page after the key and a typed `¦`; keys before the key, and behind it. */
type Edit = readonly [before: string, after: string, first?: string, then?: string];

/** What a key does to the text, by its command. */
const EDITS: Partial<Record<CommandName, Edit>> = {
  left: ["ab|c", "a¦bc"],
  right: ["a|bc", "ab¦c"],
  up: ["one\ntw|o", "on¦e\ntwo"],
  down: ["on|e\ntwo", "one\ntw¦o"],
  wordLeft: ["one tw|o", "one ¦two"],
  wordRight: ["o|ne two", "one¦ two"],
  rowStart: ["one tw|o", "¦one two"],
  rowEnd: ["o|ne", "one¦"],
  sentenceLeft: ["One. Tw|o.", "One. ¦Two."],
  sentenceRight: ["On|e. Two.", "One. ¦Two."],
  paragraphUp: ["one\n\ntw|o", "one\n\n¦two"],
  paragraphDown: ["on|e\n\ntwo", "one\n\n¦two"],
  pageUp: ["one\ntwo\nth|ree", "on¦e\ntwo\nthree"],
  pageDown: ["on|e\ntwo\nthree", "one\ntwo\nth¦ree"],
  storyStart: ["one\ntw|o", "¦one\ntwo"],
  storyEnd: ["on|e\ntwo", "one\ntwo¦"],
  selectLeft: ["ab|c", "a¦c"],
  selectRight: ["a|bc", "a¦c"],
  selectUp: ["one\ntw|o", "on¦o"],
  selectDown: ["on|e\ntwo", "on¦o"],
  selectWordLeft: ["one tw|o", "one ¦o"],
  selectWordRight: ["o|ne two", "o¦ two"],
  selectRowStart: ["one tw|o", "¦o"],
  selectRowEnd: ["o|ne", "o¦"],
  selectSentenceLeft: ["One. Tw|o.", "One. ¦o."],
  selectSentenceRight: ["On|e. Two.", "On¦Two."],
  selectParagraphUp: ["one\n\ntw|o", "one\n\n¦o"],
  selectParagraphDown: ["on|e\n\ntwo", "on¦two"],
  selectPageUp: ["one\ntwo\nth|ree", "on¦ree"],
  selectPageDown: ["on|e\ntwo\nthree", "on¦ree"],
  selectStoryStart: ["one\ntw|o", "¦o"],
  selectStoryEnd: ["on|e\ntwo", "on¦"],
  growSelection: ["one t|wo", "one ¦"],
  shrinkSelection: ["One t|wo. Three.", "One ¦. Three.", "alt+s alt+s"],
  newline: ["a|b", "a\n¦b"],
  deleteBackward: ["ab|c", "a¦c"],
  deleteForward: ["a|bc", "a¦c"],
  deleteWordBackward: ["one two|, x", "one ¦, x"],
  deleteWordForward: ["one| two, x", "one¦, x"],
  deleteSentenceBackward: ["One. Tw|o.", "One. ¦o."],
  deleteSentenceForward: ["|One. Two.", "¦Two."],
  deleteParagraphBackward: ["one tw|o", "¦o"],
  deleteParagraphForward: ["on|e\ntwo", "on¦\ntwo"],
  selectAll: ["a|b", "¦"],
  cut: ["a|bc", "ac¦b", "shift+right", "end ctrl+v left"],
  copy: ["a|bc", "abc¦b", "shift+right", "end ctrl+v left"],
  paste: ["a|bc", "abcb¦", "shift+right ctrl+c end"],
  undo: ["a|b", "a¦b", "x"],
  redo: ["a|b", "ax¦b", "x ctrl+z"],
};

/** Commands that have no key, and those whose keys other tests press in a real terminal. */
const ELSEWHERE: Partial<Record<CommandName, string>> = {
  editElsewhere: "lists.test.ts",
  takeOver: "editor.test.ts",
  quit: "editor.test.ts",
  takesParent: "takes",
  takesChild: "takes",
  takesMark: "takes",
  takesName: "takes",
  takesCompare: "takes",
  takesBranch: "takes",
  takesContinue: "takes",
  takesUpTo: "takes",
  takesFrom: "takes",
  takesScope: "takes",
  suspend: "terminal.test.ts",
};

/** The other commands: what is seen after their key, and the keys that lead there and back. */
interface Sight {
  /** Keys that lead to where the key means something. */
  readonly first?: string;
  readonly sees: (rows: readonly string[]) => boolean;
  /** What is seen before the key is pressed. */
  readonly from?: (rows: readonly string[]) => boolean;
  /** Further keys then, and what is seen of them. */
  readonly second?: string;
  readonly secondly?: (rows: readonly string[]) => boolean;
  readonly back?: string;
  readonly text?: string;
}

const has =
  (pattern: RegExp | string) =>
  (rows: readonly string[]): boolean =>
    rows.some((row) => (typeof pattern === "string" ? row.includes(pattern) : pattern.test(row)));
const lacks =
  (pattern: RegExp | string) =>
  (rows: readonly string[]): boolean =>
    !has(pattern)(rows);
const both =
  (...all: readonly ((rows: readonly string[]) => boolean)[]) =>
  (rows: readonly string[]): boolean =>
    all.every((one) => one(rows));

const STORY = "# One\n\nIt rained. It rained again.\n\n# Two\n\nShe slept late.";
const FIND = {
  text: STORY,
  first: "ctrl+home ctrl+f ctrl+u r a i n",
  from: has(/Find +› rain/u),
  back: "escape",
};
const LIST = { text: STORY, first: "ctrl+home ctrl+g", from: has("Outline"), back: "escape" };
const OFFER = { text: STORY, first: "ctrl+end tab", from: has("another"), back: "escape" };
const TOP = `ctrl+t${" up".repeat(22)}`;
const CONTROLS = { first: `${TOP} down`, from: has("▸length"), back: "escape" };

const SIGHTS: Partial<Record<CommandName, Sight>> = {
  continue: { text: STORY, first: "ctrl+end", sees: has("another"), back: "escape" },
  accept: { ...OFFER, sees: has("Tab continue"), back: "ctrl+z" },
  acceptWord: { ...OFFER, sees: (rows) => page(rows).length > STORY.length, back: "escape ctrl+z" },
  dismiss: { ...OFFER, sees: has("Tab continue"), back: "left" },
  nextChoice: { ...OFFER, sees: has("▸ 2"), back: "escape" },
  previousChoice: {
    ...OFFER,
    first: "ctrl+end tab",
    second: "alt+down",
    secondly: has("▸ 2"),
    sees: has("▸ 1"),
  },
  rewrite: { text: STORY, first: "ctrl+end", sees: has("other words"), back: "escape escape" },
  compareChoice: {
    text: STORY,
    first: "ctrl+end ctrl+r",
    from: has("another"),
    sees: has("Your words"),
    back: "escape escape",
  },
  rewriteAs: { sees: has("Rewrite as"), back: "escape" },
  presets: { sees: has("Presets"), back: "escape" },
  models: { sees: has("gpt2-medium"), back: "escape" },
  context: { sees: has("What the model sees"), back: "escape" },
  alternatives: { text: STORY, sees: has(/\d %/u), back: "escape" },
  xray: { text: STORY, sees: has("odd"), back: "alt+x" },
  xraySentences: { text: STORY, sees: has(/odd/iu), back: "escape alt+x" },
  toggleControls: { sees: has("▸"), back: TOP.slice(7) },
  previousControl: { ...CONTROLS, sees: has("▸temperature") },
  nextControl: { ...CONTROLS, sees: has("▸top p") },
  lessControl: { ...CONTROLS, sees: has(/length .* 55/u), back: "backspace escape" },
  moreControl: { ...CONTROLS, sees: has(/length .* 65/u), back: "backspace escape" },
  muchLessControl: { ...CONTROLS, sees: has(/length .* 35/u), back: "backspace escape" },
  muchMoreControl: { ...CONTROLS, sees: has(/length .* 85/u), back: "backspace escape" },
  resetControl: {
    ...CONTROLS,
    first: `${TOP} down right`,
    from: has(/length .* 65/u),
    sees: has(/length .* 60/u),
  },
  leaveControls: { ...CONTROLS, sees: lacks("▸length"), back: "left" },
  find: { sees: has("Find"), back: "escape" },
  findNext: {
    text: STORY,
    first: "ctrl+home ctrl+f ctrl+u r a i n enter escape",
    sees: has("1 word selected"),
    back: "escape",
  },
  findPrevious: {
    text: STORY,
    first: "ctrl+home ctrl+f ctrl+u r a i n enter escape",
    sees: has("1 word selected"),
    back: "escape",
  },
  findGo: { ...FIND, sees: has("1 word selected") },
  findGoBack: { ...FIND, sees: has("2 of 2") },
  findField: { ...FIND, sees: has(/Replace +›/u) },
  findRegex: { ...FIND, sees: has("regex ✓"), back: "alt+r escape" },
  findCase: { ...FIND, sees: has("case ✓"), back: "alt+c escape" },
  findWords: { ...FIND, sees: has("words ✓"), back: "alt+w escape" },
  replaceOne: {
    ...FIND,
    from: has(/Replace +› snow/u),
    first: "ctrl+home ctrl+f ctrl+u r a i n tab s n o w",
    sees: has("It snowed. It rained"),
    back: "escape ctrl+z",
  },
  replaceAll: {
    ...FIND,
    from: has(/Replace +› snow/u),
    first: "ctrl+home ctrl+f ctrl+u r a i n tab s n o w",
    sees: has("It snowed. It snowed"),
    back: "escape ctrl+z",
  },
  findErase: { ...FIND, sees: has(/Find +› rai(?!n)/u) },
  findEraseForward: { ...FIND, first: "ctrl+home ctrl+f ctrl+u r a i n home", sees: has(/Find +› ain/u) },
  findEraseWord: { ...FIND, sees: lacks(/Find +› rain/u) },
  findEraseAll: { ...FIND, sees: lacks(/Find +› rain/u) },
  findPaste: {
    ...FIND,
    from: has(/Find +›/u),
    first: "ctrl+home shift+right ctrl+c left ctrl+f ctrl+u",
    sees: has(/Find +› #/u),
  },
  findClose: { ...FIND, sees: lacks("Find"), back: "left" },
  palette: { sees: has("Commands"), back: "escape" },
  history: { sees: has("History"), back: "escape" },
  outline: { text: STORY, sees: has("Outline"), back: "escape" },
  changes: { sees: has("Changes"), back: "escape" },
  counts: { sees: has("Counts"), back: "escape" },
  takes: { sees: has("Takes"), back: "escape" },
  panelUp: { ...LIST, first: "ctrl+home ctrl+g down", sees: has(/▸.*One/u) },
  panelDown: { ...LIST, sees: has(/▸.*Two/u) },
  panelPageUp: { ...LIST, first: "ctrl+home ctrl+g down", sees: has(/▸.*One/u) },
  panelPageDown: { ...LIST, sees: has(/▸.*Two/u) },
  panelFirst: { ...LIST, first: "ctrl+home ctrl+g down", sees: has(/▸.*One/u) },
  panelLast: { ...LIST, sees: has(/▸.*Two/u) },
  panelTake: { ...LIST, first: "ctrl+home ctrl+g down", sees: lacks("Outline"), back: "left" },
  panelErase: {
    ...LIST,
    first: "ctrl+home ctrl+p s a v e x",
    from: has("savex"),
    sees: both(has("save"), lacks("savex")),
  },
  panelClose: { ...LIST, sees: lacks("Outline"), back: "left" },
  save: { text: STORY, first: "ctrl+end x", from: has("edited"), sees: has("· saved") },
  saveAs: { sees: has("Save as"), back: "escape" },
  focusMode: { sees: has("focus"), back: "f6 f6" },
  typewriter: { sees: has(/cursor stays|typewriter/u), back: "f8" },
  themes: { sees: has("Themes"), back: "escape" },
  spelling: { sees: has(/spelling/iu), back: "f7" },
  nextMisspelling: { text: "Wrng word.", sees: has(/spell|Wrng/iu), back: "left" },
  suggestions: {
    text: "Wrng word.",
    first: "ctrl+home",
    sees: has(/spelling|Spelling|uggest/u),
    back: "escape",
  },
  help: { sees: has(/scroll/u), back: "escape" },
  redraw: { text: STORY, sees: has("It rained.") },
  findLeft: { ...FIND, first: "ctrl+home ctrl+f ctrl+u r a i n", sees: has(/Find +› rain/u) },
  findRight: { ...FIND, first: "ctrl+home ctrl+f ctrl+u r a i n left", sees: has(/Find +› rain/u) },
  findStart: { ...FIND, sees: has(/Find +› rain/u) },
  findEnd: { ...FIND, first: "ctrl+home ctrl+f ctrl+u r a i n home", sees: has(/Find +› rain/u) },
};

let home: string;
let terminal: OpenTerminal;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-keys-"));
  await settleIn(join(home, "config"));
  await writeFile(join(home, "tale.md"), "start");
  terminal = openTerminal({
    command: process.execPath,
    args: [CLI, "write", "tale.md", "--seed", "5", "--length", "60", "--count", "1"],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data") },
    columns: 120,
    rows: 30,
  });
  await terminal.until((rows) => /fable/u.test(rows.at(-1) ?? ""), 20_000);
});
afterAll(async () => {
  await terminal.close();
  await rm(home, { recursive: true, force: true });
});

/** The text of the page, a paragraph a row, without the panes beside it. */
function page(rows: readonly string[]): string {
  const own = rows.slice(1, -1).map((row) => row.split("│")[0] ?? "");
  return own
    .map((row) => row.trim())
    .join("\n")
    .trimEnd();
}

/** Puts a text on the page with the cursor at `|`. */
async function put(marked: string): Promise<void> {
  const text = marked.replace("|", "");
  const at = marked.indexOf("|");
  // Whatever was open is left, however the key before went.
  terminal.write(
    `${ESCAPE.repeat(3)}\x01\x1b[200~${text}\x1b[201~\x1b[1;5H${at > 0 ? "\x1b[C".repeat(at) : ""}`,
  );
  // The panes follow a little later: what they said of the key before must be gone.
  const settled = both(lacks("another"), lacks(/Esc (?:stop|dismiss|back)/u));
  await terminal.until((rows) => page(rows) === text && settled(rows));
}

/** Escape as a terminal with the kitty protocol sends it: told from the beginning of other keys at once. */
const ESCAPE = "\x1b[27u";

/** Presses keys by their names, one after another. */
async function press(keys: string | undefined): Promise<void> {
  for (const key of keys?.split(" ") ?? []) {
    terminal.write(bytesOf(key));
    // An escape by itself is told from the beginning of another key by what follows, or by time.
    if (key === "escape") await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

describe("each key of the keymap, pressed in a real terminal", () => {
  for (const { name, keys, title } of DEFAULT_KEYMAP.commands) {
    for (const key of keys) {
      const edit = EDITS[name];
      const sight = SIGHTS[name];
      if (edit) {
        it(`${key}: ${title}`, async () => {
          const [before, after, first, then] = edit;
          await put(before);
          await press(first);
          await press(key);
          await press(then);
          terminal.write("¦");
          await terminal.until((rows) => page(rows) === after);
        });
      } else if (sight) {
        it(`${key}: ${title}`, async () => {
          await put(`|${sight.text ?? "One."}`);
          await press(sight.first);
          if (sight.from) await terminal.until(sight.from, 15_000);
          await press(sight.second);
          if (sight.secondly) await terminal.until(sight.secondly, 15_000);
          await press(key);
          await terminal.until(sight.sees, 15_000);
          await press(sight.back);
          terminal.write(ESCAPE.repeat(3));
        }, 30_000);
      } else {
        it(`${key}: ${title} is pressed elsewhere`, () => expect(ELSEWHERE[name]).toBeDefined());
      }
    }
  }

  it("ends with everything saved", async () => {
    await put("The end.|");
    await press("ctrl+q");
    expect(await terminal.exited).toBe(0);
    expect(await readFile(join(home, "tale.md"), "utf8")).toBe("The end.");
  });
});
