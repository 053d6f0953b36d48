import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openTerminal, settleIn } from "../test/pty/terminal.ts";

/** Milliseconds from the start of the editor, one of each round. */
export interface StartTimes {
  /** Until the story is on the screen. */
  readonly firstFrame: readonly number[];
  readonly modelReady: readonly number[];
}

/** Starts the built editor with a copy of `story`, in a real pseudo-terminal. */
export async function timeStart(story: string, rounds: number): Promise<StartTimes> {
  const firstFrame: number[] = [];
  const modelReady: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const home = await mkdtemp(join(tmpdir(), "inkwright-bench-"));
    await copyFile(story, join(home, "story.md"));
    await settleIn(home);
    const began = performance.now();
    const terminal = openTerminal({
      command: process.execPath,
      args: [resolve("dist/cli.js"), "write", "story.md"],
      cwd: home,
      env: { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home },
      columns: 120,
      rows: 40,
    });
    await terminal.until((rows) => rows.slice(1, 20).some((row) => row.slice(0, 80).trim() !== ""));
    firstFrame.push(performance.now() - began);
    await terminal.until((rows) => /fable/u.test(rows.at(-1) ?? ""), 20_000);
    modelReady.push(performance.now() - began);
    terminal.write("\x11");
    await terminal.exited;
    await terminal.close();
    await rm(home, { recursive: true });
  }
  return { firstFrame, modelReady };
}
