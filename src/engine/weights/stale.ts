import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../errors.ts";

/** What the names of private folders begin with. */
export const PRIVATE_PREFIX = "inkwright-weights-";

/**
 * A half file of weights whose maker has ended was left behind if it has not grown for a minute: by then its maker is
 * no process in another container either. Of any other maker, nobody comes back after a day. In milliseconds.
 */
const STALE_AFTER = { ended: 60_000, unknown: 24 * 60 * 60 * 1000 };

/** A half file of weights, with the number of the process that made it, or a private folder. */
const LEFT_BEHIND = new RegExp(
  `^(?:\\..+\\.safetensors\\.(?:(\\d+)-)?[0-9a-f]{12}\\.tmp|${PRIVATE_PREFIX}.{6})$`,
);

/** Deletes from `folder` what processes that were killed have left there. Never rejects. */
export async function removeStale(folder: string, now: number = Date.now()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const left = LEFT_BEHIND.exec(name);
    if (left === null) continue;
    const after =
      left[1] !== undefined && hasEnded(Number(left[1])) ? STALE_AFTER.ended : STALE_AFTER.unknown;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || now - found.mtimeMs < after) continue;
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) === "ESRCH";
  }
}
