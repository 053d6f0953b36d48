import type { Text } from "@codemirror/state";
import { type Heading, headingAt, headings } from "../../story/headings.ts";
import { currentDocument } from "../../story/history.ts";
import { cursor } from "../../story/selection.ts";
import type { Model } from "../model.ts";
import type { Step } from "../update/step.ts";
import type { PanelKind, PanelLine } from "./panel-kind.ts";

/**
 * The story's Markdown headings with the words under each; the page follows the line that is chosen. `:12` goes to a
 * line of the file, `:50%` to the middle.
 */
export const OUTLINE: PanelKind = {
  title: "Outline",
  verb: "go there",
  nothing: "no headings: a line like “# One” makes a chapter; :12 goes to line 12, :50% to the middle",
  searchable: true,
  lines(model, query) {
    const { text } = currentDocument(model.tree);
    const line = lineOf(text, query);
    if (line !== null) return [lineEntry(text, line)];
    // The chapter that the writer came from, wherever the page is looking.
    const here = headingAt(text, (model.panel?.back.selection ?? model.selection).head);
    return found(text, query).map((heading) => ({
      text: heading.title === "" ? "(untitled)" : heading.title,
      prefix: "  ".repeat(heading.level - 1),
      detail: heading.words.toLocaleString("en"),
      current: heading.from === here?.from,
    }));
  },
  first(model) {
    const { text } = currentDocument(model.tree);
    const here = headingAt(text, model.selection.head);
    return Math.max(
      0,
      headings(text).findIndex((heading) => heading.from === here?.from),
    );
  },
  preview: (model, line) => goTo(model, line),
  // What is chosen first is the chapter where the writer is: taking it without a move stays at the place.
  take: (model) => [model, []],
};

function goTo(model: Model, chosen: number): Step {
  const { text } = currentDocument(model.tree);
  const query = model.panel?.query ?? "";
  const line = lineOf(text, query);
  const place = line === null ? found(text, query)[chosen]?.from : text.line(line).from;
  if (place === undefined) return [model, []];
  return [{ ...model, selection: cursor(place), goalColumn: null }, []];
}

function found(text: Text, query: string): readonly Heading[] {
  const wanted = query.toLocaleLowerCase();
  return wanted === ""
    ? headings(text)
    : headings(text).filter(({ title }) => title.toLocaleLowerCase().includes(wanted));
}

/** The number of the line that `:12` or `:50%` means, the text's last at most; null for any other query. */
function lineOf(text: Text, query: string): number | null {
  const typed = /^\s*:\s*(\d{1,9})\s*(%?)\s*$/u.exec(query);
  if (!typed) return null;
  const number = Number(typed[1]);
  if (typed[2] === "%") return text.lineAt(Math.floor((text.length * Math.min(100, number)) / 100)).number;
  return Math.max(1, Math.min(text.lines, number));
}

function lineEntry(text: Text, number: number): PanelLine {
  const line = text.line(number);
  const words = line.text.slice(0, 80).trim();
  return {
    text: words === "" ? "(an empty line)" : words,
    detail: `line ${number.toLocaleString("en")} of ${text.lines.toLocaleString("en")}`,
  };
}
