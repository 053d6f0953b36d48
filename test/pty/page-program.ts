import { writeSync } from "node:fs";
import { createCompositor } from "../../src/ui/terminal/compositor.ts";
import { createInputParser } from "../../src/ui/terminal/input.ts";
import { keyName } from "../../src/ui/terminal/keys.ts";
import { createModes, makeNonBlocking } from "../../src/ui/terminal/modes.ts";
import { installRestore } from "../../src/ui/terminal/restore.ts";
import { createTheme, pageSgr } from "../../src/ui/theme.ts";

/**
 * The smallest program on the terminal layer, run by the tests in a real pseudo-terminal: shows each event in a row of
 * its own. F9 throws, F10 rejects, F12 exits; on a signal it says what it saved.
 */
const { stdin, stdout } = process;
const events: string[] = [];
const compositor = createCompositor({
  output: stdout,
  columns: stdout.columns,
  rows: stdout.rows,
  sgr: pageSgr(createTheme("dark", 24)),
});
const modes = createModes({ input: stdin, writeNow: (text) => writeSync(stdout.fd, text) });

function paint(): void {
  const height = stdout.rows - 1;
  const rect = { x: 0, y: 1, width: stdout.columns, height } as const;
  const rows = events.slice(-height).map((event) => [{ text: event, style: "model" } as const]);
  compositor.paint({ rect, rows, cursor: { x: 0, y: 0 } });
}

function enter(): void {
  modes.enter();
  compositor.off = false;
  compositor.invalidate();
  paint();
}

installRestore(process, {
  restore: () => {
    compositor.off = true;
    modes.leave();
  },
  resume: enter,
  onSignal: async (ending) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.once("exit", () => writeSync(stdout.fd, `saved on ${ending}\n`));
  },
  report: (error) => writeSync(stdout.fd, `reported ${error instanceof Error ? error.message : error}\n`),
});

const parser = createInputParser((event) => {
  if (event.type === "key" && event.name === "f9") throw new Error("thrown");
  if (event.type === "key" && event.name === "f10") void Promise.reject(new Error("rejected"));
  if (event.type === "key" && event.name === "f12") process.exit(0);
  events.push(event.type === "key" ? keyName(event) : JSON.stringify(event));
  paint();
});
stdin.on("data", (chunk) => parser.push(chunk));
stdout.on("resize", () => {
  compositor.resize(stdout.columns, stdout.rows);
  paint();
});
makeNonBlocking(stdout);
compositor.inkOutput.write(`pid ${process.pid}`);
enter();
