/* The process of one precision in `inkwright bench`, forked from the bundle dist/bench-host.js. */
import { errorMessage, UserError } from "../errors.ts";
import type { BenchJob, FromBench } from "./bench-protocol.ts";
import { measure } from "./bench-rounds.ts";

let last = "";

/** Sends to the program, which may have gone; a status only where it is another one. */
function send(message: FromBench): void {
  if (message.type === "status" && message.text === last) return;
  last = message.type === "status" ? message.text : "";
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

// What goes to the whole group: the program ends this process, by going away or by hanging up.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
const hungUp = new AbortController();
process.on("disconnect", () => hungUp.abort());
process.once("message", async (job) => {
  try {
    // Only the program sends here.
    const outcome = await measure(job as BenchJob, (text) => send({ type: "status", text }), hungUp.signal);
    send({ type: "outcome", outcome });
  } catch (error) {
    const hint = error instanceof UserError ? error.hint : undefined;
    send({ type: "failure", message: errorMessage(error), hint });
  }
  // A half file of weights is deleted by now.
  if (hungUp.signal.aborted) process.kill(process.pid, "SIGKILL");
});
