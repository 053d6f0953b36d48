import { readFile, unlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
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
}

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
    const holder = await readHolder(path);
    if (holder && isAlive(holder, options)) return { held: false, by: holder };
    await unlink(path).catch(() => {});
  }
  return { held: true, release: async () => {} };
}

function isAlive(holder: LockHolder, { pid, host, isRunning }: LockOptions): boolean {
  if (holder.host !== host) return true;
  return holder.pid !== pid && isRunning(holder.pid);
}

async function readHolder(path: string): Promise<LockHolder | null> {
  try {
    return HOLDER.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

async function release(path: string, own: string): Promise<void> {
  const found = await readFile(path, "utf8").catch(() => "");
  if (found === own) await unlink(path).catch(() => {});
}
