import type { CommandName } from "./keymap.ts";

/** Where a modal keyboard is. */
export interface VimState {
  readonly mode: "normal" | "insert" | "visual";
  /** Keys of a command that is not complete: `2d`, `g`. */
  readonly pending: string;
}

/** What a key of a modal keyboard comes to: commands of the table, one after another; null if the key is not its own. */
export interface VimStep {
  readonly state: VimState;
  readonly commands: readonly CommandName[] | null;
}

/** How a modal keyboard begins. */
export const VIM_START: VimState = { mode: "normal", pending: "" };

/** A motion by itself, and as a selection. */
const MOTIONS: Readonly<Record<string, readonly [CommandName, CommandName]>> = {
  h: ["left", "selectLeft"],
  l: ["right", "selectRight"],
  " ": ["right", "selectRight"],
  j: ["down", "selectDown"],
  k: ["up", "selectUp"],
  b: ["wordLeft", "selectWordLeft"],
  w: ["wordStartRight", "selectWordStartRight"],
  e: ["wordRight", "selectWordRight"],
  "0": ["rowStart", "selectRowStart"],
  "^": ["rowStart", "selectRowStart"],
  $: ["rowEnd", "selectRowEnd"],
  "(": ["sentenceLeft", "selectSentenceLeft"],
  ")": ["sentenceRight", "selectSentenceRight"],
  "{": ["paragraphUp", "selectParagraphUp"],
  "}": ["paragraphDown", "selectParagraphDown"],
  gg: ["storyStart", "selectStoryStart"],
  G: ["storyEnd", "selectStoryEnd"],
};

/** Whole commands of the normal mode, and the mode that they lead to. */
const ACTIONS: Readonly<
  Record<string, { readonly run: readonly CommandName[]; readonly mode?: "insert" | "visual" }>
> = {
  i: { run: [], mode: "insert" },
  a: { run: ["right"], mode: "insert" },
  I: { run: ["rowStart"], mode: "insert" },
  A: { run: ["rowEnd"], mode: "insert" },
  o: { run: ["paragraphEnd", "newline"], mode: "insert" },
  O: { run: ["paragraphStart", "newline", "up"], mode: "insert" },
  x: { run: ["selectRight", "cut"] },
  X: { run: ["selectLeft", "cut"] },
  D: { run: ["selectParagraphEnd", "cut"] },
  C: { run: ["selectParagraphEnd", "cut"], mode: "insert" },
  p: { run: ["paste"] },
  P: { run: ["paste"] },
  u: { run: ["undo", "deselect"] },
  v: { run: [], mode: "visual" },
  V: { run: ["selectParagraph"], mode: "visual" },
  n: { run: ["findNext"] },
  N: { run: ["findPrevious"] },
  "/": { run: ["find"] },
  ":": { run: ["palette"] },
};

/** What an operator does to what its motion selected, and the mode it leads to. */
const OPERATORS: Readonly<
  Record<string, { readonly run: readonly CommandName[]; readonly mode: "normal" | "insert" }>
> = {
  d: { run: ["cut"], mode: "normal" },
  c: { run: ["cut"], mode: "insert" },
  y: { run: ["copy", "deselect"], mode: "normal" },
};

/** The most often that a command is done, whatever count is typed. */
const MOST = 999;

/**
 * The next step of a modal keyboard in the manner of vi: motions (`h j k l w b e 0 ^ $ ( ) { } gg G`), counts, the
 * operators `d c y` with a motion or doubled, `x X D C p P u o O i a I A v V / n N :`. Escape leads to the normal
 * mode. What is not listed is not its own: it keeps the meaning that it has in the keymap.
 *
 * @param key a character that was typed, or a key's name
 */
export function vimStep(state: VimState, key: string): VimStep {
  if (key === "escape") {
    const leaves: readonly CommandName[] =
      state.mode === "visual" ? ["deselect"] : state.mode === "insert" ? ["left"] : [];
    const own = state.mode !== "normal" || state.pending !== "";
    return { state: VIM_START, commands: own ? leaves : null };
  }
  if (state.mode === "insert" || [...key].length !== 1) return { state, commands: null };
  const typed = state.pending + key;
  const found = complete(typed, state.mode);
  if (found === "more") return { state: { ...state, pending: typed }, commands: [] };
  return { state: { mode: found?.mode ?? state.mode, pending: "" }, commands: found?.run ?? [] };
}

interface Completed {
  readonly run: readonly CommandName[];
  readonly mode: VimState["mode"];
}

/** What was typed, if it is a whole command; `more` if it may become one; null if it means nothing. */
function complete(typed: string, mode: "normal" | "visual"): Completed | "more" | null {
  const [, count = "", operator = "", second = "", rest = ""] =
    /^([1-9]\d*)?([dcy]?)([1-9]\d*)?(.*)$/u.exec(typed) ?? [];
  const times = Math.min(MOST, Number(count || 1) * Number(second || 1));
  const repeated = (command: CommandName): readonly CommandName[] =>
    Array.from({ length: times }, () => command);
  if (mode === "visual" && operator !== "") return OPERATORS[operator] ?? null;
  if (rest === "" || rest === "g") return "more";
  if (operator !== "" && rest === operator) {
    const { run, mode } = OPERATORS[operator]!;
    const whole: CommandName = operator === "c" ? "selectParagraph" : "selectParagraphs";
    return { run: ["deselect", "paragraphStart", whole, ...repeatedLess(whole, times), ...run], mode };
  }
  const motion = MOTIONS[rest];
  if (motion) {
    const [moves, selects] = motion;
    if (mode === "visual") return { run: repeated(selects), mode };
    if (operator === "") return { run: repeated(moves), mode };
    const { run, mode: after } = OPERATORS[operator]!;
    return { run: ["deselect", ...repeated(selects), ...run], mode: after };
  }
  if (operator !== "") return null;
  if (mode === "visual")
    return rest === "x" ? OPERATORS.d! : rest === "v" ? { run: ["deselect"], mode: "normal" } : null;
  const action = ACTIONS[rest];
  if (!action) return null;
  const run =
    action.run.length === 1
      ? repeated(action.run[0]!)
      : Array.from({ length: times }, () => action.run).flat();
  return { run: action.mode ? action.run : run, mode: action.mode ?? "normal" };
}

function repeatedLess(command: CommandName, times: number): readonly CommandName[] {
  return Array.from({ length: times - 1 }, () => command);
}
