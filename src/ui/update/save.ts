import { Text } from "@codemirror/state";
import { changesBetween } from "../../story/difference.ts";
import { currentDocument } from "../../story/history.ts";
import { mapSelection } from "../../story/selection.ts";
import type { Message } from "../message.ts";
import { hasPage, isDirty, type Model } from "../model.ts";
import { changeStory } from "./edit.ts";
import { andThen, isoTime, type Step, warn } from "./step.ts";

const WRITER = { by: "writer" } as const;

/** Writes the story to its file, or to another one under a new name. */
export function save(
  model: Model,
  options: { readonly path?: string; readonly overwrite?: boolean; readonly byItself?: boolean } = {},
): Step {
  const path = options.path ?? model.file.path;
  const elsewhere = path !== model.file.path;
  if (model.file.readOnly && !elsewhere)
    return warn(model, "another Inkwright has this story open: F2 saves a copy");
  if (model.saving) return [model, []];
  const { text } = currentDocument(model.tree);
  return [
    { ...model, saving: true },
    [
      {
        type: "save",
        path,
        text,
        expectedSha256: elsewhere ? null : model.file.sha256,
        overwrite: options.overwrite ?? false,
        byItself: options.byItself ?? false,
      },
    ],
  ];
}

/** Saves by itself when there is something to save and no question is open about it. */
export function autosave(model: Model): Step {
  // A question waits for its answer; a page that is only read does not keep the story from being saved.
  const isAsked = model.dialog !== null && !hasPage(model.dialog);
  if (!isDirty(model) || model.file.readOnly || model.saving || isAsked) return [model, []];
  return save(model, { byItself: true });
}

/** Saves what there is to save, then leaves. */
export function quit(model: Model): Step {
  if (!isDirty(model) || model.file.readOnly) return [{ ...model, quitting: true }, [{ type: "quit" }]];
  return save({ ...model, quitting: true });
}

/** The story is on disk. */
export function saved(model: Model, text: Text, sha256: string, path: string, at: number): Step {
  const file = { path, sha256, savedText: text, readOnly: false };
  const dialog = hasPage(model.dialog) ? model.dialog : null;
  const next: Model = { ...model, file, saving: false, dialog };
  const record = { type: "saved", at: isoTime(at), sha256 } as const;
  if (!model.quitting) {
    return [
      { ...next, notice: model.notice?.untilSaved ? null : model.notice },
      [{ type: "record", record }],
    ];
  }
  // Typed on while the save ran: save that too before leaving.
  if (isDirty(next)) return andThen([next, [{ type: "record", record }]], (again) => save(again));
  return [next, [{ type: "record", record }, { type: "quit" }]];
}

/**
 * The story could not be written. A question is put only to a writer who asked for the save: one that comes up by
 * itself would take the next letters for answers.
 */
export function saveFailed(model: Model, failure: Extract<Message, { type: "saveFailed" }>): Step {
  const { text, path, changedOnDisk, byItself } = failure;
  const { quitting } = model;
  const next: Model = { ...model, saving: false, quitting: false };
  if (byItself && !quitting) {
    return warnUntilSaved(
      next,
      changedOnDisk ? "another program changed this story's file: Ctrl+S to decide" : text,
    );
  }
  if (changedOnDisk) return [{ ...next, dialog: { kind: "changedOnDisk", path, quitting } }, []];
  if (path !== model.file.path) {
    const afterwards = quitting ? "quit" : "stay";
    return warnUntilSaved({ ...next, dialog: { kind: "saveAs", input: path, afterwards } }, text);
  }
  if (quitting) return [{ ...next, dialog: { kind: "saveFailed", message: text } }, []];
  return warnUntilSaved(next, text);
}

function warnUntilSaved(model: Model, text: string): Step {
  return [{ ...model, notice: { kind: "warning", text, untilSaved: true } }, []];
}

/** Takes over the text that another program wrote; the writer's own stays one undo away. */
export function reloaded(model: Model, text: string, sha256: string, at: number): Step {
  const changes = changesBetween(currentDocument(model.tree).text, Text.of(text.split("\n")));
  const edit = { changes, selection: mapSelection(model.selection, changes), origin: WRITER };
  return andThen(changeStory({ ...model, dialog: null }, edit, at, "external"), (next) => [
    { ...next, file: { ...next.file, sha256, savedText: currentDocument(next.tree).text } },
    [],
  ]);
}
