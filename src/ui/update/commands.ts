import type { Guard } from "../../story/find.ts";
import type { GenerationId } from "../../story/passages.ts";
import { CONTROLS, type ControlChange, moveControl, resetControl } from "../controls.ts";
import type { CommandName } from "../keymap.ts";
import type { Layout } from "../layout.ts";
import { FOCUS_MODES, type Model } from "../model.ts";
import { compareChoice } from "./compare-choice.ts";
import { showContext } from "./context.ts";
import { askName } from "./dialog.ts";
import { breakParagraph, copySelection, deleteTo, insertText, kill, travel } from "./edit.ts";
import {
  closeFind,
  editFind,
  goToMatch,
  openFind,
  replaceAll,
  replaceMatch,
  switchField,
  toggleFind,
  typeFind,
} from "./find.ts";
import { showAlternatives } from "./foresight.ts";
import { abandonGenerations } from "./generation.ts";
import { handOver } from "./hand-over.ts";
import { openLibrary } from "./library.ts";
import {
  deselect,
  growSelection,
  type Motion,
  moveCursor,
  selectAll,
  selectParagraph,
  selectParagraphs,
  shrinkSelection,
} from "./move.ts";
import {
  acceptOffer,
  acceptWord,
  proposeContinuation,
  proposeRewrite,
  showChoice,
  stopOrDismiss,
} from "./offer.ts";
import { closePanel, searchPanel, takeLine, togglePanel, walkPanel } from "./panel.ts";
import { quit, save } from "./save.ts";
import { askSuggestions, nextDictionary, seekMisspelling } from "./spelling.ts";
import { andThen, type Step } from "./step.ts";
import { takeOver } from "./take-over.ts";
import {
  askTakeName,
  chooseWord,
  compareTakes,
  continueTake,
  leaveTakesMode,
  markTake,
  nameTake,
  openTakes,
  switchScope,
  walkTakes,
} from "./takes.ts";
import { countToday } from "./today.ts";
import { toggleXRay } from "./xray.ts";

/** What a command may need besides the model. */
interface Circumstances {
  readonly at: number;
  /** A fresh name, should a generation begin. */
  readonly id: GenerationId;
  readonly layout: Layout;
  /** Stops searches that take too long. */
  readonly guard: Guard;
}

type Handler = (model: Model, now: Circumstances) => Step;

const HANDLERS: Readonly<Record<CommandName, Handler>> = {
  continue: (model, { id, at }) => proposeContinuation(model, id, at),
  accept: (model, { at }) => acceptOffer(model, at),
  acceptWord: (model, { at }) => acceptWord(model, at),
  dismiss: (model, { at }) => stopOrDismiss(model, at),
  nextChoice: (model, { id, at }) => showChoice(model, 1, id, at),
  previousChoice: (model, { id, at }) => showChoice(model, -1, id, at),
  compareChoice: (model) => compareChoice(model),
  rewrite: (model, { id, at }) => proposeRewrite(model, id, at),
  rewriteAs: (model) => togglePanel(model, "styles"),
  context: (model, { id }) => showContext(model, id),
  presets: (model) => togglePanel(model, "presets"),
  models: (model) => openLibrary(model),
  changes: (model) => togglePanel(model, "changes"),

  xray: (model, { layout }) => toggleXRay(model, layout),
  xraySentences: (model, { layout }) =>
    andThen(model.xray ? [model, []] : toggleXRay(model, layout), (next) => togglePanel(next, "xray")),
  alternatives: (model, { id }) => showAlternatives(model, id),

  toggleControls: (model) => [focusControls(model, model.focus === "story"), []],
  leaveControls: (model) => [focusControls(model, false), []],
  previousControl: (model) => [{ ...model, control: Math.max(0, model.control - 1) }, []],
  nextControl: (model) => [{ ...model, control: Math.min(CONTROLS.length - 1, model.control + 1) }, []],
  lessControl: (model) => adjust(model, -1),
  moreControl: (model) => adjust(model, 1),
  muchLessControl: (model) => adjust(model, -5),
  muchMoreControl: (model) => adjust(model, 5),
  resetControl: (model) => adjust(model, 0),

  undo: (model, { at }) => travel(model, "undo", at),
  redo: (model, { at }) => travel(model, "redo", at),
  cut: (model, { at }) => copySelection(model, true, at),
  copy: (model, { at }) => copySelection(model, false, at),
  paste: (model, { at }) => (model.clipboard === "" ? [model, []] : insertText(model, model.clipboard, at)),
  selectAll: (model) => selectAll(model),
  newline: (model, { at }) => breakParagraph(model, at),
  deleteBackward: (model, { at }) => deleteTo(model, "grapheme", false, at),
  deleteForward: (model, { at }) => deleteTo(model, "grapheme", true, at),
  deleteWordBackward: (model, { at }) => kill(model, "word", false, at),
  deleteWordForward: (model, { at }) => kill(model, "word", true, at),

  deleteSentenceBackward: (model, { at }) => kill(model, "sentence", false, at),
  deleteSentenceForward: (model, { at }) => kill(model, "sentence", true, at),
  deleteParagraphBackward: (model, { at }) => kill(model, "paragraph", false, at),
  deleteParagraphForward: (model, { at }) => kill(model, "paragraph", true, at),
  mark: (model) => [{ ...model, marking: !model.marking }, []],
  deselect: (model) => deselect(model),
  takeOver: (model) => takeOver(model),
  themes: (model) => togglePanel(model, "themes"),
  focusMode: (model) => {
    const focusMode = FOCUS_MODES[(FOCUS_MODES.indexOf(model.focusMode) + 1) % FOCUS_MODES.length] ?? "off";
    const notice = {
      kind: "info",
      text: focusMode === "off" ? "focus off" : `focus on the ${focusMode}`,
    } as const;
    return [{ ...model, focusMode, notice }, [{ type: "remember", key: "focus", value: focusMode }]];
  },
  typewriter: (model) => {
    const typewriter = !model.typewriter;
    const notice = {
      kind: "info",
      text: typewriter ? "the cursor stays in the middle" : "the cursor moves freely",
    } as const;
    return [{ ...model, typewriter, notice }, [{ type: "remember", key: "typewriter", value: typewriter }]];
  },
  spelling: (model) => nextDictionary(model),
  nextMisspelling: (model) => seekMisspelling(model),
  suggestions: (model) => askSuggestions(model),
  editElsewhere: (model) => handOver(model),
  growSelection: (model) => growSelection(model),
  shrinkSelection: (model) => shrinkSelection(model),

  left: motion("left"),
  right: motion("right"),
  up: motion("up"),
  down: motion("down"),
  wordLeft: motion("wordLeft"),
  wordRight: motion("wordRight"),
  wordStartRight: motion("wordStartRight"),
  paragraphStart: motion("paragraphStart"),
  paragraphEnd: motion("paragraphEnd"),
  rowStart: motion("rowStart"),
  rowEnd: motion("rowEnd"),
  sentenceLeft: motion("sentenceLeft"),
  sentenceRight: motion("sentenceRight"),
  paragraphUp: motion("paragraphUp"),
  paragraphDown: motion("paragraphDown"),
  pageUp: motion("pageUp"),
  pageDown: motion("pageDown"),
  storyStart: motion("storyStart"),
  storyEnd: motion("storyEnd"),
  selectLeft: motion("left", true),
  selectRight: motion("right", true),
  selectUp: motion("up", true),
  selectDown: motion("down", true),
  selectWordLeft: motion("wordLeft", true),
  selectWordRight: motion("wordRight", true),
  selectWordStartRight: motion("wordStartRight", true),
  selectParagraphEnd: motion("paragraphEnd", true),
  selectParagraph: (model) => selectParagraph(model),
  selectParagraphs: (model) => selectParagraphs(model),
  selectRowStart: motion("rowStart", true),
  selectRowEnd: motion("rowEnd", true),
  selectSentenceLeft: motion("sentenceLeft", true),
  selectSentenceRight: motion("sentenceRight", true),
  selectParagraphUp: motion("paragraphUp", true),
  selectParagraphDown: motion("paragraphDown", true),
  selectPageUp: motion("pageUp", true),
  selectPageDown: motion("pageDown", true),
  selectStoryStart: motion("storyStart", true),
  selectStoryEnd: motion("storyEnd", true),

  outline: (model) => togglePanel(model, "outline"),
  counts: (model) => togglePanel(model, "counts"),
  find: (model, { guard }) => openFind(model, guard),
  findNext: (model, { guard }) => goToMatch(model, 1, guard),
  findPrevious: (model, { guard }) => goToMatch(model, -1, guard),
  findGo: (model, { guard }) => goToMatch(model, 1, guard),
  findGoBack: (model, { guard }) => goToMatch(model, -1, guard),
  findField: (model) => switchField(model),
  findRegex: (model, { guard }) => toggleFind(model, "regex", guard),
  findCase: (model, { guard }) => toggleFind(model, "matchCase", guard),
  findWords: (model, { guard }) => toggleFind(model, "wholeWords", guard),
  replaceOne: (model, { at, guard }) => replaceMatch(model, at, guard),
  replaceAll: (model, { at, guard }) => replaceAll(model, at, guard),
  findLeft: (model, { guard }) => editFind(model, "left", guard),
  findRight: (model, { guard }) => editFind(model, "right", guard),
  findStart: (model, { guard }) => editFind(model, "start", guard),
  findEnd: (model, { guard }) => editFind(model, "end", guard),
  findErase: (model, { guard }) => editFind(model, "erase", guard),
  findEraseForward: (model, { guard }) => editFind(model, "eraseForward", guard),
  findEraseWord: (model, { guard }) => editFind(model, "eraseWord", guard),
  findEraseAll: (model, { guard }) => editFind(model, "eraseAll", guard),
  findPaste: (model, { guard }) => typeFind(model, model.clipboard, guard),
  findClose: (model) => closeFind(model),

  history: (model) => togglePanel(model, "history"),
  palette: (model) => togglePanel(model, "palette"),
  panelUp: (model) => walkPanel(model, "panelUp"),
  panelDown: (model) => walkPanel(model, "panelDown"),
  panelPageUp: (model) => walkPanel(model, "panelPageUp"),
  panelPageDown: (model) => walkPanel(model, "panelPageDown"),
  panelFirst: (model) => walkPanel(model, "panelFirst"),
  panelLast: (model) => walkPanel(model, "panelLast"),
  takes: (model) => openTakes(model),
  takesParent: (model) => walkTakes(model, -1),
  takesChild: (model) => walkTakes(model, 1),
  takesMark: (model, { at }) => markTake(model, at),
  takesName: (model) => askTakeName(model),
  takesCompare: (model) => compareTakes(model),
  takesBranch: (model) => chooseWord(model, "branch"),
  takesContinue: (model, { id, at }) => continueTake(model, id, at),
  takesUpTo: (model) => chooseWord(model, "upTo"),
  takesFrom: (model) => chooseWord(model, "from"),
  takesScope: (model) => switchScope(model),
  panelTake: (model, now) =>
    nameTake(model, now.at) ?? takeLine(model, now, (next, command) => runCommand(next, command, now)),
  panelErase: (model) => searchPanel(model, (query) => [...query].slice(0, -1).join("")),
  panelClose: (model) => leaveTakesMode(model) ?? closePanel(model),

  save: (model) => save(model),
  saveAs: (model) => askName(model, "stay"),
  help: (model) => [{ ...model, dialog: { kind: "help", top: 0, query: "" } }, []],
  quit: (model, { at }) =>
    andThen(
      andThen(countToday(model), (next) => abandonGenerations(next, at)),
      quit,
    ),
  suspend: (model) => [model, [{ type: "suspend" }]],
  redraw: (model) => [{ ...model }, [{ type: "redraw" }]],
};

/** Carries out a command of the keymap. */
export function runCommand(model: Model, command: CommandName, now: Circumstances): Step {
  return HANDLERS[command](model, now);
}

function motion(name: Motion, extend = false): Handler {
  return (model, { layout }) => moveCursor(model, name, extend || model.marking, layout);
}

function focusControls(model: Model, focused: boolean): Model {
  return { ...model, focus: focused ? "controls" : "story" };
}

function adjust(model: Model, steps: number): Step {
  const control = CONTROLS[model.control];
  if (!control) throw new RangeError(`there is no control number ${model.control}`);
  const change: ControlChange =
    steps === 0 ? resetControl(control, model) : moveControl(control, model, steps);
  return [{ ...model, ...change.part }, [{ type: "remember", key: change.key, value: change.value }]];
}
