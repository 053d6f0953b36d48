import { constants } from "node:fs";
import { access, type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../errors.ts";
import { sha256 } from "../files.ts";
import { readSession } from "../sessions/read.ts";
import { sessionPath } from "../sessions/recorder.ts";
import type { SessionRecord } from "../sessions/records.ts";

/** Failures after which a session may be written elsewhere: its folder is read only, or gone. */
const NO_PLACE = new Set(["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR"]);

/** Where the session of a story goes that cannot be written beside it: below the user's data folder, told by its path. */
export function refugePath(dataFolder: string, story: string): string {
  return join(dataFolder, "sessions", `${basename(story)} ${sha256(story).slice(0, 12)}.session.jsonl`);
}

/** Opens the session of a story for appending: beside it, or else in its refuge. */
export async function openSessionFile(dataFolder: string, story: string): Promise<FileHandle> {
  try {
    return await open(sessionPath(story), "a+");
  } catch (error) {
    if (!NO_PLACE.has(errorCode(error) ?? "")) throw error;
    const refuge = refugePath(dataFolder, story);
    await mkdir(dirname(refuge), { recursive: true, mode: 0o700 });
    return open(refuge, "a+");
  }
}

/** What the refuge of a story holds; nothing for most. */
export async function readRefuge(dataFolder: string, story: string): Promise<readonly SessionRecord[]> {
  const { records } = await readSession(refugePath(dataFolder, story));
  return records.filter(({ type }) => type !== "header");
}

/** Whether the session can be written beside its story again, so that nothing need stay in the refuge. */
export async function isHomeAgain(story: string): Promise<boolean> {
  try {
    await access(dirname(story), constants.W_OK);
    await access(sessionPath(story), constants.W_OK).catch((error: unknown) => {
      if (errorCode(error) !== "ENOENT") throw error;
    });
    return true;
  } catch {
    return false;
  }
}

/** Empties the refuge of a story, once its session holds all that was there. */
export async function leaveRefuge(dataFolder: string, story: string): Promise<void> {
  await rm(refugePath(dataFolder, story), { force: true });
}
