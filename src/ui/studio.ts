import type { Guard } from "../story/find.ts";
import type { Effect } from "./effects.ts";
import type { Layout } from "./layout.ts";
import type { Message } from "./message.ts";
import type { Model } from "./model.ts";
import { isSpellingOn } from "./spelling.ts";
import { isInput } from "./update/prepare.ts";
import { update } from "./update/update.ts";

/** Milliseconds between two paintings of streaming text (30 a second). */
const STREAM_PAINT_MS = 33;
/** Milliseconds between two refreshes of the panes around the page (10 a second). */
const CHROME_MS = 100;
/** Milliseconds without a key after which the panes follow what was typed: nothing but the page moves until then. */
const TYPING_MS = 300;

/** Milliseconds without a key after which the engine may read ahead. */
const REST_MS = 400;

/** Milliseconds after a change until unknown words on the page are looked up. */
const PROOFREAD_MS = 150;

/** Timers, passed in so that a test can hold time still. */
export interface Timers {
  set(run: () => void, ms: number): unknown;
  clear(timer: unknown): void;
}

/** What a studio is made from. */
export interface StudioOptions {
  readonly initial: Model;
  readonly layout: Layout;
  /** Stops searches that take too long; without it they run to their end. */
  readonly guard?: Guard;
  readonly timers: Timers;
  /** Makes the runner of effects; it reports back through `dispatch`. */
  readonly performer: (dispatch: (message: Message) => void) => (effect: Effect) => void;
  /** Paints the page at once; never touches React. */
  readonly paintPage: (model: Model) => void;
  /** Milliseconds of rest after the last change until the story is saved by itself; null: never. */
  readonly autosaveMs: number | null;
}

/** The one store of the editor. */
export interface Studio {
  dispatch(message: Message): void;
  model(): Model;
  /** For React: called when the panes should look again, at most ten times a second, and not while somebody types. */
  subscribe(listener: () => void): () => void;
  /** For React: the model as of the last call of the listeners. */
  snapshot(): Model;
  /** Stops all timers. */
  close(): void;
}

/** Puts `update` to work: a message in, the model changed, effects performed, the page painted. */
export function createStudio(options: StudioOptions): Studio {
  const { layout, timers, paintPage, autosaveMs } = options;
  const listeners = new Set<() => void>();
  let model = options.initial;
  let shown = model;
  let paintTimer: unknown = null;
  let chromeTimer: unknown = null;
  let typingTimer: unknown = null;
  let autosaveTimer: unknown = null;
  let restTimer: unknown = null;
  let proofTimer: unknown = null;
  let closed = false;

  function refreshChrome(): void {
    if (chromeTimer === null && !closed) chromeTimer = timers.set(showChrome, CHROME_MS);
  }

  function refreshAfterTyping(): void {
    if (typingTimer !== null) timers.clear(typingTimer);
    typingTimer = closed ? null : timers.set(showChrome, TYPING_MS);
  }

  function showChrome(): void {
    for (const timer of [chromeTimer, typingTimer]) if (timer !== null) timers.clear(timer);
    chromeTimer = null;
    typingTimer = null;
    shown = model;
    for (const listener of listeners) listener();
  }

  function paintNow(): void {
    if (paintTimer !== null) timers.clear(paintTimer);
    paintTimer = null;
    if (!closed) paintPage(model);
  }

  function paintSoon(): void {
    paintTimer ??= timers.set(paintNow, STREAM_PAINT_MS);
  }

  function autosaveLater(): void {
    if (autosaveMs === null) return;
    if (autosaveTimer !== null) timers.clear(autosaveTimer);
    autosaveTimer = timers.set(() => {
      autosaveTimer = null;
      dispatch({ type: "autosave" });
    }, autosaveMs);
  }

  function restLater(): void {
    if (restTimer !== null) timers.clear(restTimer);
    restTimer = timers.set(() => {
      restTimer = null;
      dispatch({ type: "rested" });
    }, REST_MS);
  }

  function proofreadLater(): void {
    if (proofTimer !== null || closed || !isSpellingOn(model.spelling)) return;
    proofTimer = timers.set(() => {
      proofTimer = null;
      dispatch({ type: "proofread" });
    }, PROOFREAD_MS);
  }

  function dispatch(message: Message): void {
    if (closed) return;
    const before = model;
    const [next, effects] = update(before, message, layout, options.guard);
    model = next;
    for (const effect of effects) perform(effect);
    if (model === before && effects.length === 0) return;
    if (message.type === "rested" || message.type === "proofread") {
      if (model.notice !== before.notice) refreshChrome();
      return;
    }
    restLater();
    proofreadLater();
    if (model.tree !== before.tree) autosaveLater();
    if (needsChromeNow(before, model)) showChrome();
    else if (model.tree !== before.tree && isInput(message.type)) refreshAfterTyping();
    else refreshChrome();
    if (message.type === "generation" || message.type === "scored") paintSoon();
    else paintNow();
  }

  const perform = options.performer(dispatch);
  return {
    dispatch,
    model: () => model,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => shown,
    close() {
      closed = true;
      for (const timer of [paintTimer, chromeTimer, typingTimer, autosaveTimer, restTimer, proofTimer]) {
        if (timer !== null) timers.clear(timer);
      }
    },
  };
}

/** Whether the panes must follow at once, because the page's shape or what has the focus changed. */
function needsChromeNow(before: Model, after: Model): boolean {
  return (
    before.columns !== after.columns ||
    before.rows !== after.rows ||
    before.dialog !== after.dialog ||
    before.panel !== after.panel ||
    before.find !== after.find ||
    (before.xray === null) !== (after.xray === null) ||
    before.foresight !== after.foresight ||
    before.focus !== after.focus ||
    before.control !== after.control ||
    before.settings !== after.settings ||
    before.choices !== after.choices ||
    before.notice !== after.notice ||
    before.offer?.shown !== after.offer?.shown ||
    (before.offer?.choices.length ?? 0) !== (after.offer?.choices.length ?? 0) ||
    (before.offer === null) !== (after.offer === null)
  );
}
