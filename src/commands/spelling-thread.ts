import { Worker } from "node:worker_threads";
import { errorCode, errorMessage, UserError } from "../errors.ts";
import type { SpellingReply, SpellingRequest, SpellingTask } from "./spelling-protocol.ts";

/** Megabytes of text that the thread may hold: the largest dictionaries there are have a tenth of it. */
const MOST_MEMORY_MB = 256;

/** A spell checker in a thread of its own. */
export interface SpellingThread {
  /** Which of the words are right. Rejects with a UserError for a dictionary that cannot be used. */
  check(words: readonly string[]): Promise<ReadonlyMap<string, boolean>>;
  suggest(word: string): Promise<readonly string[]>;
  close(): void;
}

/** What is used of a thread. */
export interface Port {
  postMessage(request: SpellingRequest): void;
  on(event: "message", listener: (reply: SpellingReply) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "exit", listener: () => void): unknown;
  terminate(): unknown;
}

/**
 * Starts a spell checker. It reads its dictionaries before it answers; nobody waits for that but those who ask.
 *
 * @param name of the dictionary, for messages
 * @param hostFile the bundle dist/spelling-host.js
 */
export function startSpelling(
  name: string,
  task: SpellingTask,
  hostFile: string,
  start: (hostFile: string, task: SpellingTask) => Port = startWorker,
): SpellingThread {
  const port = start(hostFile, task);
  const waiting = new Map<
    number,
    { readonly resolve: (words: readonly string[]) => void; readonly reject: (error: Error) => void }
  >();
  let failure: Error | null = null;
  let last = 0;

  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  port.on("message", ({ id, words }) => {
    waiting.get(id)?.resolve(words);
    waiting.delete(id);
  });
  port.on("error", (cause) => fail(unusable(name, cause)));
  port.on("exit", () =>
    fail(new UserError(`the dictionary “${name}” is closed`, { hint: "Turn spelling on again." })),
  );

  function ask(request: (id: number) => SpellingRequest): Promise<readonly string[]> {
    if (failure) return Promise.reject(failure);
    const id = ++last;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      port.postMessage(request(id));
    });
  }

  return {
    async check(words) {
      const wrong = new Set(await ask((id) => ({ id, type: "check", words })));
      return new Map(words.map((word) => [word, !wrong.has(word)]));
    },
    suggest: (word) => ask((id) => ({ id, type: "suggest", word })),
    close: () => void port.terminate(),
  };
}

function startWorker(hostFile: string, task: SpellingTask): Port {
  const worker = new Worker(hostFile, {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    // Nothing of the program's own flags is meant for it.
    execArgv: [],
  });
  worker.unref();
  return worker;
}

function unusable(name: string, cause: Error): UserError {
  const tooLarge = errorCode(cause) === "ERR_WORKER_OUT_OF_MEMORY";
  const reason = tooLarge ? `it takes more than ${MOST_MEMORY_MB} MB` : errorMessage(cause);
  return new UserError(`the dictionary “${name}” cannot be used: ${reason}`, {
    hint: tooLarge
      ? "Choose a smaller one of that language."
      : "Choose another one with the setting spelling.",
    cause,
  });
}
