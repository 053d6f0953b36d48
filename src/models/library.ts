import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Checkpoint, openCheckpoint } from "../engine/gpt2/checkpoint.ts";
import { OFFICIAL } from "../engine/gpt2/names.ts";
import { errorCode, errorMessage, UserError } from "../errors.ts";
import { type PathBase, resolvePath } from "../files.ts";
import { type CachedModel, cachedModels } from "./hub/cache.ts";

/** The folders that hold models, one folder each. */
export interface ModelFolders {
  /** Those of the installation. */
  readonly inBox: string;
  /** The user's own. It need not exist. */
  readonly own: string;
  /** Hugging Face's download cache. It need not exist. */
  readonly hub: string;
}

/** A model that has a name here. */
export interface NamedModel {
  /** Its folder's own name. */
  readonly name: string;
  readonly folder: string;
  readonly where: "in the box" | "your own" | "downloaded";
  /** Where it lies in the download cache, if it does. */
  readonly cached?: CachedModel;
}

/** A named model with what its files say; `problem` where they are not as they should be. */
export type ListedModel = NamedModel & {
  /** Bytes of all its files. */
  readonly size: number;
} & (
    | { readonly checkpoint: Checkpoint; readonly problem?: undefined }
    | { readonly problem: string; readonly checkpoint?: undefined }
  );

/**
 * Every folder with a `config.json` in the folders of models, those in the box first, by name; then the whole models in
 * the download cache.
 */
export async function namedModels(folders: ModelFolders): Promise<readonly NamedModel[]> {
  const cached = await cachedModels(folders.hub);
  return [
    ...(await shelvedModels(folders)),
    ...cached.map(
      (one) => ({ name: one.name, folder: one.folder, where: "downloaded", cached: one }) as const,
    ),
  ];
}

async function shelvedModels({ inBox, own }: ModelFolders): Promise<readonly NamedModel[]> {
  const found: NamedModel[] = [];
  for (const [parent, where] of [
    [inBox, "in the box"],
    [own, "your own"],
  ] as const) {
    for (const name of (await entries(parent)).sort()) {
      const folder = join(parent, name);
      // A name that begins with a dot is that of a model that is still being made.
      if (name.startsWith(".")) continue;
      if (await isThere(join(folder, "config.json"))) found.push({ name, folder, where });
    }
  }
  return found;
}

/** {@link namedModels} with what their configurations and headers say; no weights are read. */
export async function listModels(folders: ModelFolders): Promise<readonly ListedModel[]> {
  const listed: ListedModel[] = [];
  for (const model of await namedModels(folders)) {
    const size = await sizeOf(model.folder);
    try {
      listed.push({ ...model, size, checkpoint: await openCheckpoint(model.folder) });
    } catch (error) {
      listed.push({ ...model, size, problem: errorMessage(error) });
    }
  }
  return listed;
}

/**
 * The absolute folder of the model called `name`: a named one, else the path of a folder (`~/` is the home folder).
 * Throws a UserError that lists the names where there is neither.
 */
export async function resolveModel(name: string, folders: ModelFolders, base: PathBase): Promise<string> {
  const shelves = await shelvedModels(folders);
  const models = shelves.some((model) => model.name === name) ? shelves : await namedModels(folders);
  const named = models.find((model) => model.name === name);
  if (named) return named.folder;
  const path = resolvePath(name, base);
  if (await isFolder(path)) return path;
  const names = [...new Set(models.map((model) => model.name))];
  throw new UserError(`There is no model "${name}": neither a name nor a folder.`, {
    hint: OFFICIAL.some((official) => official.name === name)
      ? `To fetch it: inkwright models pull ${name}`
      : names.length === 0
        ? `No model is installed; put one into ${folders.own}, or give the path of its folder.`
        : `The models here are ${names.join(", ")}; others go into ${folders.own}, or are called by their folder's path.`,
  });
}

/** Bytes of the files of one model's folder, those in folders inside it not counted. */
export async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const name of await entries(folder)) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) size += found.size;
  }
  return size;
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(cause) ?? "")) return [];
    throw new UserError(`The folder of models ${folder} cannot be read (${errorMessage(cause)}).`, { cause });
  }
}

/** Whether something can be found at `path`. */
export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
