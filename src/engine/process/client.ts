import { basename } from "node:path";
import { checkRequest } from "../request.ts";
import type { Engine, GenerationEvent, GenerationRequest, Score, ScoreOptions } from "../types.ts";
import { type Answer, type Connection, connect } from "./connection.ts";
import { createMailbox } from "./mailbox.ts";

/** How an engine process is started. */
export interface StartOptions {
  /** The bundle dist/engine-host.js. */
  readonly hostFile: URL | string;
  /** Threads that compute; left out, the model decides. */
  readonly threads?: number;
  /** Told what the engine is doing while it opens, as a phrase. */
  readonly onStatus?: (status: string) => void;
  /** How long {@link Engine.close} waits before it kills the process, in ms; default 2000. */
  readonly graceMs?: number;
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
 * open; rejects with the UserError that the model could not be opened with.
 *
 * If the process dies, the requests under way in it throw a UserError that says so, and the next request starts the
 * process anew.
 */
export async function startEngine(folder: string, options: StartOptions): Promise<ProcessEngine> {
  const { hostFile, threads = null, onStatus, graceMs = 2000 } = options;
  const name = basename(folder);
  onStatus?.(`loading ${name}`);
  let connection = connect(hostFile, folder, threads);
  let closing: Promise<void> | null = null;
  let card = await connection.card;

  /** The process, started anew if the last one has ended. */
  async function connected(): Promise<Connection> {
    if (!connection.alive) {
      onStatus?.(`loading ${name} again`);
      connection = connect(hostFile, folder, threads);
    }
    const current = connection;
    card = await current.card;
    return current;
  }

  async function* generate(
    generation: GenerationRequest,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const current = await connected();
    const events = createMailbox<GenerationEvent>();
    let finished = false;
    const request = current.ask((number) => ({ type: "generate", request: number, generation }), {
      receive: (answer) => answer.type === "event" && events.push(answer.event),
      fail: events.fail,
      close: () => events.push(CLOSED),
    });
    const cancel = () => current.cancel(request);
    signal?.addEventListener("abort", cancel);
    if (signal?.aborted) cancel();
    try {
      while (!finished) {
        const event = await events.next();
        finished = event.type === "finished";
        yield event;
      }
    } finally {
      signal?.removeEventListener("abort", cancel);
      current.forget(request);
      if (!finished) cancel();
    }
  }

  async function score(text: string, { bos = false, signal, onProgress }: ScoreOptions): Promise<Score> {
    const current = await connected();
    const answers = createMailbox<Answer>();
    const request = current.ask((number) => ({ type: "score", request: number, text, bos }), {
      receive: answers.push,
      fail: answers.fail,
      close: () => answers.fail(new TypeError("the engine was closed before the text was scored")),
    });
    const cancel = () => current.cancel(request);
    signal?.addEventListener("abort", cancel);
    if (signal?.aborted) cancel();
    try {
      for (;;) {
        const answer = await answers.next();
        if (answer.type === "scored") return answer.score;
        if (answer.type === "scoring") onProgress?.(answer.done);
      }
    } finally {
      signal?.removeEventListener("abort", cancel);
      current.forget(request);
    }
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
    async score(text, scoring = {}) {
      refuseIfClosed();
      return score(text, scoring);
    },
    close() {
      closing ??= connection.close(graceMs);
      return closing;
    },
  };
}
