import { ChangeSet, Text } from "@codemirror/state";
import { capitalsCount, type Guard, type Match, matchFrom, replacementOf } from "../../story/find.ts";
import { currentDocument, currentRevision, type UndoTree } from "../../story/history.ts";
import { cursor, selectionRange } from "../../story/selection.ts";
import { hint } from "../bindings.ts";
import { type Field, type FieldKey, pressField, typeInto } from "../field.ts";
import { type Find, findField, matchIndex, NO_QUERY, search } from "../find.ts";
import type { Model } from "../model.ts";
import { changeStory } from "./edit.ts";
import { andThen, type Step, warn } from "./step.ts";

const WRITER = { by: "writer" } as const;

/**
 * Opens the search, with what is selected or was looked for last; in the open one, goes to the query. Where lines are
 * selected, only these are searched.
 */
export function openFind(model: Model, guard: Guard): Step {
  if (model.find) return [{ ...model, find: inField(model.find, "query") }, []];
  const { text } = currentDocument(model.tree);
  const { from, to } = selectionRange(model.selection);
  const lines = from < to && text.lineAt(from).number < text.lineAt(to).number;
  const selected = lines ? "" : text.sliceString(from, Math.min(to, from + 200));
  const last = model.lastQuery ?? NO_QUERY;
  const query = selected === "" ? last : { ...last, text: selected, regex: false };
  const within = lines ? { from, to } : null;
  const find: Find = {
    query,
    replacement: "",
    field: "query",
    at: query.text.length,
    back: { selection: model.selection, top: model.top },
    within,
    moved: false,
    result: search(text, query, within, guard),
  };
  return seek({ ...model, focus: "story", panel: null, find });
}

/** Closes the search. One that the writer went on from stays where it is. */
export function closeFind(model: Model): Step {
  const { find } = model;
  if (!find) return [model, []];
  const closed = { ...model, find: null, lastQuery: find.query.text === "" ? model.lastQuery : find.query };
  return [find.moved ? closed : { ...closed, ...find.back }, []];
}

/** Types into the field that has the cursor. A new query goes to its first match from where the writer was. */
export function typeFind(model: Model, typed: string, guard: Guard): Step {
  return changeField(model, (field) => typeInto(field, typed), guard);
}

/** A key of the field that has the cursor. */
export function editFind(model: Model, key: FieldKey, guard: Guard): Step {
  return changeField(model, (field) => pressField(field, key), guard);
}

/** To the other field. */
export function switchField(model: Model): Step {
  const { find } = model;
  if (!find) return [model, []];
  return [{ ...model, find: inField(find, find.field === "query" ? "replacement" : "query") }, []];
}

/** Switches one of the query's ways on or off. */
export function toggleFind(model: Model, way: "regex" | "matchCase" | "wholeWords", guard: Guard): Step {
  const { find } = model;
  if (!find) return [model, []];
  const on = way === "matchCase" ? capitalsCount(find.query) : find.query[way];
  return ask(model, { ...find, query: { ...find.query, [way]: !on } }, guard);
}

/**
 * What the search comes to after a message: where the story has changed meanwhile, its places move along and it is
 * searched again.
 */
export function settleFind(before: UndoTree, model: Model, guard: Guard): Model {
  const { find, tree } = model;
  const { text } = currentDocument(tree);
  if (!find || find.result.text === text) return model;
  const changes = changesFrom(before, tree);
  const move = (pos: number, side: -1 | 1): number =>
    Math.min(text.length, changes ? changes.mapPos(pos, side) : pos);
  const { anchor, head } = find.back.selection;
  const { within } = find;
  const moved: Find = {
    ...find,
    back: { ...find.back, selection: { anchor: move(anchor, 1), head: move(head, 1) } },
    within: within && { from: move(within.from, -1), to: move(within.to, 1) },
  };
  return { ...model, find: { ...moved, result: search(text, find.query, moved.within, guard) } };
}

/** To the next match or the one before, round the story's end; without an open search, of what was looked for last. */
export function goToMatch(model: Model, by: 1 | -1, guard: Guard): Step {
  const query = model.find?.query ?? model.lastQuery;
  if (!query) return openFind(model, guard);
  const { text } = currentDocument(model.tree);
  const within = model.find?.within ?? null;
  // A search that was stopped goes on from there.
  const known = model.find?.result;
  const result = known?.text === text && !known.late ? known : search(text, query, within, guard);
  const { matches, problem } = result;
  if (problem !== null) return warn(model, problem);
  if (matches.length === 0) return [{ ...model, notice: { kind: "info", text: nothing(result, model) } }, []];
  const { from, to } = selectionRange(model.selection);
  const at = by > 0 ? matchFrom(matches, to) : matchFrom(matches, from) - 1;
  const round = (at + matches.length) % matches.length;
  const notice =
    at === round ? null : ({ kind: "info", text: by > 0 ? "on from the start" : "on from the end" } as const);
  const find = model.find && { ...model.find, moved: true, result };
  return [{ ...select(model, matches[round]!), find, notice }, []];
}

/** Replaces the selected match and goes to the next one; where none is selected, only goes there. */
export function replaceMatch(model: Model, at: number, guard: Guard): Step {
  const { find } = model;
  if (!find) return [model, []];
  const { text, matches, pattern } = find.result;
  const match = matches[matchIndex(matches, model.selection)];
  if (!match || !pattern) return goToMatch(model, 1, guard);
  const insert = replacementOf(text, match, pattern, find.query, find.replacement);
  return andThen(replace(model, [{ match, insert }], at), (next) => {
    if (next.tree === model.tree) return [next, []];
    const settled = settleFind(model.tree, next, guard);
    const left = settled.find?.result.matches.length ?? 0;
    return left > 0 ? goToMatch(settled, 1, guard) : [gone(settled), []];
  });
}

/** Replaces every match as one edit. */
export function replaceAll(model: Model, at: number, guard: Guard): Step {
  const { find } = model;
  if (!find) return [model, []];
  const { text, matches, pattern, more, late } = find.result;
  if (!pattern || matches.length === 0) return goToMatch(model, 1, guard);
  const edits = matches.map((match) => ({
    match,
    insert: replacementOf(text, match, pattern, find.query, find.replacement),
  }));
  return andThen(replace(model, edits, at), (next) => {
    if (next.tree === model.tree) return [next, []];
    const rest = more || late ? ", and there are more" : "";
    const told = `${matches.length.toLocaleString("en")} replaced${rest}; ${hint(model.keymap, "undo")} takes it back`;
    return [{ ...gone(next), notice: { kind: "info", text: told } }, []];
  });
}

function replace(
  model: Model,
  edits: readonly { readonly match: Match; readonly insert: string }[],
  at: number,
): Step {
  const { length } = currentDocument(model.tree).text;
  const specs = edits.map(({ match, insert }) => ({ ...match, insert: Text.of(insert.split("\n")) }));
  const changes = ChangeSet.of(specs, length);
  const head = changes.mapPos(edits[0]?.match.to ?? 0, 1);
  return changeStory(model, { changes, selection: cursor(head), origin: WRITER }, at);
}

function changeField(model: Model, change: (field: Field) => Field, guard: Guard): Step {
  const { find } = model;
  if (!find) return [model, []];
  const { text, at } = change(findField(find));
  if (find.field === "replacement") return [{ ...model, find: { ...find, at, replacement: text } }, []];
  if (text === find.query.text) return [{ ...model, find: { ...find, at } }, []];
  return ask(model, { ...find, at, query: { ...find.query, text } }, guard);
}

/** Looks for another query, from where the writer was. */
function ask(model: Model, find: Find, guard: Guard): Step {
  const { text } = currentDocument(model.tree);
  return seek({ ...model, find: { ...find, result: search(text, find.query, find.within, guard) } });
}

/** Selects the first match from where the writer was; goes back there where there is none. */
function seek(model: Model): Step {
  const { find } = model;
  if (!find) return [model, []];
  const { matches } = find.result;
  const from = selectionRange(find.back.selection).from;
  const match = matches[matchFrom(matches, from) % Math.max(1, matches.length)];
  return [
    match ? select(model, match) : { ...model, selection: find.back.selection, top: find.back.top },
    [],
  ];
}

function select(model: Model, { from, to }: Match): Model {
  return { ...model, selection: { anchor: from, head: to }, goalColumn: null };
}

function inField(find: Find, field: Find["field"]): Find {
  return { ...find, field, at: (field === "query" ? find.query.text : find.replacement).length };
}

/** The writer has gone on from where the search began. */
function gone(model: Model): Model {
  return { ...model, find: model.find && { ...model.find, moved: true } };
}

function nothing({ late }: Find["result"], { find, lastQuery }: Model): string {
  const { text } = find?.query ?? lastQuery ?? NO_QUERY;
  if (late) return `looking for “${text}” took too long and was stopped`;
  return `“${text}” is not in the ${find?.within ? "selection" : "story"}`;
}

/** From one text to the next, where that is one revision on or back; null elsewhere. */
function changesFrom(before: UndoTree, after: UndoTree): ChangeSet | null {
  const [old, now] = [currentRevision(before), currentRevision(after)];
  if (before.current === after.current) return null;
  if (now.parent === before.current) return now.changes;
  return old.parent === after.current ? (old.changes?.invert(now.document.text) ?? null) : null;
}
