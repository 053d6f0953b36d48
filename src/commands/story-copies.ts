import { copyFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { writeFileAtomic } from "../files.ts";
import { isRescued, keepRescued, listBackups } from "../sessions/backups.ts";

/**
 * Keeps a text of a story that could not be saved: among its backups, or where the system keeps temporary files.
 * Returns where; throws the system's error if there is no such place.
 */
export async function keepCopy(backups: string, story: string, bytes: Buffer, now: Date): Promise<string> {
  try {
    return await keepRescued(backups, story, bytes, now.getTime());
  } catch {
    const name = `${now.toISOString().replaceAll(/[:.]/gu, "-")} ${basename(story)}`;
    await writeFileAtomic(join(tmpdir(), name), bytes);
    return join(tmpdir(), name);
  }
}

/** Tells of a text that could not be saved after the story was saved last. */
export async function rescuedNews(backups: string, story: string): Promise<readonly string[]> {
  const saved = (await stat(story).catch(() => null))?.mtimeMs ?? 0;
  const [newest] = (await listBackups(backups, story)).filter(
    (backup) => isRescued(backup) && backup.at > saved,
  );
  return newest ? [`a later text of this story, which could not be saved, is in ${newest.file}`] : [];
}

/** Keeps a copy of what is about to be overwritten, if anything is there. */
export async function copyAside(path: string, now: Date): Promise<void> {
  if (await isFile(path)) await copyFile(path, asideOf(path, now));
}

/** Where a file goes that must make room for another. */
export function asideOf(path: string, now: Date): string {
  return join(dirname(path), `${basename(path)}.${now.toISOString().replaceAll(/[:.]/gu, "-")}.kept`);
}

/** Whether there is a file. */
export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
