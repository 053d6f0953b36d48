import { copyFile, mkdir, rm, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../../errors.ts";
import { writeFileAtomic } from "../../files.ts";
import { COMMIT, storageName } from "./cache.ts";
import type { HubFile, Listing } from "./listing.ts";

/** The folders of one repository in the cache. */
export interface Storage {
  readonly folder: string;
  readonly blobs: string;
  /** The snapshot of the commit. */
  readonly snapshot: string;
}

/** Where a commit of a repository lies in a cache, or will. */
export function storageOf(cache: string, { repo, commit }: Pick<Listing, "repo" | "commit">): Storage {
  const folder = join(cache, storageName(repo));
  return { folder, blobs: join(folder, "blobs"), snapshot: join(folder, "snapshots", commit) };
}

/** Whether a file is in the snapshot already, in its size. */
export async function isThere({ snapshot }: Storage, file: HubFile): Promise<boolean> {
  const found = await stat(join(snapshot, file.path)).catch(() => undefined);
  return found?.isFile() === true && found.size === file.size;
}

/** Puts a file that was fetched into the snapshot: a link, or a copy where the system has no links. */
export async function putIntoSnapshot({ blobs, snapshot }: Storage, { path, hash }: HubFile): Promise<void> {
  const place = join(snapshot, path);
  await mkdir(dirname(place), { recursive: true });
  await rm(place, { force: true });
  try {
    await symlink(join("..", "..", "blobs", hash), place);
  } catch (error) {
    if (!["EPERM", "ENOSYS", "ENOTSUP", "EINVAL"].includes(errorCode(error) ?? "")) throw error;
    await copyFile(join(blobs, hash), place);
  }
}

/** Makes the commit what the revision means: from now on the model is found. A commit needs no name. */
export async function nameSnapshot(
  { folder }: Storage,
  { commit }: Pick<Listing, "commit">,
  revision: string,
): Promise<void> {
  if (COMMIT.test(revision)) return;
  await mkdir(join(folder, "refs"), { recursive: true });
  await writeFileAtomic(join(folder, "refs", revision), commit);
}
