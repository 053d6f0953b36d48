import type { EngineOptions } from "../engine.ts";
import type { Engine } from "../types.ts";
import type { ToHost } from "./protocol.ts";
import { createService } from "./serve.ts";

/**
 * Makes this process an engine process: the messages of its parent are answered by the engine that `open` opens.
 * Throws a TypeError in a process that has no channel to a parent.
 *
 * It never calls `process.exit`, which aborts while the model runs: it closes the engine and the channel, after which
 * nothing keeps the process alive.
 */
export function serveParent(open: (folder: string, options: EngineOptions) => Promise<Engine>): void {
  const { send } = process;
  if (!send) throw new TypeError("this process was not started by the program: it has no channel");
  const service = createService({
    // A parent that has gone hears nothing; its `disconnect` is on the way.
    send: (message) => process.connected && send.call(process, message, undefined, undefined, () => {}),
    open,
    end: () => process.connected && process.disconnect(),
  });
  // What a terminal or a supervisor sends to the whole group: the program decides what becomes of this process.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  // The program is the only one that sends, and it sends nothing else.
  process.on("message", (message) => service.receive(message as ToHost));
  process.on("disconnect", () => void service.close());
}
