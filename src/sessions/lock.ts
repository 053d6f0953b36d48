import { readFile, unlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import { errorCode } from "../errors.ts";

/** Who has a story open. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601 time at which it was opened. */
  readonly since: string;
}

/** The outcome of {@link lockStory}. */
export type Lock =
  | { readonly held: true; release(): Promise<void> }
  /** Somebody else has it. */
  | { readonly held: false; readonly by: LockHolder };

/** What locking needs to know of the world. */
export interface LockOptions extends LockHolder {
  /** Whether a process of this machine is still running. */
  readonly isRunning: (pid: number) => boolean;
  /** When this machine started, in milliseconds since the epoch: an older lock is of a process that runs no more. */
  readonly bootedAt?: number;
}

/** How long another process is given to write the lock that it has just made, in milliseconds. */
const WRITING_MS = 50;
/** How often a lock is tried, and how long another process is given to take a dead one away, in milliseconds. */
const ATTEMPTS = 40;
const TURN_MS = 10;
/** How far the machine's clock may have been set meanwhile, in milliseconds. */
const CLOCK_SLACK_MS = 60_000;
const HOLDER = z.object({ pid: z.int(), host: z.string(), since: z.string() });

/** The lock of a story: `.tale.md.lock` beside it. */
export function lockPath(story: string): string {
  return join(dirname(story), `.${basename(story)}.lock`);
}

/**
 * Takes a story for one editor. The lock of a process that no longer runs is taken over. In a folder that cannot be
 * written no lock is needed: nothing can be saved there either.
 */
export async function lockStory(story: string, options: LockOptions): Promise<Lock> {
  const path = lockPath(story);
  const own = JSON.stringify({ pid: options.pid, host: options.host, since: options.since });
  for (let attempts = 0; attempts < ATTEMPTS; attempts++) {
    try {
      await writeFile(path, own, { flag: "wx" });
      return { held: true, release: () => release(path, own) };
    } catch (error) {
      if (errorCode(error) !== "EEXIST") return { held: true, release: async () => {} };
    }
    const found = await readFile(path, "utf8").catch(() => "");
    const holder = readHolder(found);
    if (holder && isAlive(holder, options)) return { held: false, by: holder };
    // One that cannot be read may be about to be written.
    if (!holder && attempts === 0) await setTimeout(WRITING_MS);
    else await takeAway(path, found, attempts > ATTEMPTS / 2);
  }
  return { held: true, release: async () => {} };
}

function isAlive(holder: LockHolder, { pid, host, isRunning, bootedAt = 0 }: LockOptions): boolean {
  if (holder.host !== host) return true;
  const beforeBoot = Date.parse(holder.since) < bootedAt - CLOCK_SLACK_MS;
  return !beforeBoot && holder.pid !== pid && isRunning(holder.pid);
}

function readHolder(text: string): LockHolder | null {
  try {
    return HOLDER.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Takes a dead lock away. Only one process at a time may, and it looks again first, so that nobody's new lock is ever
 * removed. `force`: the one that may has not come to an end for long and must have died over it.
 */
async function takeAway(path: string, dead: string, force: boolean): Promise<void> {
  const turn = `${path}.turn`;
  try {
    await writeFile(turn, "", { flag: "wx" });
  } catch {
    if (force) await unlink(turn).catch(() => {});
    else await setTimeout(TURN_MS);
    return;
  }
  try {
    if ((await readFile(path, "utf8")) === dead) await unlink(path);
  } catch {
    // It is gone already: the next attempt tells who has it.
  } finally {
    await unlink(turn).catch(() => {});
  }
}

async function release(path: string, own: string): Promise<void> {
  const found = await readFile(path, "utf8").catch(() => "");
  if (found === own) await unlink(path).catch(() => {});
}
