#!/usr/bin/env node
import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { Interrupted } from "./commands/context.ts";
import { main } from "./commands/main.ts";
import { errorCode } from "./errors.ts";

const interruption = new AbortController();

let outputFailed = false;

/** The reader of our output went away, as in `| head -1`, or what it goes to is full: nothing is left to do. */
function endQuietly(error: Error): void {
  if (errorCode(error) !== "EPIPE" && !outputFailed) {
    outputFailed = true;
    process.stderr.write(`inkwright: the output cannot be written: ${error.message}\n`);
  }
  interruption.abort(new Interrupted("EPIPE"));
}
process.stdout.on("error", endQuietly);
process.stderr.on("error", endQuietly);

/** From here on the first Ctrl+C or SIGTERM asks the command to end; a second one kills. */
function watch(): AbortSignal {
  process.once("SIGTERM", () => interruption.abort(new Interrupted("SIGTERM")));
  process.once("SIGINT", () => interruption.abort(new Interrupted("SIGINT")));
  return interruption.signal;
}

const code = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  platform: process.platform,
  now: () => new Date(),
  newId: randomUUID,
  watch,
});
process.exitCode = outputFailed ? 1 : code;
