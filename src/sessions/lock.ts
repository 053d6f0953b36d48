import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
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
  for (let attempts = 0; attempts < 5; attempts++) {
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
    else await takeAway(path, found, options.pid);
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

/** Takes a dead lock away; where another process was quicker, its lock is put back. */
async function takeAway(path: string, dead: string, pid: number): Promise<void> {
  const aside = `${path}.${pid}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, "utf8")) !== dead) await link(aside, path);
  } catch {
    // It is gone, or there is a new one already: the next attempt tells.
  }
  await unlink(aside).catch(() => {});
}

async function release(path: string, own: string): Promise<void> {
  const found = await readFile(path, "utf8").catch(() => "");
  if (found === own) await unlink(path).catch(() => {});
}
