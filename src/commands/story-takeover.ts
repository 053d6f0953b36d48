import { unwatchFile, watchFile } from "node:fs";
import { unlink, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Lock, lockPath } from "../sessions/lock.ts";

/** How long the one that has a story is given to save it and let it go, in milliseconds; it looks twice a second. */
const PATIENCE_MS = 8000;
const TRY_MS = 150;
const LOOK_MS = 500;

/** The file beside a story by which it is asked for: `.tale.md.lock.ask`. */
function askPath(story: string): string {
  return `${lockPath(story)}.ask`;
}

/**
 * Asks whoever has the story to let it go, and takes it. Resolves with a lock that is not held where nobody answers.
 * Rejects with the system's error where the story's folder cannot be written.
 */
export async function askForStory(story: string, take: () => Promise<Lock>): Promise<Lock> {
  const path = askPath(story);
  await writeFile(path, String(process.pid));
  try {
    for (let waited = 0; ; waited += TRY_MS) {
      const lock = await take();
      if (lock.held || waited >= PATIENCE_MS) return lock;
      await sleep(TRY_MS);
    }
  } finally {
    await unlink(path).catch(() => {});
  }
}

/** Tells when the story is asked for. Returns what ends that. */
export function watchForAsking(story: string, asked: () => void): () => void {
  const path = askPath(story);
  const listener = ({ mtimeMs }: { readonly mtimeMs: number }): void => {
    if (mtimeMs > 0) asked();
  };
  watchFile(path, { persistent: false, interval: LOOK_MS }, listener);
  return () => unwatchFile(path, listener);
}
