import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Death } from "./death.ts";
import type { FromHost, ToHost } from "./protocol.ts";

/** An engine process. */
export interface Child {
  readonly pid: number | undefined;
  /** Does nothing once the process has ended. */
  send(message: ToHost): void;
  /** Resolves when the process has ended. */
  readonly death: Promise<Death>;
  /** Ends the process with SIGKILL. */
  kill(): void;
}

/** Characters of stderr that are kept. */
const LAST_WORDS = 2_000;

/**
 * Arguments for Node in a process that runs a model. Its garbage is short-lived and small: a young generation of 2 MB
 * instead of 16 takes 40 MB less and no time. A debugger or a loader of the program is none of such a process's.
 */
export const NODE_ARGUMENTS: readonly string[] = ["--max-semi-space-size=2"];

/**
 * Starts an engine process from its bundle. What it writes to stderr is kept for the report of a crash and never
 * shown: the screen belongs to the program.
 */
export function startChild(hostFile: URL | string, receive: (message: FromHost) => void): Child {
  const path = hostFile instanceof URL ? fileURLToPath(hostFile) : hostFile;
  const forked = fork(path, [], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [...NODE_ARGUMENTS],
  });
  let lastWords = "";
  forked.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  // Only our own bundle sends here.
  forked.on("message", (message) => receive(message as FromHost));
  return {
    pid: forked.pid,
    send: (message) => {
      // A message to a process that is just ending is lost with it; its death is reported by itself.
      if (forked.connected) forked.send(message, () => {});
    },
    death: waitForDeath(forked, () => lastWords),
    kill: () => void forked.kill("SIGKILL"),
  };
}

function waitForDeath(forked: ChildProcess, lastWords: () => string): Promise<Death> {
  return new Promise((resolve) => {
    const end = (how: string) => resolve({ how, lastWords: lastWords().trim() });
    forked.on("error", (error) => {
      if (forked.pid === undefined) end(error.message);
    });
    // `close` comes after `exit`, when stderr has been read to its end.
    forked.on("close", (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
}
