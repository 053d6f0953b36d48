import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { isRunning } from "../src/processes.ts";

it("knows who runs: this process, and no number that is none", () => {
  expect([process.pid, process.ppid].map(isRunning)).toEqual([true, true]);
  expect([0, -1, 1.5, Number.NaN, 999_999_999].map(isRunning)).toEqual([false, false, false, false, false]);
});

it.skipIf(process.platform !== "linux")(
  "takes a process whose parent never asks how it ended for ended",
  async () => {
    // The shell becomes `sleep`, which knows nothing of the child that it has.
    const parent = spawn("sh", ["-c", "sleep 0.05 & echo $!; exec sleep 60"]);
    onTestFinished(() => void parent.kill("SIGKILL"));
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    expect(isRunning(pid)).toBe(true);
    while (isRunning(pid)) await sleep(10);
    // It is still in the system's table.
    expect(process.kill(pid, 0)).toBe(true);
  },
);
