import { takesOf } from "../../src/sessions/takes.ts";
import { cursor } from "../../src/story/selection.ts";
import { pageDisplay, pageRows } from "../../src/ui/page.ts";
import { PANELS } from "../../src/ui/panels/panels.ts";
import type { SessionWriter } from "../sessions/session-writer.ts";
import { Desk } from "./desk.ts";

/** A writer whose story has a session; the list of takes is read as the editor reads it. */
export class TakesDesk extends Desk {
  constructor(
    readonly writer: SessionWriter,
    at = writer.text.length,
  ) {
    super("", { tree: writer.tree, selection: cursor(at), columns: 120, rows: 30 });
  }

  /** Presses keys; what is asked for is read at once. */
  keys(...keys: string[]): this {
    for (const key of keys) {
      const before = this.effects.length;
      this.press(key);
      this.read(before);
    }
    return this;
  }

  read(since: number): this {
    if (this.effects.slice(since).some(({ type }) => type === "readTakes")) {
      const takes = takesOf([...this.writer.records, ...this.records()], this.model.tree);
      this.send({ type: "takesRead", takes });
    }
    return this;
  }

  /** The list, the chosen line in brackets. */
  list(): readonly string[] {
    const { panel } = this.model;
    if (!panel) throw new Error("no panel is open");
    return PANELS[panel.kind].lines(this.model, panel.query).map(({ text, prefix = "" }, i) => {
      return i === panel.chosen ? `[${prefix}${text}]` : `${prefix}${text}`;
    });
  }

  /** The page with what is shown or offered in it in braces. */
  shown(): string {
    const { text, ghost } = pageDisplay(this.model);
    const page = text.toString();
    return ghost
      ? `${page.slice(0, ghost.from)}{${page.slice(ghost.from, ghost.to)}}${page.slice(ghost.to)}`
      : page;
  }

  /** What is selected on the page. */
  chosenWords(): string {
    return pageRows(this.model, this.layout)
      .flatMap(({ spans }) => spans.filter(({ style }) => style.includes("selection")))
      .map(({ text }) => text)
      .join("");
  }
}
