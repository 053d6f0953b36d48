/* The spell checker's thread, started from the bundle dist/spelling-host.js: to read a dictionary takes its time. */
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { createChecker } from "./spelling-checker.ts";
import { answer, type SpellingRequest, type SpellingTask } from "./spelling-protocol.ts";

// What comes in here was sent by spelling-thread.ts.
const { dictionaries, foldAccents } = workerData as SpellingTask;
const checker = await createChecker(
  dictionaries.map(({ aff, dic }) => ({ aff: readFileSync(aff), dic: readFileSync(dic) })),
  { foldAccents },
);
parentPort?.on("message", (request: SpellingRequest) => parentPort?.postMessage(answer(checker, request)));
