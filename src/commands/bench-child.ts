import { fork } from "node:child_process";
import { NODE_ARGUMENTS } from "../engine/process/child.ts";
import { UserError } from "../errors.ts";
import type { BenchJob, BenchOutcome, FromBench } from "./bench-protocol.ts";

/** How long a process that is not wanted any more may take to clean up, in ms. */
const PATIENCE_MS = 3000;

/**
 * Does a job in a process of its own, from the bundle `hostFile`. Rejects with a UserError for what the process could
 * not do, and with the signal's reason once it is aborted; the process has ended by then.
 */
export function runBenchChild(
  hostFile: string,
  job: BenchJob,
  onStatus: (text: string) => void,
  signal: AbortSignal,
): Promise<BenchOutcome> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = fork(hostFile, [], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [...NODE_ARGUMENTS],
    });
    let lastWords = "";
    let answer: FromBench | undefined;
    const kill = (): void => void child.kill("SIGKILL");
    const hangUp = (): void => {
      if (child.connected) child.disconnect();
      patience = setTimeout(kill, PATIENCE_MS);
    };
    let patience: NodeJS.Timeout | undefined;
    signal.addEventListener("abort", hangUp, { once: true });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      lastWords = (lastWords + text).slice(-2_000);
    });
    // Only our own bundle sends here.
    child.on("message", (message) => {
      const told = message as FromBench;
      if (told.type === "status") return onStatus(told.text);
      answer = told;
      kill();
    });
    child.on("error", (error) => {
      lastWords ||= error.message;
      if (child.pid === undefined) child.emit("close", null, null);
    });
    // A child that was hung up on tells of its exit, but never of its close.
    child.on("exit", () => {
      clearTimeout(patience);
      if (signal.aborted) reject(signal.reason);
    });
    child.on("close", (code, death) => {
      signal.removeEventListener("abort", hangUp);
      if (answer?.type === "outcome") resolve(answer.outcome);
      else if (answer?.type === "failure") {
        reject(new UserError(answer.message, answer.hint === undefined ? {} : { hint: answer.hint }));
      } else {
        const how = death === null ? `exit code ${code}` : `signal ${death}`;
        reject(new UserError(`The bench's process ended (${how}). ${lastWords.trim()}`.trim()));
      }
    });
    child.send(job, () => {});
  });
}
