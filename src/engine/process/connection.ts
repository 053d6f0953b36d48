import { UserError } from "../../errors.ts";
import type { ModelCard } from "../types.ts";
import { type Death, startChild } from "./child.ts";
import { fromFailure } from "./failure.ts";
import type { FromHost, ToHost } from "./protocol.ts";

/** The answer to a request, piece by piece. */
export type Answer = Extract<FromHost, { type: "event" | "scoring" | "scored" }>;

/** Who waits for an answer. */
export interface Listener {
  receive(answer: Answer): void;
  fail(error: Error): void;
  /** The process ended because it was closed. */
  close(): void;
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

/** Starts an engine process that opens `folder`. */
export function connect(hostFile: URL | string, folder: string, threads: number | null): Connection {
  const listeners = new Map<number, Listener>();
  let lastRequest = 0;
  let alive = true;
  let closing = false;
  let opened: (card: ModelCard) => void = () => {};
  let failed: (error: Error) => void = () => {};
  const card = new Promise<ModelCard>((resolve, reject) => {
    opened = resolve;
    failed = reject;
  });
  // A rejection is told to whoever waits for the card; it is no crash of the program if nobody does.
  card.catch(() => {});

  function receive(message: FromHost): void {
    switch (message.type) {
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
    failed(notStarted(death));
    for (const listener of listeners.values()) {
      if (closing) listener.close();
      else listener.fail(crashed(death));
    }
    listeners.clear();
  });
  child.send({ type: "open", folder, threads });

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
    cancel: (request) => child.send({ type: "cancel", request }),
    forget: (request) => void listeners.delete(request),
    async close(graceMs) {
      closing = true;
      child.send({ type: "close" });
      const timer = setTimeout(() => child.kill(), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

function crashed(death: Death): UserError {
  return new UserError(`The engine stopped unexpectedly (${death.how}).`, {
    hint: "The story is not touched by it. Ask again: the engine is started anew.",
    ...said(death),
  });
}

function notStarted(death: Death): UserError {
  return new UserError(`The engine did not start (${death.how}).`, {
    hint: death.lastWords.split("\n").at(-1) || "Is there enough memory, and is the program installed whole?",
    ...said(death),
  });
}

function said({ lastWords }: Death): { readonly cause?: Error } {
  return lastWords === "" ? {} : { cause: new Error(lastWords) };
}
