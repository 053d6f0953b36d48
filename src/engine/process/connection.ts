import type { ModelCard } from "../types.ts";
import { startChild } from "./child.ts";
import { crashed, notStarted, unresponsive } from "./death.ts";
import { fromFailure } from "./failure.ts";
import type { FromHost, HostOptions, ToHost } from "./protocol.ts";

/** The answer to a request, piece by piece. */
export type Answer = Extract<
  FromHost,
  { type: "event" | "prepared" | "inspected" | "scoring" | "scored" | "foreseen" }
>;

/** Who waits for an answer. */
export interface Listener {
  receive(answer: Answer): void;
  fail(error: Error): void;
  /** The process ended because it was closed. */
  close(): void;
}

/** What an engine process is started with. */
export interface ConnectionOptions {
  readonly hostFile: URL | string;
  readonly folder: string;
  readonly options: HostOptions;
  /** How long the process may be silent after a cancel before it is taken for frozen and ended, in ms. */
  readonly patienceMs: number;
  /** Told what the engine is doing while it opens. */
  readonly onStatus: (status: string) => void;
}

/** One engine process, from its start to its end, and the requests under way in it. */
export interface Connection {
  /** Resolves when the model is open. Rejects with a UserError if it cannot be, or if the process ends before. */
  readonly card: Promise<ModelCard>;
  readonly pid: number | undefined;
  /** False once the process has ended. */
  readonly alive: boolean;
  /** Sends a request, and whatever comes back for it to `listener` until {@link Connection.forget}. */
  ask(message: (request: number) => ToHost, listener: Listener): number;
  cancel(request: number): void;
  forget(request: number): void;
  /** Ends the process: it is asked to, and killed after `graceMs`. Resolves when it has ended. */
  close(graceMs: number): Promise<void>;
}

/** Starts an engine process that opens a model. */
export function connect({ hostFile, folder, options, patienceMs, onStatus }: ConnectionOptions): Connection {
  const listeners = new Map<number, Listener>();
  /** Requests that were cancelled and are not answered to their end. */
  const cancelled = new Set<number>();
  let lastRequest = 0;
  let alive = true;
  let closing = false;
  let frozen = false;
  let patience: NodeJS.Timeout | undefined;
  let opened: (card: ModelCard) => void = () => {};
  let failed: (error: Error) => void = () => {};
  const card = new Promise<ModelCard>((resolve, reject) => {
    opened = resolve;
    failed = reject;
  });
  // A rejection is told to whoever waits for the card; it is no crash of the program if nobody does.
  card.catch(() => {});

  /** While a cancel is unanswered, the process must say something from time to time. */
  function beginToWait(): void {
    clearTimeout(patience);
    if (cancelled.size === 0 || !alive) return;
    patience = setTimeout(() => {
      frozen = true;
      child.kill();
    }, patienceMs);
  }

  function receive(message: FromHost): void {
    beginToWait();
    switch (message.type) {
      case "opening":
        onStatus(message.status);
        return;
      case "opened":
        opened(message.card);
        return;
      case "failed":
        if (message.request === null) failed(fromFailure(message.failure));
        else listeners.get(message.request)?.fail(fromFailure(message.failure));
        return;
      default:
        listeners.get(message.request)?.receive(message);
    }
  }

  const child = startChild(hostFile, receive);
  const ended = child.death.then((death) => {
    alive = false;
    clearTimeout(patience);
    failed(notStarted(death));
    for (const listener of listeners.values()) {
      if (closing) listener.close();
      else listener.fail(frozen ? unresponsive(patienceMs) : crashed(death));
    }
    listeners.clear();
  });
  child.send({ type: "open", folder, options });

  return {
    card,
    pid: child.pid,
    get alive() {
      return alive;
    },
    ask(message, listener) {
      const request = ++lastRequest;
      // Whoever asks has just seen it alive, but the end may have come since.
      if (!alive) {
        listener.fail(crashed({ how: "it had ended", lastWords: "" }));
        return request;
      }
      listeners.set(request, listener);
      child.send(message(request));
      return request;
    },
    cancel(request) {
      child.send({ type: "cancel", request });
      if (!listeners.has(request)) return;
      cancelled.add(request);
      beginToWait();
    },
    forget(request) {
      listeners.delete(request);
      if (cancelled.delete(request)) beginToWait();
    },
    async close(graceMs) {
      closing = true;
      child.send({ type: "close" });
      const timer = setTimeout(() => child.kill(), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
