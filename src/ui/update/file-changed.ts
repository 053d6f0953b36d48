import { Text } from "@codemirror/state";
import { currentDocument } from "../../story/history.ts";
import { mergeChanges } from "../../story/merge.ts";
import { mapSelection } from "../../story/selection.ts";
import { hint } from "../bindings.ts";
import { isDirty, type Model } from "../model.ts";
import { changeStory } from "./edit.ts";
import { reloaded } from "./save.ts";
import { andThen, type Step, warn } from "./step.ts";

/**
 * Another program wrote the story's file. Where nothing is unsaved here, its text is read in; else both changes are put
 * together, unless they are at the same place. All of it can be undone.
 */
export function fileChanged(model: Model, text: string, sha256: string, at: number): Step {
  const { savedText, sha256: known } = model.file;
  if (sha256 === known || savedText === null) return [model, []];
  const theirs = Text.of(text.split("\n"));
  const changed = { before: currentDocument(model.tree).text, what: "the story as it was before that" };
  const look = `${hint(model.keymap, "changes")} shows them`;
  if (!isDirty(model)) {
    return andThen(reloaded(model, text, sha256, at), (next) => [
      {
        ...next,
        changed,
        notice: { kind: "info", text: `another program changed the file: its changes were read in; ${look}` },
      },
      [],
    ]);
  }
  const { text: ours } = currentDocument(model.tree);
  const changes = mergeChanges(savedText, ours, theirs);
  if (changes === null)
    return warn(model, "another program changed this story's file where you did: Ctrl+S to decide");
  const edit = {
    changes,
    selection: mapSelection(model.selection, changes),
    origin: { by: "writer" } as const,
  };
  return andThen(changeStory(model, edit, at, "external"), (next) => [
    {
      ...next,
      changed,
      file: { ...next.file, sha256, savedText: theirs },
      notice: { kind: "info", text: `another program changed the file: both changes are kept; ${look}` },
    },
    [],
  ]);
}
