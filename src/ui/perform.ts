import type { Text } from "@codemirror/state";
import type { Choice, Engine, GenerationRequest } from "../engine/types.ts";
import { errorMessage } from "../errors.ts";
import type { SessionRecord } from "../sessions/records.ts";
import type { TakeTree } from "../sessions/takes.ts";
import type { UndoTree } from "../story/history.ts";
import type { XRayRequest } from "../story/xray.ts";
import type { Effect, ForesightRequest } from "./effects.ts";
import { originWords, type TakeOrigin } from "./figures.ts";
import { createLibrarian, type LibraryServices } from "./library-performer.ts";
import type { Message } from "./message.ts";
import type { SpellingServices } from "./spelling-effects.ts";
import { createSpeller } from "./spelling-performer.ts";

/** The file on disk is not what the editor last read or wrote. */
export interface SaveOutcome {
  readonly path: string;
  readonly sha256: string;
}

/** The world, as far as the editor touches it. Given by the command that opens the editor; a test gives its own. */
export interface Services {
  /** The engine, started if it is not running. */
  engine(): Promise<Engine>;
  /** What a take is but invented, as far as is known; null for nothing. */
  takeOrigin(take: Pick<Choice, "text" | "logprobs">): Promise<TakeOrigin | null>;
  readonly models: LibraryServices;
  record(record: SessionRecord): void;
  /** All that was ever generated for the story, whose past `tree` is. */
  takes(tree: UndoTree): TakeTree;
  /**
   * Writes the story and returns where it now is. A rejection whose `changedOnDisk` is true means that the file
   * holds something that the editor never saw.
   */
  save(effect: Extract<Effect, { type: "save" }>): Promise<SaveOutcome>;
  read(path: string): Promise<{ readonly text: string; readonly sha256: string }>;
  /** Keeps a text that cannot be saved somewhere else, and tells the writer where when the editor is closed. */
  keepElsewhere(text: Text): Promise<void>;
  /** Takes the story over from another editor; rejects where that one does not answer. */
  takeOver(): Promise<Omit<Extract<Message, { type: "tookOver" }>, "type">>;
  letGo(effect: Extract<Effect, { type: "letGo" }>): Promise<void>;
  /** Resolves with what the writer's own editor made of the text. */
  editElsewhere(text: string): Promise<string>;
  readonly spelling: SpellingServices;
  copy(text: string): void;
  keepDay(day: string, story: string, words: number): void;
  remember(key: string, value: unknown): void;
  redraw(): void;
  /** Stops the program; rejects where nobody could go on with it. */
  suspend(): Promise<void>;
  quit(): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Does what `update` asked for. Every outcome comes back as a message; nothing is thrown. */
export function createPerformer(
  services: Services,
  dispatch: (message: Message) => void,
): (effect: Effect) => void {
  const spell = createSpeller(services.spelling, dispatch, withHint);
  const fetchModels = createLibrarian(services.models, dispatch, withHint);
  const running = new Map<string, AbortController>();
  let preparing = new AbortController();
  let scoring = new AbortController();
  let foreseeing = new AbortController();

  async function generate(request: GenerationRequest): Promise<void> {
    const { id } = request;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const engine = await services.engine();
      dispatch({ type: "engineReady", card: engine.card });
      for await (const event of engine.generate(request, controller.signal)) {
        dispatch({ type: "generation", id, event, at: services.now() });
      }
    } catch (error) {
      dispatch({ type: "generationFailed", id, text: withHint(error), at: services.now() });
    } finally {
      running.delete(id);
    }
  }

  async function inspect(request: GenerationRequest): Promise<void> {
    const { id } = request;
    try {
      const engine = await services.engine();
      dispatch({ type: "inspected", id, view: await engine.inspect(request) });
    } catch (error) {
      dispatch({ type: "inspectFailed", id, text: withHint(error) });
    }
  }

  async function checkTake(take: Pick<Choice, "text" | "logprobs">): Promise<void> {
    // The writer did not ask for it: without an answer nothing is said.
    const origin = await services.takeOrigin(take).catch(() => null);
    if (origin !== null) dispatch({ type: "notice", kind: "warning", text: originWords(origin) });
  }

  async function prepare(request: GenerationRequest | null): Promise<void> {
    preparing.abort();
    if (request === null) return;
    preparing = new AbortController();
    const { signal } = preparing;
    try {
      const engine = await services.engine();
      await engine.prepare(request, signal);
    } catch {
      // The writer did not ask for it. What keeps the engine from it is told with the next generation.
    }
  }

  async function score(request: XRayRequest | null): Promise<void> {
    scoring.abort();
    if (request === null) return;
    scoring = new AbortController();
    const { signal } = scoring;
    try {
      const engine = await services.engine();
      const { tokens } = await engine.score(request.text, { before: request.before, signal });
      dispatch({ type: "scored", request, tokens });
    } catch (error) {
      if (!signal.aborted) dispatch({ type: "scoringFailed", text: withHint(error) });
    }
  }

  async function foresee({ id, before, ...options }: ForesightRequest): Promise<void> {
    foreseeing.abort();
    foreseeing = new AbortController();
    const { signal } = foreseeing;
    try {
      const engine = await services.engine();
      dispatch({ type: "engineReady", card: engine.card });
      dispatch({ type: "foreseen", id, found: await engine.alternatives(before, { ...options, signal }) });
    } catch (error) {
      if (!signal.aborted) dispatch({ type: "foresightFailed", id, text: withHint(error) });
    }
  }

  async function save(effect: Extract<Effect, { type: "save" }>): Promise<void> {
    try {
      const { path, sha256 } = await services.save(effect);
      dispatch({ type: "saved", text: effect.text, sha256, path, at: services.now() });
    } catch (error) {
      const changedOnDisk =
        error instanceof Error && "changedOnDisk" in error && error.changedOnDisk === true;
      dispatch({
        type: "saveFailed",
        text: withHint(error),
        changedOnDisk,
        path: effect.path,
        byItself: effect.byItself,
      });
    }
  }

  async function abandon(text: Text): Promise<void> {
    try {
      await services.keepElsewhere(text);
      services.quit();
    } catch (error) {
      dispatch({ type: "abandonFailed", text: withHint(error) });
    }
  }

  async function reload(path: string): Promise<void> {
    try {
      const { text, sha256 } = await services.read(path);
      dispatch({ type: "reloaded", text, sha256, at: services.now() });
    } catch (error) {
      dispatch({ type: "notice", kind: "warning", text: withHint(error) });
    }
  }

  async function editElsewhere(before: Text): Promise<void> {
    try {
      const text = await services.editElsewhere(before.toString());
      dispatch({ type: "editedElsewhere", text, at: services.now() });
    } catch (error) {
      dispatch({ type: "notice", kind: "warning", text: withHint(error) });
    }
  }

  async function suspend(): Promise<void> {
    try {
      await services.suspend();
    } catch (error) {
      dispatch({ type: "notice", kind: "warning", text: withHint(error) });
    }
  }

  async function takeOver(): Promise<void> {
    try {
      dispatch({ type: "tookOver", ...(await services.takeOver()) });
    } catch (error) {
      dispatch({ type: "notice", kind: "warning", text: withHint(error) });
    }
  }

  return (effect) => {
    switch (effect.type) {
      case "generate":
        void generate(effect.request);
        return;
      case "inspect":
        void inspect(effect.request);
        return;
      case "checkTake":
        void checkTake(effect.take);
        return;
      case "cancel":
        running.get(effect.id)?.abort();
        return;
      case "prepare":
        void prepare(effect.request);
        return;
      case "score":
        void score(effect.request);
        return;
      case "foresee":
        void foresee(effect.request);
        return;
      case "save":
        void save(effect);
        return;
      case "reload":
        void reload(effect.path);
        return;
      case "readTakes":
        // Behind the effects that come with it: what they record belongs to it.
        queueMicrotask(() => dispatch({ type: "takesRead", takes: services.takes(effect.tree) }));
        return;
      case "record":
        services.record(effect.record);
        return;
      case "takeOver":
        void takeOver();
        return;
      case "letGo":
        void services.letGo(effect);
        return;
      case "editElsewhere":
        void editElsewhere(effect.text);
        return;
      case "copy":
        services.copy(effect.text);
        return;
      case "keepDay":
        services.keepDay(effect.day, effect.story, effect.words);
        return;
      case "remember":
        services.remember(effect.key, effect.value);
        return;
      case "redraw":
        services.redraw();
        return;
      case "suspend":
        void suspend();
        return;
      case "abandon":
        void abandon(effect.text);
        return;
      case "spell":
      case "suggest":
      case "seekMisspelling":
      case "keepWord":
        spell(effect);
        return;
      case "readLibrary":
      case "openModel":
      case "pullModel":
      case "stopPulling":
        fetchModels(effect);
        return;
      case "quit":
        services.quit();
        return;
    }
  };
}

/** What happened and what to do about it, in one line. */
function withHint(error: unknown): string {
  const hint = typeof error === "object" && error !== null && "hint" in error ? error.hint : undefined;
  return typeof hint === "string" ? `${errorMessage(error)} — ${hint}` : errorMessage(error);
}
