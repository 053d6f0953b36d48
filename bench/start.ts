/**
 * Times the start of the editor in a real pseudo-terminal: until the story is on the screen, and until the model is ready.
 *
 *     npm run build && node bench/run.mjs start [STORY]
 *
 * Prints milliseconds since the process was started: median, least and most of seven rounds.
 */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openTerminal, settleIn } from "../test/pty/terminal.ts";

const ROUNDS = 7;
const story = resolve(process.argv[2] ?? "stories/lighthouse.md");

const firstFrame: number[] = [];
const modelReady: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const home = await mkdtemp(join(tmpdir(), "inkwright-bench-"));
  await copyFile(story, join(home, "story.md"));
  await settleIn(home);
  const began = performance.now();
  const terminal = openTerminal({
    command: process.execPath,
    args: [resolve("dist/cli.js"), "write", "story.md"],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
    columns: 120,
    rows: 40,
  });
  await terminal.until((rows) => rows.slice(1, 20).some((row) => row.slice(0, 80).trim() !== ""));
  firstFrame.push(performance.now() - began);
  await terminal.until((rows) => /fable/u.test(rows.at(-1) ?? ""));
  modelReady.push(performance.now() - began);
  terminal.write("\x11");
  await terminal.exited;
  await terminal.close();
  await rm(home, { recursive: true });
}

for (const [name, times] of Object.entries({ "first frame": firstFrame, "model ready": modelReady })) {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  console.log(
    `${name}: ${Math.round(middle)} ms (${Math.round(sorted[0] ?? 0)} to ${Math.round(sorted.at(-1) ?? 0)})`,
  );
}
