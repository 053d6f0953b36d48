import { currentDocument } from "../../story/history.ts";
import { contextRows } from "../context-view.ts";
import { geometry } from "../geometry.ts";
import { helpLines } from "../help.ts";
import type { CommandName } from "../keymap.ts";
import { limitRows } from "../limit-rows.ts";
import type { Model } from "../model.ts";
import { comparedRows } from "../takes-compare.ts";
import { save } from "./save.ts";
import type { Step } from "./step.ts";

/** A key or text while a question is open. Every question can be left with Esc, and nothing is lost by it. */
export function answerDialog(
  model: Model,
  input: { readonly text?: string; readonly command?: CommandName },
): Step {
  const { dialog } = model;
  if (!dialog) return [model, []];
  const { command } = input;
  const isSearch = dialog.kind === "help" && dialog.query !== "";
  if (!isSearch && (command === "dismiss" || command === "leaveControls"))
    return [{ ...model, dialog: null, quitting: false }, []];
  switch (dialog.kind) {
    case "welcome":
      return [{ ...model, dialog: null }, []];
    case "context":
      return scrollContext(model, dialog, command);
    case "limits":
      return scrollLimits(model, dialog, command);
    case "takes":
      return scrollTakes(model, dialog, command);
    case "help":
      return answerHelp(model, dialog, input);
    case "saveAs":
      return typeName(model, dialog, input);
    case "changedOnDisk":
      return answerChanged(model, dialog, input.text?.toLowerCase());
    case "saveFailed":
      return answerFailed(model, input.text?.toLowerCase());
  }
}

/** Opens the question for a new file name, with the present one to start from. */
export function askName(model: Model, afterwards: "stay" | "quit"): Step {
  return [{ ...model, dialog: { kind: "saveAs", input: model.file.path, afterwards }, quitting: false }, []];
}

/** By how many rows a command scrolls a page that covers the story; undefined for one that does not. */
function scrolling(model: Model, command: CommandName | undefined): number | undefined {
  const page = Math.max(1, model.rows - 4);
  const by: Partial<Record<CommandName, number>> = {
    up: -1,
    down: 1,
    pageUp: -page,
    pageDown: page,
    storyStart: -1e6,
    storyEnd: 1e6,
  };
  return command && by[command];
}

function scrollContext(
  model: Model,
  dialog: Extract<Model["dialog"], { kind: "context" }>,
  command: CommandName | undefined,
): Step {
  if (command === "context" || command === "quit") return [{ ...model, dialog: null }, []];
  const move = scrolling(model, command);
  if (move === undefined) return [model, []];
  const rows = dialog.view ? contextRows(dialog.view, model.columns).length : 0;
  const top = Math.max(0, Math.min(rows, dialog.top + move));
  return [{ ...model, dialog: { ...dialog, top } }, []];
}

function scrollLimits(
  model: Model,
  dialog: Extract<Model["dialog"], { kind: "limits" }>,
  command: CommandName | undefined,
): Step {
  const { page: place } = geometry(model);
  const rows = limitRows(dialog.text, place.width - 2).length;
  return scrollPage(model, dialog, rows - place.height + 2, command);
}

function scrollTakes(
  model: Model,
  dialog: Extract<Model["dialog"], { kind: "takes" }>,
  command: CommandName | undefined,
): Step {
  const { page: place } = geometry(model);
  const rows = comparedRows(dialog.left, dialog.right, place.width - 2).length;
  return scrollPage(model, dialog, rows - place.height + 1, command);
}

/** Scrolls a page whose last first row is `lowest`; quitting leaves it. */
function scrollPage(
  model: Model,
  dialog: Extract<Model["dialog"], { kind: "limits" | "takes" }>,
  lowest: number,
  command: CommandName | undefined,
): Step {
  if (command === "quit") return [{ ...model, dialog: null }, []];
  const move = scrolling(model, command);
  if (move === undefined) return [model, []];
  const top = Math.max(0, Math.min(lowest, dialog.top + move));
  return [{ ...model, dialog: { ...dialog, top } }, []];
}

/** What is typed finds keys; Esc takes that away first. */
function answerHelp(
  model: Model,
  { top, query }: { readonly top: number; readonly query: string },
  { text = "", command }: { readonly text?: string; readonly command?: CommandName },
): Step {
  const searched = (found: string): Step => [
    { ...model, dialog: { kind: "help", top: 0, query: found } },
    [],
  ];
  if (command === "dismiss" || command === "leaveControls") return searched("");
  if (command === "deleteBackward") return searched([...query].slice(0, -1).join(""));
  if (command === "deleteWordBackward") return searched(query.replace(/\S*\s*$/u, ""));
  const typed = text.replaceAll(/\p{Cc}/gu, "");
  if (typed !== "") return searched(query + typed);
  if (command === "help" || command === "quit") return [{ ...model, dialog: null }, []];
  const move = scrolling(model, command);
  if (move === undefined) return [model, []];
  const moved = command === "storyEnd" ? helpLines(model.keymap, query).length - model.rows + 4 : top + move;
  return [{ ...model, dialog: { kind: "help", top: Math.max(0, moved), query } }, []];
}

function typeName(
  model: Model,
  dialog: { readonly input: string; readonly afterwards: "stay" | "quit" },
  input: { readonly text?: string; readonly command?: CommandName },
): Step {
  if (input.command === "newline") {
    const path = dialog.input.trim();
    if (path === "") return [{ ...model, notice: { kind: "warning", text: "a file needs a name" } }, []];
    return save({ ...model, dialog: null, quitting: dialog.afterwards === "quit" }, { path });
  }
  const edits: Partial<Record<CommandName, (name: string) => string>> = {
    deleteBackward: (name) => [...name].slice(0, -1).join(""),
    deleteWordBackward: (name) => name.replace(/[^/]*\/?$/u, ""),
  };
  const edit = input.command ? edits[input.command] : undefined;
  const name = edit ? edit(dialog.input) : dialog.input + (input.text ?? "").replaceAll(/[\p{Cc}]/gu, "");
  return [{ ...model, dialog: { kind: "saveAs", input: name, afterwards: dialog.afterwards } }, []];
}

function answerChanged(
  model: Model,
  { path, quitting }: { readonly path: string; readonly quitting: boolean },
  key: string | undefined,
): Step {
  if (key === "o") return save({ ...model, dialog: null, quitting }, { path, overwrite: true });
  if (key === "r" && path === model.file.path)
    return [{ ...model, dialog: null }, [{ type: "reload", path }]];
  if (key === "a") return askName(model, quitting ? "quit" : "stay");
  return [model, []];
}

function answerFailed(model: Model, key: string | undefined): Step {
  if (key === "a") return askName(model, "quit");
  if (key === "t") return save({ ...model, dialog: null, quitting: true });
  if (key === "q") {
    const { text } = currentDocument(model.tree);
    return [{ ...model, dialog: null, quitting: true }, [{ type: "abandon", text }]];
  }
  return [model, []];
}
