import { hostname, uptime } from "node:os";
import { errorCode } from "../errors.ts";
import { type Lock, lockStory } from "../sessions/lock.ts";

/** Takes a story for this process, unless another one has it open. */
export function takeStory(story: string, now: () => Date): Promise<Lock> {
  const since = now();
  return lockStory(story, {
    pid: process.pid,
    host: hostname(),
    since: since.toISOString(),
    isRunning,
    bootedAt: since.getTime() - uptime() * 1000,
  });
}

/** Whether a process of this machine runs: signal 0 only asks. One that we may not ask (EPERM) does run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
