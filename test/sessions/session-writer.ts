import { ChangeSet } from "@codemirror/state";
import { DEFAULT_SETTINGS } from "../../src/engine/settings.ts";
import type { GenerationRecord, OutcomeRecord, SessionRecord } from "../../src/sessions/records.ts";
import { createDocument, documentText } from "../../src/story/document.ts";
import { replaceRange } from "../../src/story/edit.ts";
import {
  canGrow,
  commit,
  createHistory,
  currentDocument,
  jump,
  redo,
  type UndoTree,
  undo,
} from "../../src/story/history.ts";
import type { Origin } from "../../src/story/passages.ts";

const AT = "2026-03-04T05:06:07.000Z";

/** A writer whose session is in memory: edits, undos and generations, recorded as the editor records them. */
export class SessionWriter {
  readonly records: SessionRecord[] = [];
  tree: UndoTree = createHistory(createDocument(""), 0);
  #generations = 0;

  constructor(text = "") {
    this.records.push({ type: "header", version: 1, app: "test", story: "tale.md", at: AT });
    if (text !== "") this.replace(0, 0, text, { by: "writer" }, { cause: "opened" });
  }

  get text(): string {
    return documentText(currentDocument(this.tree));
  }

  get revision(): number {
    return this.tree.current;
  }

  replace(
    from: number,
    to: number,
    insert: string,
    origin: Origin = { by: "writer" },
    more: { readonly joins?: boolean; readonly cause?: "opened" } = {},
  ): this {
    const root = more.cause === "opened";
    const edit = replaceRange(currentDocument(this.tree), from, to, insert, origin);
    const joins = more.joins === true && canGrow(this.tree, origin);
    this.tree = commit(this.tree, edit, 0, { join: joins, root });
    this.records.push({
      type: "edit",
      at: AT,
      changes: ChangeSet.fromJSON(edit.changes.toJSON()).toJSON(),
      origin,
      ...(joins ? { joins: true as const } : {}),
      ...(more.cause ? { cause: more.cause } : {}),
    });
    return this;
  }

  /** Types at the end. */
  type(text: string): this {
    return this.replace(this.text.length, this.text.length, text);
  }

  go(where: "undo" | "redo" | number): this {
    const tree =
      where === "undo" ? undo(this.tree) : where === "redo" ? redo(this.tree) : jump(this.tree, where);
    if (tree.current === this.tree.current) return this;
    this.tree = tree;
    this.records.push({ type: "jump", at: AT, to: tree.current });
    return this;
  }

  /** Asks at a place, or for other words for a passage; returns the generation's name. */
  generate(from: number, to: number, texts: readonly string[], begin = ""): string {
    const id = `s${++this.#generations}`;
    const record: GenerationRecord = {
      type: "generation",
      at: AT,
      id,
      task: from < to ? "rewrite" : "continue",
      place: { from, to },
      ...(from < to ? { selected: this.text.slice(from, to) } : {}),
      model: { name: "paper", fingerprint: "00", parameters: 1 },
      runtime: "paper 1",
      settings: DEFAULT_SETTINGS,
      seed: 7,
      count: texts.length,
      prompt: { tokens: [1], text: "…" },
      ...(begin === "" ? {} : { begin }),
      choices: texts.map((text) => ({ text, tokens: [5], logprobs: [-1], finish_reason: "length" })),
      timing: { prefillMs: 1, prefillTokens: 1, decodeMs: 1, decodeTokens: 1 },
    };
    this.records.push(record);
    return id;
  }

  outcome(generation: string, outcome: OutcomeRecord["outcome"], choice?: number): this {
    const chosen = choice === undefined ? {} : { choice };
    this.records.push({ type: "outcome", at: AT, generation, outcome, ...chosen });
    return this;
  }

  /** Takes a text of a generation into the story. */
  accept(generation: string, from: number, to: number, text: string, choice = 0): this {
    this.replace(from, to, text, { by: "model", generation });
    return this.outcome(generation, "accepted", choice);
  }

  mark(
    generation: string,
    choice: number,
    what: { readonly name?: string; readonly marked?: boolean },
  ): this {
    this.records.push({ type: "take", at: AT, generation, choice, ...what });
    return this;
  }
}
