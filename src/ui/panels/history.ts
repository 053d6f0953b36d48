import type { Revision, UndoTree } from "../../story/history.ts";
import { itemAt } from "../../story/long-list.ts";
import { type RevisionLine, revisionLines } from "../../story/revision-tree.ts";
import type { Model } from "../model.ts";
import { jumpTo } from "../update/edit.ts";
import type { PanelKind, PanelLine } from "./panel-kind.ts";

/**
 * Every state of the story as a tree, the newest on top, what was left by an undo beside it. The page shows the chosen
 * one, with what it changed selected; nothing else knows of that until it is taken.
 */
export const HISTORY: PanelKind = {
  title: "History",
  verb: "go back to this",
  nothing: "nothing was written like this",
  searchable: true,
  lines: (model, query) => found(model.tree, query).map((line) => toPanelLine(line, model.tree)),
  first: (model) =>
    Math.max(
      0,
      found(model.tree, "").findIndex(({ revision }) => revision === model.tree.current),
    ),
  preview(model, line) {
    const { panel, tree } = model;
    const revision = found(tree, panel?.query ?? "")[line]?.revision;
    const shown = revision === undefined ? undefined : itemAt(tree.revisions, revision);
    if (!panel || revision === undefined || !shown) return [model, []];
    const preview = revision === tree.current ? null : { revision, selection: changed(shown) };
    return [{ ...model, panel: { ...panel, preview } }, []];
  },
  take(model, line, { at, panel }) {
    const revision = found(model.tree, panel.query)[line]?.revision;
    if (revision === undefined || revision === model.tree.current)
      return [{ ...model, top: panel.back.top }, []];
    return jumpTo(model, revision, at);
  },
};

const known = new WeakMap<UndoTree, readonly RevisionLine[]>();

/**
 * The lines of a tree, kept for each: thousands of them are looked at with every key. The empty page with which every
 * history begins is left out once there is anything else.
 */
function found(tree: UndoTree, query: string): readonly RevisionLine[] {
  const all = known.get(tree) ?? withoutBeginning(revisionLines(tree), tree);
  known.set(tree, all);
  const wanted = query.toLocaleLowerCase();
  return wanted === "" ? all : all.filter(({ words }) => words.toLocaleLowerCase().includes(wanted));
}

function withoutBeginning(lines: readonly RevisionLine[], tree: UndoTree): readonly RevisionLine[] {
  const isEmpty = itemAt(tree.revisions, 0)?.document.text.length === 0;
  const hidden = isEmpty && tree.current !== 0 && lines.length > 1;
  return hidden ? lines.filter(({ revision }) => revision !== 0) : lines;
}

function toPanelLine({ revision, depth, by, words, at }: RevisionLine, tree: UndoTree): PanelLine {
  return {
    prefix: `${"│ ".repeat(depth)}${by === "model" ? "◆" : "●"} `,
    text: words,
    detail: `${by === "model" ? "model " : ""}${timeOf(at)}`,
    current: revision === tree.current,
  };
}

/** `14:02` for what is less than a day older than the newest; see {@link timeOf}. */
function timeOf(at: number): string {
  if (at === 0) return "";
  const time = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** What the revision inserted, or the place where it deleted. */
function changed({ changes, selection }: Revision): Model["selection"] {
  const ranges: { readonly anchor: number; readonly head: number }[] = [];
  changes?.iterChangedRanges((_from, _to, anchor, head) => ranges.push({ anchor, head }));
  const [first] = ranges;
  const last = ranges.at(-1);
  return first && last ? { anchor: first.anchor, head: last.head } : selection;
}
