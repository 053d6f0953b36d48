import { countWordsBetween } from "../../story/counts.ts";
import type { StoryDocument } from "../../story/document.ts";
import { headings } from "../../story/headings.ts";
import { currentDocument } from "../../story/history.ts";
import { cursor, selectionRange } from "../../story/selection.ts";
import { modelWords, tally, WORDS_A_MINUTE } from "../../story/tally.ts";
import { goalText } from "../goals.ts";
import type { Model } from "../model.ts";
import type { PanelKind, PanelLine } from "./panel-kind.ts";

/** A line of the list, and where it leads. */
interface CountLine extends PanelLine {
  readonly from?: number;
}

/** The story in numbers, chapter by chapter; a chapter's line leads there. */
export const COUNTS: PanelKind = {
  title: "Counts",
  verb: "go to the chapter",
  nothing: "",
  searchable: false,
  lines: (model) => countLines(model),
  first: () => 0,
  preview(model, line) {
    const from = countLines(model)[line]?.from;
    const selection = from === undefined ? model.panel?.back.selection : cursor(from);
    return [selection ? { ...model, selection, goalColumn: null } : model, []];
  },
  take: (model, _line, { panel }) =>
    model.selection === panel.back.selection ? [{ ...model, top: panel.back.top }, []] : [model, []],
};

function countLines(model: Model): readonly CountLine[] {
  const document = currentDocument(model.tree);
  const { text } = document;
  const { from, to } = selectionRange(model.panel?.back.selection ?? model.selection);
  const { daily, story } = model.goals;
  const today = goalText(model, "daily");
  const selected: readonly CountLine[] =
    from < to ? [line("words selected", number(countWordsBetween(text, from, to)))] : [];
  return [
    ...selected,
    line(daily > 0 ? "today, of the goal" : "words today", today),
    ...(story > 0 ? [line("story, of the goal", goalText(model, "story"))] : []),
    ...storyLines(document),
  ];
}

const known = new WeakMap<StoryDocument, readonly CountLine[]>();

/** The lines that depend on the story alone, kept for each: they are asked for with every key. */
function storyLines(document: StoryDocument): readonly CountLine[] {
  const found = known.get(document) ?? makeStoryLines(document);
  known.set(document, found);
  return found;
}

function makeStoryLines({ text, passages }: StoryDocument): readonly CountLine[] {
  const counts = tally(text);
  const { words, sentences, paragraphs } = counts;
  const byModel = modelWords(text, passages, 0, text.length);
  const chapters = headings(text).map(({ level, title, from, to, words: inChapter }): CountLine => {
    const start = text.lineAt(from).to;
    const share = percent(modelWords(text, passages, start, to), inChapter);
    return {
      prefix: "  ".repeat(level - 1),
      text: title === "" ? "(untitled)" : title,
      detail: `${number(inChapter)}${byModel > 0 ? ` · ${share} model` : ""}`,
      from,
    };
  });
  return [
    line("words", number(words)),
    line("  by you", `${number(words - byModel)} · ${percent(words - byModel, words)}`),
    line("  by the model", `${number(byModel)} · ${percent(byModel, words)}`),
    line("characters", number(counts.characters)),
    line("  without spaces", number(counts.letters)),
    line("sentences", number(sentences)),
    line("  words each", sentences === 0 ? "–" : (words / sentences).toFixed(1)),
    line("paragraphs", number(paragraphs)),
    line("reading time", readingTime(words)),
    ...chapters,
  ];
}

function line(text: string, detail: string): CountLine {
  return { text, detail };
}

function number(value: number): string {
  return value.toLocaleString("en");
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;
}

function readingTime(words: number): string {
  const minutes = Math.round(words / WORDS_A_MINUTE);
  if (minutes < 1) return "under a minute";
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
