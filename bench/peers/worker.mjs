// A contender's process, seen from the bench.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * Starts a process of its own for `contender` and waits until its model is loaded. `ask` sends one request and waits
 * for the answer; `close` waits for the process to end. An Error tells what a process that failed said last.
 *
 * @param {import("./contenders.mjs").Contender} contender
 * @param {object} settings what the worker is told: see worker-*.mjs
 */
export async function startWorker({ name, worker, precision }, settings) {
  const file = fileURLToPath(new URL(worker, import.meta.url));
  const started = performance.now();
  const child = spawn(process.execPath, [file, JSON.stringify({ ...settings, precision })], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complaints = (complaints + text).slice(-4000);
  });
  child.stdin.on("error", () => {}); // A process that is gone is noticed by the end of its answers.
  const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve(code ?? signal)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function answer() {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended (${await ended}):\n${complaints}`);
      if (value.startsWith("{")) return JSON.parse(value);
    }
  }

  const { load_ms } = await answer();
  return {
    load_ms,
    /** From the start of the process until the model was there. */
    start_ms: performance.now() - started,
    ask(prompt, length) {
      child.stdin.write(`${JSON.stringify({ prompt, length })}\n`);
      return answer();
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
