import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "../../errors.ts";

/**
 * Makes a folder and those above it, where they are not there yet. Rejects with the system's error.
 *
 * Node's own recursive `mkdir` never ends where the system answers ENOENT to a folder whose parent is there (`/proc`,
 * some network mounts), and tells of a read-only disk with ENOENT.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    // A system may refuse before it looks whether the folder is there, as for one on a read-only disk.
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isThere) throw error;
  }
}
