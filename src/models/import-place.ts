import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { OFFICIAL } from "../engine/gpt2/names.ts";
import { makeFolder } from "../engine/weights/folder.ts";
import { errorCode, UserError } from "../errors.ts";
import { writeError } from "../files.ts";
import { isRunning } from "../processes.ts";
import { type ModelFolders, namedModels } from "./library.ts";

/** What bringing in a model needs of the world. */
export interface ImportContext {
  readonly folders: ModelFolders;
  /** Bytes that are free on the disk of a folder. */
  readonly room: (folder: string) => Promise<number>;
  /** This process's number: unfinished folders are named by it. */
  readonly pid: number;
  /** Told of the share that is done, from 0 to 1. */
  readonly onProgress: (done: number) => void;
  /** Ends the work, which then rejects with the signal's reason and leaves nothing. */
  readonly signal: AbortSignal;
}

/** A model that was brought in. */
export interface ImportedModel {
  readonly name: string;
  readonly folder: string;
  /** A link to a folder, a copy of it, or made from a GGUF. */
  readonly kind: "link" | "copy" | "gguf";
  readonly parameters: number;
}

/** Bytes that stay free on a disk. */
const SPARE = 50e6;
/** Names that Windows keeps for devices. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** How {@link inPlace} names folders that are not done. */
const UNFINISHED = /^\.(.+)\.importing-(\d+)$/;

/**
 * The folder that a model called `name` gets. Throws a UserError for a name that no folder can have everywhere, and
 * for one that a model here has already, in the box, in the cache or among the user's own.
 */
export async function newPlace(name: string, folders: ModelFolders): Promise<string> {
  const isPlain = /^[\p{L}\p{N}_][^<>:"/\\|?*\p{C}\p{Zl}\p{Zp}]*$/u.test(name);
  if (!isPlain || /[. ]$/.test(name) || DEVICE.test(name) || Buffer.byteLength(name) > 100) {
    throw new UserError(`A model cannot be called ${JSON.stringify(name.slice(0, 200))}.`, {
      hint: "A name begins with a letter or a digit and has no slashes, colons or quotes; give one with --name NAME.",
      exitCode: 2,
    });
  }
  if (OFFICIAL.some((official) => official.name === name.toLowerCase())) {
    throw new UserError(`${name} is what the hub's ${name} is called.`, {
      hint: "Give this one another name with --name NAME.",
    });
  }
  const taken = [...(await namedModels(folders)).map((model) => model.name), ...(await entries(folders.own))];
  // Two names that differ in case only are one on many disks.
  if (taken.some((one) => one.normalize().toLowerCase() === name.normalize().toLowerCase())) {
    throw new UserError(`There is a model called ${name} already.`, {
      hint: "Give this one another name with --name NAME.",
    });
  }
  return join(folders.own, name);
}

/** Throws a UserError unless the disk of the user's own models has room for `bytes`. The folder is made if need be. */
export async function checkRoom(bytes: number, { folders, room }: ImportContext): Promise<void> {
  await makeFolder(folders.own).catch((cause: unknown) => {
    throw writeError(folders.own, cause);
  });
  const free = await room(folders.own);
  if (free >= bytes + SPARE) return;
  const megabytes = (count: number) => `${(count / 1e6).toFixed(0)} MB`;
  throw new UserError(
    `The model takes ${megabytes(bytes + SPARE)}, and ${megabytes(free)} are free in ${folders.own}.`,
    { hint: "Make room there, or keep your data on another disk: INKWRIGHT_DATA_DIR." },
  );
}

/**
 * Has `fill` make a model in a folder of its own, which becomes `place` once it is whole; where that fails, nothing is
 * left. What a process that ended left unfinished is cleared away first. Throws a UserError where the disk refuses.
 */
export async function inPlace(
  place: string,
  name: string,
  { folders, pid, signal }: ImportContext,
  fill: (making: string) => Promise<void>,
): Promise<void> {
  for (const entry of await entries(folders.own)) {
    const [, other, process] = UNFINISHED.exec(entry) ?? [];
    if (other !== name || process === undefined) continue;
    if (Number(process) === pid || !isRunning(Number(process))) await remove(join(folders.own, entry));
  }
  const making = join(folders.own, `.${name}.importing-${pid}`);
  try {
    await makeFolder(making);
    await fill(making);
    signal.throwIfAborted();
    await rename(making, place);
  } catch (error) {
    await remove(making);
    throw errorCode(error) === undefined || signal.aborted ? error : writeError(place, error);
  }
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => {});
}

async function entries(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
