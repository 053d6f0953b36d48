import { DEFAULT_SETTINGS } from "../../src/engine/settings.ts";
import type { Choice, GenerationEvent, ModelCard } from "../../src/engine/types.ts";
import type { SessionRecord } from "../../src/sessions/records.ts";
import { countStoryWords } from "../../src/story/counts.ts";
import { dayCount } from "../../src/story/day.ts";
import { createDocument, documentText } from "../../src/story/document.ts";
import { createHistory, currentDocument } from "../../src/story/history.ts";
import { DEFAULT_KEYMAP } from "../../src/ui/bindings.ts";
import type { Effect } from "../../src/ui/effects.ts";
import { messageFor } from "../../src/ui/incoming.ts";
import { createLayout } from "../../src/ui/layout.ts";
import { UNREAD_LIBRARY } from "../../src/ui/library.ts";
import type { Message } from "../../src/ui/message.ts";
import type { Model } from "../../src/ui/model.ts";
import { remainingText } from "../../src/ui/offer.ts";
import { NO_DICTIONARY, unreadSpelling } from "../../src/ui/spelling.ts";
import type { InputEvent } from "../../src/ui/terminal/input-event.ts";
import { parseKey } from "../../src/ui/terminal/keys.ts";
import { PALETTES } from "../../src/ui/themes.ts";
import { update } from "../../src/ui/update/update.ts";
import { promptView } from "../fake-engine.ts";

/** The card of a model that exists only in tests. */
export const CARD: ModelCard = {
  name: "paper",
  folder: "paper",
  fingerprint: "00112233445566ff",
  parameters: 1,
  contextLength: 64,
  vocabularySize: 10,
  layers: 1,
  heads: 1,
  width: 1,
  dtype: "float32",
  precision: "fp32",
  runtime: "paper 1.0",
};

/** A model of the editor for the text of `page`, in which `|` is the cursor and `[…|` or `|…]` a selection. */
export function deskModel(page: string, changes: Partial<Model> = {}): Model {
  const { text, anchor, head } = readPage(page);
  const tree = createHistory(createDocument(text), 0);
  return {
    tree,
    selection: { anchor, head },
    goalColumn: null,
    grown: null,
    press: null,
    top: { line: 1, row: 0 },
    columns: 80,
    rows: 24,
    focus: "story",
    showControls: true,
    control: 0,
    settings: DEFAULT_SETTINGS,
    choices: 1,
    offer: null,
    ending: [],
    prepared: null,
    dialog: null,
    styles: [],
    jumped: null,
    changed: null,
    panel: null,
    xray: null,
    foresight: null,
    theme: "auto",
    palettes: PALETTES,
    focusMode: "off",
    typewriter: false,
    smartQuotes: false,
    spelling: unreadSpelling(NO_DICTIONARY, ["en"]),
    reducedMotion: true,
    goals: { daily: 0, story: 0 },
    today: dayCount(1_000_000, countStoryWords(currentDocument(tree).text)),
    keymap: DEFAULT_KEYMAP,
    pendingKeys: [],
    vim: null,
    marking: false,
    find: null,
    lastQuery: null,
    recentCommands: [],
    file: { path: "tale.md", sha256: "file", savedText: currentDocument(tree).text, readOnly: false },
    engine: { status: "ready", card: CARD, tokensPerSecond: null },
    library: UNREAD_LIBRARY,
    notice: null,
    clipboard: "",
    killed: null,
    saving: false,
    quitting: false,
    app: "inkwright test",
    node: "20.0.0",
    ...changes,
  };
}

/** A writer at work: keys in, the page and everything asked of the world out. Time passes only by `wait`. */
export class Desk {
  readonly layout = createLayout();
  readonly effects: Effect[] = [];
  model: Model;
  #now = 1_000_000;
  #ids = 0;

  constructor(page: string, changes: Partial<Model> = {}) {
    this.model = deskModel(page, changes);
  }

  send(message: Message): this {
    const [model, effects] = update(this.model, message, this.layout);
    this.model = model;
    this.effects.push(...effects);
    return this;
  }

  /** Presses keys by name; those of one character are typed. */
  press(...keys: string[]): this {
    for (const key of keys) {
      const event: InputEvent =
        [...key].length === 1
          ? { type: "text", text: key }
          : { type: "key", event: "press", ...parseKey(key) };
      const message = messageFor(event, this.model, this.#now, () => this.#nextId());
      if (message) this.send(message);
    }
    return this;
  }

  type(text: string): this {
    for (const character of text) this.send({ type: "typed", text: character, at: this.#now });
    return this;
  }

  paste(text: string): this {
    return this.send({ type: "pasted", text, at: this.#now });
  }

  wait(ms: number): this {
    this.#now += ms;
    return this;
  }

  /** The writer pauses. */
  rest(): this {
    return this.send({ type: "rested" });
  }

  /** The engine answers the newest request: tokens one by one, then the choice, then the end. */
  answer(...texts: string[]): this {
    const id = this.requested().id;
    this.#event(id, { type: "started", seed: 7, prompt: promptView([1, 2], "…"), reusedTokens: 0 });
    for (const [index, text] of texts.entries()) {
      this.stream(text, index);
      this.#event(id, { type: "choice", choice: choiceOf(text, index) });
    }
    return this.finish();
  }

  begin(): this {
    const started = {
      type: "started",
      seed: 7,
      prompt: promptView([1, 2], "…"),
      reusedTokens: 0,
    } as const;
    return this.#event(this.requested().id, started);
  }

  /** One token a word. */
  stream(text: string, choice = 0): this {
    for (const word of text.match(/\s*\S+|\s+/gu) ?? []) {
      this.#event(this.requested().id, { type: "token", choice, id: 5, logprob: -1, text: word });
    }
    return this;
  }

  finish(): this {
    const timing = { prefillMs: 1, prefillTokens: 2, decodeMs: 10, decodeTokens: 3 };
    return this.#event(this.requested().id, { type: "finished", cancelled: false, timing });
  }

  fail(text: string): this {
    return this.send({ type: "generationFailed", id: this.requested().id, text, at: this.#now });
  }

  /** The newest request that went to the engine. */
  requested() {
    const found = this.effects.findLast((effect) => effect.type === "generate");
    if (found?.type !== "generate") throw new Error("nothing was asked of the engine");
    return found.request;
  }

  /** The story with cursor and selection, as `deskModel` reads it. */
  page(): string {
    const text = documentText(currentDocument(this.model.tree));
    const { anchor, head } = this.model.selection;
    if (anchor === head) return `${text.slice(0, head)}|${text.slice(head)}`;
    if (anchor < head) return `${text.slice(0, anchor)}[${text.slice(anchor, head)}|${text.slice(head)}`;
    return `${text.slice(0, head)}|${text.slice(head, anchor)}]${text.slice(anchor)}`;
  }

  text(): string {
    return documentText(currentDocument(this.model.tree));
  }

  /** The story with the model's passages in braces. */
  marked(): string {
    const document = currentDocument(this.model.tree);
    let text = documentText(document);
    for (const { from, to } of [...document.passages].reverse()) {
      text = `${text.slice(0, from)}{${text.slice(from, to)}}${text.slice(to)}`;
    }
    return text;
  }

  /** What is on offer now, or null. */
  ghost(): string | null {
    return this.model.offer ? remainingText(this.model.offer) : null;
  }

  records(type?: SessionRecord["type"]): SessionRecord[] {
    const records = this.effects.flatMap((effect) => (effect.type === "record" ? [effect.record] : []));
    return type ? records.filter((record) => record.type === type) : records;
  }

  #event(id: string, event: GenerationEvent): this {
    return this.send({ type: "generation", id, event, at: this.#now });
  }

  #nextId(): string {
    this.#ids += 1;
    return `g${this.#ids}`;
  }
}

function choiceOf(text: string, index: number): Choice {
  const tokens = (text.match(/\s*\S+|\s+/gu) ?? []).map(() => 5);
  return { index, text, tokens, logprobs: tokens.map(() => -1), finishReason: "length" };
}

function readPage(page: string): { text: string; anchor: number; head: number } {
  const text = page.replaceAll(/[|[\]]/gu, "");
  const head = page.replaceAll(/[[\]]/gu, "").indexOf("|");
  const bracket = page.replaceAll("|", "").search(/[[\]]/u);
  return { text, head: Math.max(0, head), anchor: bracket < 0 ? Math.max(0, head) : bracket };
}
