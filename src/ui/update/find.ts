import { ChangeSet, Text } from "@codemirror/state";
import { type Match, matchFrom, replacementOf } from "../../story/find.ts";
import { currentDocument } from "../../story/history.ts";
import { cursor, selectionRange } from "../../story/selection.ts";
import { type Find, matchIndex, NO_QUERY, resultOf } from "../find.ts";
import type { Model } from "../model.ts";
import { changeStory } from "./edit.ts";
import { andThen, type Step, warn } from "./step.ts";

const WRITER = { by: "writer" } as const;

/** Opens the search, with what is selected or was looked for last; in the open one, goes to the query. */
export function openFind(model: Model): Step {
  if (model.find) return [{ ...model, find: { ...model.find, field: "query" } }, []];
  const { from, to } = selectionRange(model.selection);
  const selected = currentDocument(model.tree).text.sliceString(from, Math.min(to, from + 200));
  const last = model.lastQuery ?? NO_QUERY;
  const query = selected === "" || selected.includes("\n") ? last : { ...last, text: selected, regex: false };
  const back = { selection: model.selection, top: model.top };
  const find: Find = { query, replacement: "", field: "query", back, moved: false };
  return seek({ ...model, focus: "story", panel: null, find });
}

/** Closes the search. One that the writer went on from stays where it is. */
export function closeFind(model: Model): Step {
  const { find } = model;
  if (!find) return [model, []];
  const closed = { ...model, find: null, lastQuery: find.query.text === "" ? model.lastQuery : find.query };
  return [find.moved ? closed : { ...closed, ...find.back }, []];
}

/** Changes the text of the field that is typed in. A new query goes to its first match from where one was. */
export function typeFind(model: Model, change: (text: string) => string): Step {
  const { find } = model;
  if (!find) return [model, []];
  const changed = (text: string): string => change(text).replaceAll(/[\r\n]+/gu, " ");
  if (find.field === "replacement") {
    return [{ ...model, find: { ...find, replacement: changed(find.replacement) } }, []];
  }
  return seek({ ...model, find: { ...find, query: { ...find.query, text: changed(find.query.text) } } });
}

/** To the other field. */
export function switchField(model: Model): Step {
  const { find } = model;
  if (!find) return [model, []];
  return [{ ...model, find: { ...find, field: find.field === "query" ? "replacement" : "query" } }, []];
}

/** Switches one of the query's ways on or off. */
export function toggleFind(model: Model, way: "regex" | "matchCase" | "wholeWords"): Step {
  const { find } = model;
  if (!find) return [model, []];
  return seek({ ...model, find: { ...find, query: { ...find.query, [way]: !find.query[way] } } });
}

/** To the next match or the one before, round the story's end; without an open search, of what was looked for last. */
export function goToMatch(model: Model, by: 1 | -1): Step {
  const query = model.find?.query ?? model.lastQuery;
  if (!query) return openFind(model);
  const { matches, problem } = resultOf(currentDocument(model.tree).text, query);
  if (problem) return warn(model, problem);
  if (matches.length === 0)
    return [{ ...model, notice: { kind: "info", text: `“${query.text}” is not in the story` } }, []];
  const { from, to } = selectionRange(model.selection);
  const at = by > 0 ? matchFrom(matches, to) : matchFrom(matches, from) - 1;
  const round = (at + matches.length) % matches.length;
  const notice =
    at === round ? null : ({ kind: "info", text: by > 0 ? "on from the start" : "on from the end" } as const);
  const find = model.find && { ...model.find, moved: true };
  return [{ ...select(model, matches[round]!), find, notice }, []];
}

/** Replaces the selected match and goes to the next one; where none is selected, only goes there. */
export function replaceMatch(model: Model, at: number): Step {
  const { find } = model;
  if (!find) return [model, []];
  const { text } = currentDocument(model.tree);
  const { matches, pattern } = resultOf(text, find.query);
  const match = matches[matchIndex(matches, model.selection)];
  if (!match || !pattern) return goToMatch(model, 1);
  const insert = replacementOf(text, match, pattern, find.query, find.replacement);
  return andThen(replace(model, [{ match, insert }], at), (next) =>
    resultOf(currentDocument(next.tree).text, find.query).matches.length === 0
      ? [{ ...next, find: next.find && { ...next.find, moved: true } }, []]
      : goToMatch(next, 1),
  );
}

/** Replaces every match: in the selection that was there when the search began, if that spans lines, else everywhere. */
export function replaceAll(model: Model, at: number): Step {
  const { find } = model;
  if (!find) return [model, []];
  const { text } = currentDocument(model.tree);
  const { matches, pattern, more } = resultOf(text, find.query);
  if (!pattern || matches.length === 0) return goToMatch(model, 1);
  const within = replaceRange(model, find);
  const all = matches.filter(({ from, to }) => from >= within.from && to <= within.to);
  if (all.length === 0)
    return [{ ...model, notice: { kind: "info", text: "nothing to replace in the selection" } }, []];
  const edits = all.map((match) => ({
    match,
    insert: replacementOf(text, match, pattern, find.query, find.replacement),
  }));
  return andThen(replace(model, edits, at), (next) => {
    if (next.tree === model.tree) return [next, []];
    const told = `${all.length.toLocaleString("en")} replaced${more ? ", and there are more" : ""}; undo takes it back`;
    return [
      { ...next, find: next.find && { ...next.find, moved: true }, notice: { kind: "info", text: told } },
      [],
    ];
  });
}

/** Where {@link replaceAll} replaces. */
export function replaceRange(model: Model, { back }: Find): Match {
  const { text } = currentDocument(model.tree);
  const { from, to } = selectionRange(back.selection);
  const spansLines = to <= text.length && text.lineAt(from).number < text.lineAt(to).number;
  return spansLines ? { from, to } : { from: 0, to: text.length };
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

/** Selects the first match from where the writer was; goes back there where there is none. */
function seek(model: Model): Step {
  const { find } = model;
  if (!find) return [model, []];
  const { matches } = resultOf(currentDocument(model.tree).text, find.query);
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
