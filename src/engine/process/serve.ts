import type { EngineOptions } from "../engine.ts";
import type { Engine } from "../types.ts";
import { toFailure } from "./failure.ts";
import type { FromHost, HostOptions, ToHost } from "./protocol.ts";

/** The engine process's half of the conversation. */
export interface Service {
  receive(message: ToHost): void;
  /** Cancels everything and frees the model. Resolves when all of it has ended; never rejects. */
  close(): Promise<void>;
}

/** What the service needs of its process. */
export interface ServiceWorld {
  readonly send: (message: FromHost) => void;
  readonly open: (folder: string, options: EngineOptions) => Promise<Engine>;
  /** Called once when the program asked to close, or the model could not be opened: nothing more will be sent. */
  readonly end: () => void;
}

/** Answers the messages of `protocol.ts` with the engine that `world.open` opens. */
export function createService({ send, open, end }: ServiceWorld): Service {
  const controllers = new Map<number, AbortController>();
  const opening = new AbortController();
  const tasks = new Set<Promise<void>>();
  let engine: Promise<Engine> | null = null;
  let closing: Promise<void> | null = null;

  function opened(): Promise<Engine> {
    return engine ?? Promise.reject(new TypeError("a request came before open"));
  }

  async function openEngine(folder: string, options: HostOptions): Promise<void> {
    let last = "";
    const onStatus = (status: string) => {
      if (status !== last) send({ type: "opening", status });
      last = status;
    };
    engine = open(folder, { ...options, onStatus, signal: opening.signal });
    try {
      send({ type: "opened", card: (await engine).card });
    } catch (error) {
      // Whoever closes hears of nothing else.
      if (closing) return;
      send({ type: "failed", request: null, failure: toFailure(error) });
      end();
    }
  }

  /** Runs the work of one request, under its number. */
  function begin(request: number, work: (engine: Engine, signal: AbortSignal) => Promise<void>): void {
    const controller = new AbortController();
    controllers.set(request, controller);
    const task = opened()
      .then((ready) => work(ready, controller.signal))
      .catch((error: unknown) => send({ type: "failed", request, failure: toFailure(error) }))
      .finally(() => {
        controllers.delete(request);
        tasks.delete(task);
      });
    tasks.add(task);
  }

  async function close(): Promise<void> {
    opening.abort();
    for (const controller of controllers.values()) controller.abort();
    await Promise.all(tasks);
    await engine?.then((ready) => ready.close()).catch(() => {});
  }

  function closeOnce(): Promise<void> {
    closing ??= close();
    return closing;
  }

  function receive(message: ToHost): void {
    switch (message.type) {
      case "open":
        void openEngine(message.folder, message.options);
        return;
      case "generate": {
        const { request, generation } = message;
        begin(request, async (ready, signal) => {
          for await (const event of ready.generate(generation, signal))
            send({ type: "event", request, event });
        });
        return;
      }
      case "prepare": {
        const { request, generation } = message;
        begin(request, async (ready, signal) => {
          await ready.prepare(generation, signal);
          send({ type: "prepared", request });
        });
        return;
      }
      case "inspect": {
        const { request, generation } = message;
        begin(request, async (ready) => {
          send({ type: "inspected", request, view: await ready.inspect(generation) });
        });
        return;
      }
      case "score": {
        const { request, text, scoring } = message;
        begin(request, async (ready, signal) => {
          const onProgress = (done: number) => send({ type: "scoring", request, done });
          const score = await ready.score(text, { ...scoring, signal, onProgress });
          send({ type: "scored", request, score });
        });
        return;
      }
      case "alternatives": {
        const { request, before, foreseeing } = message;
        begin(request, async (ready, signal) => {
          const alternatives = await ready.alternatives(before, { ...foreseeing, signal });
          send({ type: "foreseen", request, alternatives });
        });
        return;
      }
      case "cancel":
        controllers.get(message.request)?.abort();
        return;
      case "close":
        void closeOnce().then(end);
        return;
      default:
        throw new TypeError(`unknown message ${JSON.stringify(message satisfies never)}`);
    }
  }

  return { receive, close: closeOnce };
}
