import { hostname, uptime } from "node:os";
import { isRunning } from "../processes.ts";
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
