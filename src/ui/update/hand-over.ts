import { Text } from "@codemirror/state";
import { changesBetween } from "../../story/difference.ts";
import { currentDocument } from "../../story/history.ts";
import { mapSelection } from "../../story/selection.ts";
import type { Model } from "../model.ts";
import { changeStory } from "./edit.ts";
import { type Step, warn } from "./step.ts";

/** Lets the writer edit the story elsewhere. */
export function handOver(model: Model): Step {
  if (model.file.readOnly)
    return warn(model, "another Inkwright has this story open: it cannot be edited here");
  return [model, [{ type: "editElsewhere", text: currentDocument(model.tree).text }]];
}

/** What came back, as one edit. What the story has become meanwhile, a stream that ended, stays in undo. */
export function takeBack(model: Model, text: string, at: number): Step {
  const { text: present } = currentDocument(model.tree);
  const changes = changesBetween(present, Text.of(text.split("\n")));
  if (changes.empty) return [{ ...model, notice: { kind: "info", text: "your editor changed nothing" } }, []];
  const selection = mapSelection(model.selection, changes);
  return changeStory(model, { changes, selection, origin: { by: "writer" } }, at);
}
