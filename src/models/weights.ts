import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, errorMessage, UserError } from "../errors.ts";

/** A file of quantised weights that is kept for the next time a model is opened. */
export interface KeptWeights {
  readonly file: string;
  /** Of the model that they were made from. */
  readonly fingerprint: string;
  /** How they are stored, such as `int8`. */
  readonly scheme: string;
  /** In bytes. */
  readonly size: number;
}

/** A whole file, or one that a process did not finish. */
const FILE = /^\.?([0-9a-f]{16})-([a-z0-9-]+)\.safetensors(?:\.(?:\d+-)?[0-9a-f]{12}\.tmp)?$/;

/** The quantised weights in `folder`, by name; none where there is no such folder. Throws a UserError if it cannot be read. */
export async function keptWeights(folder: string): Promise<readonly KeptWeights[]> {
  const kept: KeptWeights[] = [];
  for (const name of (await entries(folder)).sort()) {
    const [, fingerprint, scheme] = FILE.exec(name) ?? [];
    if (fingerprint === undefined || scheme === undefined) continue;
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) kept.push({ file, fingerprint, scheme, size: found.size });
  }
  return kept;
}

/** Deletes these files. Throws a UserError for one that cannot be deleted; one that is gone already is no mistake. */
export async function removeWeights(kept: readonly KeptWeights[]): Promise<void> {
  for (const { file } of kept) {
    try {
      await rm(file, { force: true });
    } catch (cause) {
      throw new UserError(`${file} cannot be deleted (${errorMessage(cause)}).`, {
        hint: "Close what uses it, or change its folder's permissions.",
        cause,
      });
    }
  }
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (errorCode(cause) === "ENOENT" || errorCode(cause) === "ENOTDIR") return [];
    throw new UserError(
      `The folder of quantised weights ${folder} cannot be read (${errorMessage(cause)}).`,
      {
        cause,
      },
    );
  }
}
