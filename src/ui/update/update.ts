import { type Guard, unguarded } from "../../story/find.ts";
import type { Effect } from "../effects.ts";
import type { KeyContext } from "../keymap.ts";
import type { Layout } from "../layout.ts";
import type { Message } from "../message.ts";
import type { Model } from "../model.ts";
import { keepCursorVisible } from "../page.ts";
import { runCommand } from "./commands.ts";
import { contextFailed, receiveContext } from "./context.ts";
import { answerDialog } from "./dialog.ts";
import { clampSelection, insertText, typeText } from "./edit.ts";
import { fileChanged } from "./file-changed.ts";
import { closeFind, settleFind, typeFind } from "./find.ts";
import { foresightFailed, receiveAlternatives } from "./foresight.ts";
import { generationFailed, receiveGeneration } from "./generation.ts";
import { takeBack } from "./hand-over.ts";
import { receiveLibrary } from "./library.ts";
import { scrollBy } from "./move.ts";
import { pullEnded, pullProgress } from "./open-model.ts";
import { searchPanel } from "./panel.ts";
import { pointAt } from "./point.ts";
import { isInput, prepareContinuation, stopPreparing } from "./prepare.ts";
import { autosave, reloaded, saved, saveFailed } from "./save.ts";
import { receiveSpelling } from "./spelling.ts";
import { andThen, type Step, warn } from "./step.ts";
import { letGo, tookOver } from "./take-over.ts";
import { followTakes, receiveTakes } from "./takes.ts";
import { beginDay, countToday, passOver } from "./today.ts";
import { continueXRay, followXRay, receiveScores, scoringFailed } from "./xray.ts";

/**
 * The whole behaviour of the editor: what a message makes of the model, and what it wants done in the world.
 * Pure but for the layout's cache of wrapped paragraphs and what is searched in time under the guard.
 */
export function update(
  model: Model,
  message: Message,
  layout: Layout,
  guard: Guard = unguarded,
): readonly [Model, readonly Effect[]] {
  if (onlyEndsWelcome(model, message)) return [keepCursorVisible({ ...model, dialog: null }, layout), []];
  const ready = andThen(beginDay(endWelcome(model, message), message), (begun) =>
    stopPreparing(begun, message),
  );
  const done = andThen(ready, (begun) =>
    andThen(react(begun, message, layout, guard), (after) => passOver(begun, after, message)),
  );
  const [reacted, effects] = followTakes(
    model,
    andThen(done, (after) => followXRay(model, after)),
  );
  const next = settleFind(model.tree, settleKeys(model, reacted, message), guard);
  if (next === model) return [model, effects];
  const moved =
    next.tree !== model.tree ||
    next.selection !== model.selection ||
    next.offer !== model.offer ||
    next.columns !== model.columns ||
    next.rows !== model.rows ||
    (next.xray === null) !== (model.xray === null) ||
    next.dialog !== model.dialog ||
    next.notice !== model.notice ||
    next.focus !== model.focus ||
    next.typewriter !== model.typewriter ||
    next.panel?.preview !== model.panel?.preview ||
    next.panel?.takes?.shown !== model.panel?.takes?.shown ||
    (next.find === null) !== (model.find === null) ||
    (next.panel === null) !== (model.panel === null);
  if (!moved) return [next, effects];
  return [keepCursorVisible(clampSelection(next), layout), effects];
}

/** The welcome is in nobody's way. */
function endWelcome(model: Model, { type }: Message): Model {
  return model.dialog?.kind === "welcome" && isInput(type) ? { ...model, dialog: null } : model;
}

/** What people press to leave a page, and what the modal keyboard would not type, is not for the story behind it. */
function onlyEndsWelcome({ dialog, vim }: Model, message: Message): boolean {
  if (dialog?.kind !== "welcome") return false;
  if (message.type === "command") return message.command === "newline" || message.command === "dismiss";
  return message.type === "typed" && (message.text === " " || (vim !== null && vim.mode !== "insert"));
}

/** A command ends a sequence of keys; an edit ends selecting by motions. */
function settleKeys(before: Model, next: Model, { type }: Message): Model {
  const ends = next.pendingKeys.length > 0 && type !== "keys" && isInput(type);
  const edited = next.marking && (next.tree !== before.tree || next.clipboard !== before.clipboard);
  if (!ends && !edited) return next;
  return { ...next, ...(ends ? { pendingKeys: [] } : {}), ...(edited ? { marking: false } : {}) };
}

/** The contexts in which a key is looked up now, the nearest first. */
export function keyContexts(model: Model): readonly KeyContext[] {
  // Behind the welcome is the story; Esc is known as well.
  if (model.dialog?.kind === "welcome") return ["story", "anywhere", "offer"];
  if (model.dialog) return ["offer", "story", "anywhere"];
  if (model.panel?.takes) return ["takes", "panel", "anywhere"];
  if (model.panel) return ["panel", "anywhere"];
  if (model.find) return ["find", "anywhere"];
  if (model.focus === "controls") return ["controls", "anywhere"];
  return model.offer ? ["offer", "story", "anywhere"] : ["story", "anywhere"];
}

function react(model: Model, message: Message, layout: Layout, guard: Guard): Step {
  switch (message.type) {
    case "command":
      if (model.dialog) return answerDialog(model, { command: message.command });
      return runCommand(model, message.command, { at: message.at, id: message.id, layout, guard });
    case "commands": {
      const now = { at: message.at, id: message.id, layout, guard };
      const done = message.commands.reduce<Step>(
        (step, command) =>
          andThen(step, (next) => (next.dialog ? [next, []] : runCommand(next, command, now))),
        [{ ...model, vim: message.vim }, []],
      );
      const { text } = message;
      return andThen(done, (next) =>
        text === "" || next.dialog || next.panel ? [next, []] : typeText(next, text, message.at),
      );
    }
    case "keys":
      return [{ ...model, pendingKeys: message.keys }, []];
    case "typed":
    case "pasted":
      if (model.dialog) return answerDialog(model, { text: message.text });
      if (model.panel) return searchPanel(model, (query) => query + message.text);
      if (model.find) return typeFind(model, message.text, guard);
      return (message.type === "typed" ? typeText : insertText)(
        { ...model, focus: "story" },
        message.text,
        message.at,
      );
    case "pointer":
      return model.dialog || model.panel
        ? [model, []]
        : pointAt({ ...leaveFind(model), focus: "story" }, message, layout);
    case "wheel":
      return model.dialog ? [model, []] : scrollBy(model, message.rows, layout);
    case "resized":
      return [{ ...model, columns: message.columns, rows: message.rows }, []];
    case "engineDoing":
      return [{ ...model, engine: { ...model.engine, doing: message.text } }, []];
    case "engineReady":
      return [{ ...model, engine: { ...model.engine, status: "ready", card: message.card } }, []];
    case "engineFailed":
      return warn({ ...model, engine: { ...model.engine, status: "stopped" } }, message.text);
    case "libraryRead":
      return receiveLibrary(model, message.entries);
    case "pullProgress":
      return pullProgress(model, message.name, message.text);
    case "pullEnded":
      return pullEnded(model, message.name, message.problem);
    case "generation":
      return receiveGeneration(model, message.id, message.event, message.at);
    case "generationFailed":
      return generationFailed(model, message.id, message.text, message.at);
    case "autosave":
      return autosave(model);
    case "rested":
      return andThen(
        andThen(countToday(model), (next) => continueXRay(next, layout)),
        (next) => (next.xray?.asked ? [next, []] : prepareContinuation(next)),
      );
    case "proofread":
    case "spelled":
    case "suggested":
    case "misspelling":
    case "spellingFailed":
      return receiveSpelling(model, message, layout);
    case "scored":
      return receiveScores(model, message.request, message.tokens, layout);
    case "scoringFailed":
      return scoringFailed(model, message.text);
    case "inspected":
      return receiveContext(model, message.id, message.view);
    case "inspectFailed":
      return contextFailed(model, message.id, message.text);
    case "foreseen":
      return receiveAlternatives(model, message.id, message.found);
    case "foresightFailed":
      return foresightFailed(model, message.id, message.text);
    case "saved":
      return saved(model, message.text, message.sha256, message.path, message.at);
    case "saveFailed":
      return saveFailed(model, message);
    case "abandonFailed":
      return [{ ...model, quitting: false, dialog: { kind: "saveFailed", message: message.text } }, []];
    case "reloaded":
      return reloaded(model, message.text, message.sha256, message.at);
    case "fileChanged":
      return fileChanged(model, message.text, message.sha256, message.at);
    case "tookOver":
      return tookOver(model, message);
    case "asked":
      return letGo(model, message.at);
    case "editedElsewhere":
      return takeBack(model, message.text, message.at);
    case "takesRead":
      return receiveTakes(model, message.takes);
    case "notice":
      return [{ ...model, notice: { kind: message.kind, text: message.text } }, []];
  }
}

/** The mouse leaves the search where it points. */
function leaveFind(model: Model): Model {
  return model.find ? closeFind({ ...model, find: { ...model.find, moved: true } })[0] : model;
}
