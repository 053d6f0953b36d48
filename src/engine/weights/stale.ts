import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** What the names of private folders begin with. */
export const PRIVATE_PREFIX = "inkwright-weights-";

/** A process that was killed does not come back to its files after this; in milliseconds, a day. */
const STALE_AFTER = 24 * 60 * 60 * 1000;

/** A half file of weights, or a private folder. */
const LEFT_BEHIND = new RegExp(`^(?:\\..+\\.safetensors\\.[0-9a-f]{12}\\.tmp|${PRIVATE_PREFIX}.{6})$`);

/** Deletes from `folder` what processes that were killed have left there, once it is a day old. Never rejects. */
export async function removeStale(folder: string, now: number = Date.now()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!LEFT_BEHIND.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || now - found.mtimeMs < STALE_AFTER) continue;
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}
