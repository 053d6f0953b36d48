/** Where a key has its meaning. All but `anywhere` come before `story`, and `takes`, the list of them, before `panel`. */
export type KeyContext = "story" | "offer" | "controls" | "panel" | "takes" | "find" | "anywhere";

/** One row of {@link COMMANDS}. */
interface CommandRow {
  readonly name: string;
  readonly context: KeyContext;
  /** Canonical key names, see `terminal/keys.ts`; the first is shown in hints. */
  readonly keys: readonly string[];
  /** What it does, for the help page and the README. */
  readonly title: string;
  readonly group:
    | "Writing with the model"
    | "Editing"
    | "Moving"
    | "Controls"
    | "Finding"
    | "Lists"
    | "Takes"
    | "Story and screen";
}

/** Every command and its keys: the keymap, the help page and the README's table are made from it. */
export const COMMANDS = [
  row("continue", "story", ["tab"], "continue at the cursor", "Writing with the model"),
  row("accept", "offer", ["tab"], "accept what is offered", "Writing with the model"),
  row("acceptWord", "offer", ["ctrl+right", "alt+right"], "accept one word of it", "Writing with the model"),
  row("dismiss", "offer", ["escape"], "stop the stream; again: dismiss the offer", "Writing with the model"),
  row("nextChoice", "offer", ["alt+down"], "another choice", "Writing with the model"),
  row("previousChoice", "offer", ["alt+up"], "the choice before", "Writing with the model"),
  row("compareChoice", "offer", ["alt+v"], "what a rewrite changes, word by word", "Writing with the model"),
  row("rewrite", "story", ["ctrl+r"], "rewrite the selection, or this sentence", "Writing with the model"),
  row(
    "rewriteAs",
    "story",
    ["alt+r"],
    "rewrite it as: plainer, shorter, as dialogue …",
    "Writing with the model",
  ),
  row("presets", "anywhere", ["alt+p"], "presets: settings that go well together", "Writing with the model"),
  row("models", "anywhere", ["ctrl+o"], "models: open another, or fetch one", "Writing with the model"),
  row("context", "anywhere", ["alt+c"], "what the model sees", "Writing with the model"),
  row(
    "alternatives",
    "anywhere",
    ["alt+n"],
    "what could stand at the cursor, and how likely",
    "Writing with the model",
  ),
  row("xray", "anywhere", ["alt+x"], "x-ray: colour words by how likely they are", "Writing with the model"),
  row(
    "xraySentences",
    "anywhere",
    ["alt+o"],
    "the oddest and flattest sentences of the chapter",
    "Writing with the model",
  ),

  row("toggleControls", "anywhere", ["ctrl+t"], "into and out of the controls", "Controls"),
  row("previousControl", "controls", ["up", "shift+tab"], "the control above", "Controls"),
  row("nextControl", "controls", ["down"], "the control below", "Controls"),
  row("lessControl", "controls", ["left", "-"], "less", "Controls"),
  row("moreControl", "controls", ["right", "+", "="], "more", "Controls"),
  row("muchLessControl", "controls", ["pagedown", "shift+left"], "five steps less", "Controls"),
  row("muchMoreControl", "controls", ["pageup", "shift+right"], "five steps more", "Controls"),
  row("resetControl", "controls", ["backspace", "delete"], "back to the default", "Controls"),
  row("leaveControls", "controls", ["escape", "enter"], "back to the story", "Controls"),

  row("undo", "anywhere", ["ctrl+z"], "undo", "Editing"),
  row("redo", "anywhere", ["ctrl+y", "shift+ctrl+z"], "redo", "Editing"),
  row("cut", "story", ["ctrl+x"], "cut", "Editing"),
  row("copy", "story", ["ctrl+c"], "copy", "Editing"),
  row("paste", "story", ["ctrl+v"], "paste what was cut or copied here", "Editing"),
  row("selectAll", "story", ["ctrl+a"], "select everything", "Editing"),
  row("newline", "story", ["enter", "shift+enter"], "new paragraph", "Editing"),
  row("deleteBackward", "story", ["backspace", "shift+backspace"], "delete the character before", "Editing"),
  row("deleteForward", "story", ["delete"], "delete the character after", "Editing"),
  row(
    "deleteWordBackward",
    "story",
    ["ctrl+w", "ctrl+backspace", "alt+backspace"],
    "delete the word before",
    "Editing",
  ),
  row(
    "deleteWordForward",
    "story",
    ["ctrl+delete", "alt+d", "alt+delete"],
    "delete the word after",
    "Editing",
  ),

  row("deleteSentenceBackward", "story", ["shift+alt+k"], "delete to the start of the sentence", "Editing"),
  row("deleteSentenceForward", "story", ["alt+k"], "delete to the next sentence", "Editing"),
  row("deleteParagraphBackward", "story", ["ctrl+u"], "delete to the start of the paragraph", "Editing"),
  row("deleteParagraphForward", "story", ["ctrl+k"], "delete to the end of the paragraph", "Editing"),
  row("mark", "story", [], "begin to select with the motions, or end it", "Editing"),
  row("deselect", "story", [], "select nothing", "Editing"),
  row(
    "editElsewhere",
    "anywhere",
    ["ctrl+x ctrl+e", "f4"],
    "edit the story in your $EDITOR",
    "Story and screen",
  ),
  row("growSelection", "story", ["alt+s"], "select the word, sentence, paragraph, story", "Editing"),
  row("shrinkSelection", "story", ["shift+alt+s"], "select less again", "Editing"),

  row("left", "story", ["left"], "a character left", "Moving"),
  row("right", "story", ["right"], "a character right", "Moving"),
  row("up", "story", ["up"], "a row up", "Moving"),
  row("down", "story", ["down"], "a row down", "Moving"),
  row("wordLeft", "story", ["ctrl+left", "alt+left", "alt+b"], "a word left", "Moving"),
  row("wordRight", "story", ["ctrl+right", "alt+right", "alt+f"], "a word right", "Moving"),
  row("wordStartRight", "story", [], "start of the next word", "Moving"),
  row("rowStart", "story", ["home"], "start of the row", "Moving"),
  row("rowEnd", "story", ["end", "ctrl+e"], "end of the row", "Moving"),
  row("sentenceLeft", "story", ["alt+a"], "start of the sentence", "Moving"),
  row("sentenceRight", "story", ["alt+e"], "next sentence", "Moving"),
  row("paragraphUp", "story", ["ctrl+up"], "start of the paragraph", "Moving"),
  row("paragraphDown", "story", ["ctrl+down"], "next paragraph", "Moving"),
  row("paragraphStart", "story", [], "start of this paragraph", "Moving"),
  row("paragraphEnd", "story", [], "end of this paragraph", "Moving"),
  row("pageUp", "story", ["pageup"], "a page up", "Moving"),
  row("pageDown", "story", ["pagedown"], "a page down", "Moving"),
  row("storyStart", "story", ["ctrl+home", "alt+<"], "start of the story", "Moving"),
  row("storyEnd", "story", ["ctrl+end", "alt+>"], "end of the story", "Moving"),

  row("selectLeft", "story", ["shift+left"], "select a character left", "Moving"),
  row("selectRight", "story", ["shift+right"], "select a character right", "Moving"),
  row("selectUp", "story", ["shift+up"], "select a row up", "Moving"),
  row("selectDown", "story", ["shift+down"], "select a row down", "Moving"),
  row("selectWordLeft", "story", ["shift+ctrl+left", "shift+alt+left"], "select a word left", "Moving"),
  row("selectWordRight", "story", ["shift+ctrl+right", "shift+alt+right"], "select a word right", "Moving"),
  row("selectWordStartRight", "story", [], "select to the start of the next word", "Moving"),
  row("selectRowStart", "story", ["shift+home"], "select to the start of the row", "Moving"),
  row("selectRowEnd", "story", ["shift+end"], "select to the end of the row", "Moving"),
  row("selectSentenceLeft", "story", ["shift+alt+a"], "select to the start of the sentence", "Moving"),
  row("selectSentenceRight", "story", ["shift+alt+e"], "select to the next sentence", "Moving"),
  row("selectParagraphUp", "story", ["shift+ctrl+up"], "select to the start of the paragraph", "Moving"),
  row("selectParagraphDown", "story", ["shift+ctrl+down"], "select to the next paragraph", "Moving"),
  row("selectParagraphEnd", "story", [], "select to the end of this paragraph", "Moving"),
  row("selectParagraph", "story", [], "select this paragraph", "Moving"),
  row("selectParagraphs", "story", [], "select this paragraph with its line break, and on", "Moving"),
  row("selectPageUp", "story", ["shift+pageup"], "select a page up", "Moving"),
  row("selectPageDown", "story", ["shift+pagedown"], "select a page down", "Moving"),
  row("selectStoryStart", "story", ["shift+ctrl+home"], "select to the start of the story", "Moving"),
  row("selectStoryEnd", "story", ["shift+ctrl+end"], "select to the end of the story", "Moving"),

  row("find", "anywhere", ["ctrl+f"], "find and replace", "Finding"),
  row("findNext", "anywhere", ["f3"], "the next place", "Finding"),
  row("findPrevious", "anywhere", ["shift+f3"], "the place before", "Finding"),
  row("findGo", "find", ["enter", "down"], "go to the next place", "Finding"),
  row("findGoBack", "find", ["shift+enter", "up"], "go to the place before", "Finding"),
  row(
    "findField",
    "find",
    ["tab", "shift+tab"],
    "from what is found to what replaces it, and back",
    "Finding",
  ),
  row("findRegex", "find", ["alt+r"], "regular expression on or off", "Finding"),
  row("findCase", "find", ["alt+c"], "capitals count or not", "Finding"),
  row("findWords", "find", ["alt+w"], "whole words only, or not", "Finding"),
  row("replaceOne", "find", ["alt+enter"], "replace this one", "Finding"),
  row("replaceAll", "find", ["alt+a"], "replace all", "Finding"),
  row("findLeft", "find", ["left"], "a character left in what is typed", "Finding"),
  row("findRight", "find", ["right"], "a character right in what is typed", "Finding"),
  row("findStart", "find", ["home"], "its start", "Finding"),
  row("findEnd", "find", ["end", "ctrl+e"], "its end", "Finding"),
  row("findErase", "find", ["backspace", "shift+backspace"], "erase a character", "Finding"),
  row("findEraseForward", "find", ["delete"], "erase the character after", "Finding"),
  row("findEraseWord", "find", ["ctrl+w", "ctrl+backspace", "alt+backspace"], "erase a word", "Finding"),
  row("findEraseAll", "find", ["ctrl+u"], "erase all before the cursor", "Finding"),
  row("findPaste", "find", ["ctrl+v"], "paste what was cut or copied here", "Finding"),
  row("findClose", "find", ["escape"], "close the search", "Finding"),
  row("palette", "anywhere", ["ctrl+p"], "the palette: find any command", "Lists"),
  row("history", "anywhere", ["f5"], "the history: every state of the story", "Lists"),
  row("outline", "anywhere", ["ctrl+g"], "the outline: go to a chapter", "Lists"),
  row("changes", "anywhere", ["alt+l"], "what was recovered, or came from another program", "Lists"),
  row("counts", "anywhere", ["alt+="], "the counts: words, chapters, today", "Lists"),
  row("takes", "anywhere", ["ctrl+b"], "takes: all that was ever offered", "Writing with the model"),
  row("takesParent", "takes", ["left"], "the take that it was asked for behind", "Takes"),
  row("takesChild", "takes", ["right"], "the first one that was asked for behind it", "Takes"),
  row("takesMark", "takes", ["m"], "mark it, or not", "Takes"),
  row("takesName", "takes", ["n"], "give it a name", "Takes"),
  row("takesCompare", "takes", ["c"], "compare it with the next one for which this is pressed", "Takes"),
  row("takesBranch", "takes", ["b"], "let the model go on from a word of it", "Takes"),
  row("takesContinue", "takes", ["+", "="], "let the model go on from its end", "Takes"),
  row("takesUpTo", "takes", ["t"], "accept it up to a word", "Takes"),
  row("takesFrom", "takes", ["f"], "accept it from a word on", "Takes"),
  row("takesScope", "takes", ["w"], "the whole story as a tree, or the nearest first", "Takes"),
  row("panelUp", "panel", ["up", "shift+tab"], "the line above", "Lists"),
  row("panelDown", "panel", ["down", "tab"], "the line below", "Lists"),
  row("panelPageUp", "panel", ["pageup"], "a page up in the list", "Lists"),
  row("panelPageDown", "panel", ["pagedown"], "a page down in the list", "Lists"),
  row("panelFirst", "panel", ["home", "ctrl+home"], "the first line", "Lists"),
  row("panelLast", "panel", ["end", "ctrl+end"], "the last line", "Lists"),
  row("panelTake", "panel", ["enter"], "take the line", "Lists"),
  row("panelErase", "panel", ["backspace"], "erase a character of the search", "Lists"),
  row("panelClose", "panel", ["escape"], "close the list and go back", "Lists"),

  row("save", "anywhere", ["ctrl+s"], "save", "Story and screen"),
  row("saveAs", "anywhere", ["f2"], "save under another name", "Story and screen"),
  row(
    "focusMode",
    "anywhere",
    ["f6"],
    "dim all but the paragraph, the sentence, nothing",
    "Story and screen",
  ),
  row(
    "typewriter",
    "anywhere",
    ["f8"],
    "keep the cursor in the middle of the page, or not",
    "Story and screen",
  ),
  row("themes", "anywhere", ["f9"], "the themes: colours of the screen", "Story and screen"),
  row("spelling", "anywhere", ["f7"], "spelling: mark misspelled words, or not", "Story and screen"),
  row("nextMisspelling", "anywhere", ["alt+;", "shift+f7"], "the next misspelled word", "Finding"),
  row("suggestions", "anywhere", ["alt+$", "ctrl+f7"], "other spellings of the word at the cursor", "Lists"),
  row("takeOver", "anywhere", ["f10"], "take a story over that is open elsewhere", "Story and screen"),
  row("help", "anywhere", ["f1"], "this help", "Story and screen"),
  row("quit", "anywhere", ["ctrl+q"], "save and quit", "Story and screen"),
  row("suspend", "anywhere", ["ctrl+x ctrl+z"], "to the shell; there fg comes back", "Story and screen"),
  row("redraw", "anywhere", ["ctrl+l"], "paint the screen afresh", "Story and screen"),
] as const satisfies readonly CommandRow[];

/** Names of all commands. */
export type CommandName = (typeof COMMANDS)[number]["name"];

/** A command with its keys and words. */
export type Command = CommandRow & { readonly name: CommandName };

function row<Name extends string>(
  name: Name,
  context: KeyContext,
  keys: readonly string[],
  title: string,
  group: CommandRow["group"],
): CommandRow & { readonly name: Name } {
  return { name, context, keys, title, group };
}
