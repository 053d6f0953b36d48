import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import {
  access,
  chmod,
  type FileHandle,
  open,
  readlink,
  realpath,
  rename,
  stat,
  unlink,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { errorCode, errorMessage, UserError } from "./errors.ts";

/** SHA-256 of bytes or of a text's UTF-8, in hex. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Where paths that people type begin. */
export interface PathBase {
  readonly cwd: string;
  readonly home: string;
}

/** A path as people type it, absolute: `~` is the home folder, others are read from `cwd`. */
export function resolvePath(path: string, { cwd, home }: PathBase): string {
  return resolve(
    cwd,
    path.replace(/^~(?=[/\\]|$)/, () => home),
  );
}

/** What {@link writeFileAtomic} does to the disk; a test gives one that fails. */
export interface FileSystem {
  open(path: string, flags: string, mode: number): Promise<Pick<FileHandle, "writeFile" | "sync" | "close">>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

const DISK: FileSystem = { open, rename, unlink };

/**
 * Writes a whole file or nothing: a temporary file in the same folder, synced to the disk, takes the place of the
 * old one and keeps its permissions. A symbolic link stays one, and what it points to is written.
 *
 * Throws a UserError if that fails; the old file is untouched then.
 */
export async function writeFileAtomic(
  path: string,
  data: Uint8Array | string,
  disk: FileSystem = DISK,
): Promise<void> {
  const target = await targetOf(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const mode = await modeOf(target);
    const file = await disk.open(temporary, "wx", mode ?? 0o666);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    if (mode !== null) await chmod(temporary, mode);
    await disk.rename(temporary, target);
  } catch (cause) {
    await disk.unlink(temporary).catch(() => {});
    throw writeError(path, cause);
  }
  await syncFolder(dirname(target));
}

/** A failure to write `path` as something the user can act on; a UserError stays as it is. */
export function writeError(path: string, cause: unknown): UserError {
  if (cause instanceof UserError) return cause;
  const code = errorCode(cause) ?? "";
  const [reason, hint] = REASONS[code] ?? [errorMessage(cause), "Save it under another name."];
  return new UserError(`${path} cannot be written: ${reason}`, { hint, cause });
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ["the disk is full", "Make room and save again, or save it on another disk."],
  EDQUOT: ["your quota on that disk is used up", "Make room and save again, or save it on another disk."],
  EACCES: ["you may not write there", "Change the folder's permissions, or save it somewhere else."],
  EPERM: ["you may not write there", "Change the folder's permissions, or save it somewhere else."],
  EROFS: ["the disk is read-only", "Save it on another disk."],
  ENOENT: ["its folder is not there", "Make the folder, or save it somewhere else."],
  ENOTDIR: ["a part of its path is a file, not a folder", "Save it somewhere else."],
  EISDIR: ["it is a folder", "Choose a file name inside it."],
};

/** The file that `path` leads to, which need not be there yet. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw writeError(path, error);
    const link = await readlink(path).catch(() => null);
    return link === null ? path : targetOf(resolve(dirname(path), link));
  }
}

async function modeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
    await access(path, constants.W_OK);
    return found.mode & 0o7777;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Makes a rename last through a power cut; where the system has no such thing, nothing is done. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file itself is written and synced.
  }
}
