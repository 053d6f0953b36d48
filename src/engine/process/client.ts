import type { EngineOptions } from "../engine.ts";
import { modelName } from "../gpt2/names.ts";
import { checkRequest } from "../request.ts";
import type {
  Alternatives,
  AlternativesOptions,
  Engine,
  GenerationEvent,
  GenerationRequest,
  ModelCard,
  PromptView,
  Score,
  ScoreOptions,
} from "../types.ts";
import { ask } from "./ask.ts";
import { type Connection, connect } from "./connection.ts";

/** How an engine process is started. */
export interface StartOptions extends EngineOptions {
  /** The bundle dist/engine-host.js. */
  readonly hostFile: URL | string;
  /** How long {@link Engine.close} waits before it kills the process, in ms; default 2000. */
  readonly graceMs?: number;
  /**
   * How long the process may be silent after a cancel before it is taken for frozen and killed, in ms; default
   * 20,000: a run of the largest model on a slow machine takes a few seconds.
   */
  readonly patienceMs?: number;
}

/** An engine in a process of its own. */
export interface ProcessEngine extends Engine {
  /** Number of the engine process, undefined while there is none. */
  readonly pid: number | undefined;
}

/** An answer that is the last one, for an engine that was closed before it could give it. */
const CLOSED: GenerationEvent = {
  type: "finished",
  cancelled: true,
  timing: { prefillMs: 0, prefillTokens: 0, decodeMs: 0, decodeTokens: 0 },
};

/**
 * Opens the model in `folder` in a child process, so that its runs never block the caller. Resolves when the model is
 * open; rejects with the UserError that the model could not be opened with, or, once the process has ended, with the
 * reason of `signal`.
 *
 * If the process dies, the requests under way in it throw a UserError that says so, and the next request starts the
 * process anew. One that does not answer a cancel is killed.
 */
export async function startEngine(folder: string, options: StartOptions): Promise<ProcessEngine> {
  const { hostFile, graceMs = 2000, patienceMs = 20_000, onStatus = () => {}, signal, ...rest } = options;
  const name = modelName(folder);
  const start = (): Connection => connect({ hostFile, folder, options: rest, patienceMs, onStatus });
  signal?.throwIfAborted();
  onStatus(`loading ${name}`);
  let connection = start();
  let closing: Promise<void> | null = null;
  let card = await unlessAborted(connection, signal, graceMs);

  /** The process, started anew if the last one has ended. */
  async function connected(): Promise<Connection> {
    if (!connection.alive) {
      onStatus(`loading ${name} again`);
      connection = start();
    }
    const current = connection;
    card = await current.card;
    return current;
  }

  async function* generate(
    generation: GenerationRequest,
    cancel: AbortSignal | undefined,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const current = await connected();
    for await (const answer of ask(
      current,
      (request) => ({ type: "generate", request, generation }),
      cancel,
    )) {
      if (answer.type !== "event") continue;
      yield answer.event;
      if (answer.event.type === "finished") return;
    }
    yield CLOSED;
  }

  async function score(text: string, { signal, onProgress, ...scoring }: ScoreOptions): Promise<Score> {
    const current = await connected();
    try {
      for await (const answer of ask(
        current,
        (request) => ({ type: "score", request, text, scoring }),
        signal,
      )) {
        if (answer.type === "scored") return answer.score;
        if (answer.type === "scoring") onProgress?.(answer.done);
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
    throw new TypeError("the engine was closed before the text was scored");
  }

  async function alternatives(
    before: string,
    { signal, ...foreseeing }: AlternativesOptions,
  ): Promise<Alternatives> {
    const current = await connected();
    const message = (request: number) => ({ type: "alternatives", request, before, foreseeing }) as const;
    try {
      for await (const answer of ask(current, message, signal)) {
        if (answer.type === "foreseen") return answer.alternatives;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
    throw new TypeError("the engine was closed before the alternatives were known");
  }

  async function inspect(generation: GenerationRequest): Promise<PromptView> {
    const current = await connected();
    const answers = ask(current, (request) => ({ type: "inspect", request, generation }), undefined);
    for await (const answer of answers) if (answer.type === "inspected") return answer.view;
    throw new TypeError("the engine was closed before it could tell the prompt");
  }

  async function prepare(generation: GenerationRequest, cancel: AbortSignal | undefined): Promise<void> {
    // A process that has ended is started anew by a request that somebody waits for.
    if (!connection.alive || cancel?.aborted) return;
    await connection.card;
    const answers = ask(connection, (request) => ({ type: "prepare", request, generation }), cancel);
    for await (const _ of answers);
  }

  function refuseIfClosed(): void {
    if (closing) throw new TypeError("the engine is closed");
  }

  return {
    get card() {
      return card;
    },
    get pid() {
      return connection.alive ? connection.pid : undefined;
    },
    generate(request, signal) {
      refuseIfClosed();
      checkRequest(request);
      return generate(request, signal);
    },
    async prepare(request, signal) {
      refuseIfClosed();
      checkRequest(request);
      return prepare(request, signal);
    },
    async inspect(request) {
      refuseIfClosed();
      checkRequest(request);
      return inspect(request);
    },
    async score(text, scoring = {}) {
      refuseIfClosed();
      return score(text, scoring);
    },
    async alternatives(before, options = {}) {
      refuseIfClosed();
      return alternatives(before, options);
    },
    close() {
      closing ??= connection.close(graceMs);
      return closing;
    },
  };
}

/** The card of the model once it is open. An abort ends the process, and is rejected with when that has ended. */
async function unlessAborted(
  connection: Connection,
  signal: AbortSignal | undefined,
  graceMs: number,
): Promise<ModelCard> {
  let closed: Promise<void> | null = null;
  const abort = (): void => {
    closed = connection.close(graceMs);
  };
  signal?.addEventListener("abort", abort);
  try {
    const card = await connection.card;
    if (closed === null) return card;
  } catch (error) {
    if (closed === null) throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  await closed;
  throw signal?.reason;
}
