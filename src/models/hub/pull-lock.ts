import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, UserError } from "../../errors.ts";
import { isRunning } from "../../processes.ts";

/**
 * Keeps a repository's folder for this process while it fetches a model. Returns what gives it free. Throws a UserError
 * where another process that still runs is fetching it.
 */
export async function holdPull(folder: string, name: string): Promise<() => Promise<void>> {
  const path = join(folder, ".pulling");
  for (let tries = 0; ; tries++) {
    try {
      await writeFile(path, String(process.pid), { flag: "wx" });
      return () => rm(path, { force: true });
    } catch (error) {
      if (errorCode(error) !== "EEXIST" || tries > 1) throw error;
    }
    const pid = Number.parseInt(await readFile(path, "utf8").catch(() => ""), 10);
    if (pid !== process.pid && isRunning(pid)) {
      throw new UserError(`${name} is being fetched by another process already (${pid}).`, {
        hint: `Wait for it; if there is none, delete ${path}`,
      });
    }
    if (pid === process.pid) {
      throw new UserError(`${name} is being fetched already.`, { hint: "Wait for it." });
    }
    await rm(path, { force: true });
  }
}
