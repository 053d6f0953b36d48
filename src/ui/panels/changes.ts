import type { Text } from "@codemirror/state";
import { type ChangedStretch, changedStretches } from "../../story/changed-words.ts";
import { replaceRange } from "../../story/edit.ts";
import { currentDocument } from "../../story/history.ts";
import type { Model } from "../model.ts";
import { changeStory } from "../update/edit.ts";
import type { PanelKind, PanelLine } from "./panel-kind.ts";

/** Most of a stretch that a line shows, in UTF-16 code units. */
const SHOWN = 120;

/**
 * What the story has that its file had not when Inkwright ended without saving, or what another program brought in:
 * stretch by stretch, `−` before what was there and `+` before what is. The first line takes all of it back.
 */
export const CHANGES: PanelKind = {
  title: "Changes",
  verb: "go there",
  nothing: "nothing was recovered or read in since the story was opened",
  searchable: false,
  lines(model) {
    const found = stretches(model);
    if (found.length === 0) return [];
    return [{ text: `take all of it back: ${model.changed?.what}` }, ...found.map(lineOf)];
  },
  first: (model) => Math.min(1, stretches(model).length),
  preview(model, line) {
    const stretch = stretches(model)[line - 1];
    if (!stretch) return [model, []];
    return [{ ...model, selection: { anchor: stretch.from, head: stretch.to }, goalColumn: null }, []];
  },
  take(model, line, { at }) {
    const stretch = stretches(model)[line - 1];
    if (stretch) return [{ ...model, selection: { anchor: stretch.from, head: stretch.to } }, []];
    if (!model.changed || stretches(model).length === 0) return [model, []];
    const document = currentDocument(model.tree);
    const edit = replaceRange(document, 0, document.text.length, model.changed.before.toString(), {
      by: "writer",
    });
    return changeStory(model, edit, at);
  },
};

const known = new WeakMap<Text, { readonly before: Text; readonly found: readonly ChangedStretch[] }>();

/** The stretches for the present text, kept: the list is looked at with every key. */
function stretches({ changed, tree }: Model): readonly ChangedStretch[] {
  if (!changed) return [];
  const { text } = currentDocument(tree);
  const last = known.get(text);
  if (last?.before === changed.before) return last.found;
  const found = changedStretches(changed.before, text);
  known.set(text, { before: changed.before, found });
  return found;
}

function lineOf({ removed, inserted }: ChangedStretch): PanelLine {
  const parts = [
    removed.trim() === "" ? "" : `− ${short(removed)}`,
    inserted.trim() === "" ? "" : `+ ${short(inserted)}`,
  ];
  const words = parts.filter((part) => part !== "").join("  ");
  return { text: words === "" ? "white space" : words };
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN / 2)} … ${line.slice(-SHOWN / 3)}`;
}
