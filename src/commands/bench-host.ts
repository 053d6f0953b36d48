/* The process of one precision in `inkwright bench`, forked from the bundle dist/bench-host.js. */
import { errorMessage, UserError } from "../errors.ts";
import type { BenchJob, FromBench } from "./bench-protocol.ts";
import { measure } from "./bench-rounds.ts";

function send(message: FromBench): void {
  if (process.connected) process.send?.(message);
}

// Ctrl+C goes to the program, which ends this process.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.once("message", async (job) => {
  try {
    // Only the program sends here.
    const outcome = await measure(job as BenchJob, (text) => send({ type: "status", text }));
    send({ type: "outcome", outcome });
  } catch (error) {
    const hint = error instanceof UserError ? error.hint : undefined;
    send({ type: "failure", message: errorMessage(error), hint });
  }
});
