import { type Heading, headingAt, headings } from "../../story/headings.ts";
import { currentDocument } from "../../story/history.ts";
import { cursor } from "../../story/selection.ts";
import type { Model } from "../model.ts";
import type { Step } from "../update/step.ts";
import type { PanelKind } from "./panel-kind.ts";

/** The story's Markdown headings with the words under each; the page follows the line that is chosen. */
export const OUTLINE: PanelKind = {
  title: "Outline",
  verb: "go there",
  nothing: "no headings: a line like “# One” makes a chapter",
  searchable: true,
  lines(model, query) {
    const here = headingAt(currentDocument(model.tree).text, model.selection.head);
    return found(model, query).map((heading) => ({
      text: heading.title === "" ? "(untitled)" : heading.title,
      prefix: "  ".repeat(heading.level - 1),
      detail: heading.words.toLocaleString("en"),
      current: heading.from === here?.from,
    }));
  },
  first(model) {
    const all = found(model, "");
    const here = headingAt(currentDocument(model.tree).text, model.selection.head);
    return Math.max(
      0,
      all.findIndex((heading) => heading.from === here?.from),
    );
  },
  preview: (model, line) => goTo(model, line),
  take: (model) => [model, []],
};

function goTo(model: Model, line: number): Step {
  const heading = found(model, model.panel?.query ?? "")[line];
  if (!heading) return [model, []];
  return [{ ...model, selection: cursor(heading.from), goalColumn: null }, []];
}

function found(model: Model, query: string): readonly Heading[] {
  const wanted = query.toLocaleLowerCase();
  const all = headings(currentDocument(model.tree).text);
  return all.filter(({ title }) => title.toLocaleLowerCase().includes(wanted));
}
