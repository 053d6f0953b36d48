import type { Text } from "@codemirror/state";
import { currentDocument, currentRevision, type UndoTree } from "../../story/history.ts";
import { isDirty, type Model } from "../model.ts";
import { abandonGenerations } from "./generation.ts";
import { andThen, type Step } from "./step.ts";

/** Asks the other editor of this story to let it go. */
export function takeOver(model: Model): Step {
  if (!model.file.readOnly)
    return [{ ...model, notice: { kind: "info", text: "this story is yours already" } }, []];
  const notice = { kind: "info", text: "asking the other Inkwright to save and let go…" } as const;
  return [{ ...model, notice }, [{ type: "takeOver" }]];
}

/** The story is ours now, as the other editor left it. */
export function tookOver(
  model: Model,
  story: { readonly tree: UndoTree; readonly sha256: string | null; readonly savedText: Text | null },
): Step {
  const { tree, sha256, savedText } = story;
  const file = { ...model.file, sha256, savedText, readOnly: false };
  const { selection } = currentRevision(tree);
  const notice = { kind: "info", text: "the story is yours now" } as const;
  return [{ ...model, tree, selection, goalColumn: null, file, notice, panel: null, find: null }, []];
}

/** Another editor asks for the story: it is saved, and from here on only read. */
export function letGo(model: Model, at: number): Step {
  if (model.file.readOnly) return [model, []];
  const effect = {
    type: "letGo",
    text: currentDocument(model.tree).text,
    expectedSha256: model.file.sha256,
    dirty: isDirty(model),
  } as const;
  return andThen(abandonGenerations(model, at), (next) => [
    {
      ...next,
      file: { ...next.file, readOnly: true },
      notice: {
        kind: "warning",
        text: "another Inkwright took this story over: it is saved, and read only here",
      },
    },
    [effect],
  ]);
}
