import { replaceRange } from "../../story/edit.ts";
import { currentDocument } from "../../story/history.ts";
import { cursor } from "../../story/selection.ts";
import type { Model, Notice } from "../model.ts";
import type { Suggested } from "../spelling.ts";
import type { WordList } from "../spelling-effects.ts";
import { changeStory } from "../update/edit.ts";
import { andThen, type Step } from "../update/step.ts";
import type { PanelKind, PanelLine } from "./panel-kind.ts";

/** A line of the list, and what taking it does. */
type Line = PanelLine & ({ readonly becomes: string } | { readonly keep: WordList });

/** What could stand in place of a misspelled word; it may also be kept as a word of the writer's. */
export const SPELLING: PanelKind = {
  title: "Spelling",
  verb: "take",
  nothing: "",
  searchable: false,
  lines: (model) => linesFor(model.spelling.suggested),
  first: () => 0,
  take(model, line, { at, panel }) {
    const { suggested } = model.spelling;
    const chosen = linesFor(suggested)[line];
    if (!suggested || !chosen) return [model, []];
    const { text, word } = suggested;
    if (currentDocument(model.tree).text !== text)
      return [
        { ...model, selection: panel.back.selection, notice: inform("the story has changed meanwhile") },
        [],
      ];
    const after = { ...model, selection: cursor(word.to) };
    if ("keep" in chosen) return keepWord(after, word.text, chosen.keep);
    const insert = inStyle(chosen.becomes, text.lineAt(word.from).text, model.smartQuotes);
    const edit = replaceRange(currentDocument(model.tree), word.from, word.to, insert, { by: "writer" });
    return andThen(changeStory(after, edit, at), (next) => [
      next.tree === model.tree ? next : { ...next, notice: inform(`“${word.text}” is now “${insert}”`) },
      [],
    ]);
  },
};

function inform(text: string): Notice {
  return { kind: "info", text };
}

function linesFor(suggested: Suggested | null): readonly Line[] {
  if (!suggested) return [];
  const { text } = suggested.word;
  const lines: readonly Line[] = [
    ...suggested.suggestions.map((becomes) => ({ text: becomes, becomes })),
    { text: `add “${text}” to my dictionary`, keep: "dictionary" },
    { text: `ignore “${text}” in this story`, keep: "story" },
  ];
  // Heard one after another, the lines must say what they are about.
  return lines.map((line, i) => (i === 0 && "becomes" in line ? { ...line, detail: `for “${text}”` } : line));
}

function keepWord(model: Model, word: string, list: WordList): Step {
  const { spelling, file } = model;
  const part = list === "dictionary" ? "own" : "ignored";
  const news = list === "dictionary" ? "is in your dictionary" : "is ignored in this story";
  return [
    {
      ...model,
      spelling: { ...spelling, [part]: new Set([...spelling[part], word]) },
      notice: inform(`“${word}” ${news}`),
    },
    [{ type: "keepWord", word, list, story: file.path }],
  ];
}

/** Apostrophes as the paragraph has them, or as they are typed. */
function inStyle(suggestion: string, paragraph: string, smartQuotes: boolean): string {
  const curly = paragraph.includes("’") || (smartQuotes && !paragraph.includes("'"));
  return curly ? suggestion.replaceAll("'", "’") : suggestion;
}
