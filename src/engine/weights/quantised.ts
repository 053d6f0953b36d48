import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorCode, errorMessage, UserError } from "../../errors.ts";
import type { Checkpoint } from "../gpt2/checkpoint.ts";
import type { GraphWeight } from "../gpt2/weights.ts";
import { inspect } from "./checksum.ts";
import { makeFolder } from "./folder.ts";
import { layOut, type WeightsLayout, weightsFile } from "./layout.ts";
import { makeFile } from "./make.ts";
import type { WeightScheme } from "./scheme.ts";
import { PRIVATE_PREFIX, removeStale } from "./stale.ts";

/** How quantised weights are found or made. */
export interface QuantisedOptions {
  /** Where they are kept; null: they are made for this time only. */
  readonly folder: string | null;
  /** Told how much is done, from 0 to 1, while they are made; never told where they are found. */
  readonly onProgress?: (done: number) => void;
  /** Told what is being done, as a phrase, where it takes time. */
  readonly onStatus?: (status: string) => void;
  /** Ends the work, which then rejects with the signal's reason and leaves nothing behind. */
  readonly signal?: AbortSignal;
  /** Whether to make them anew where there are some: they have turned out to be damaged. */
  readonly anew?: boolean;
  /** Where a file that is not kept lies; left out, the system's folder for such. */
  readonly temporary?: string;
}

/** Quantised weights in a file. */
export interface QuantisedWeights {
  /** Of the file; locations are relative to it. Absolute, without links. */
  readonly folder: string;
  /** The file's whole path. */
  readonly file: string;
  /** All tensors of the checkpoint by their names. */
  readonly weights: ReadonlyMap<string, GraphWeight>;
  /**
   * Whether every bit is as it was written. Of a file that was found this is known only after a while, in which the
   * weights may be loaded. Never rejects.
   */
  readonly isWhole: Promise<boolean>;
  /** Whether they will be found the next time. */
  readonly kept: boolean;
  /** Why they could not be kept, as a phrase; null where they are, or where none were to be. */
  readonly problem: string | null;
  /**
   * Deletes what is not kept. To be called once the weights are loaded, and again when the model is closed: a system
   * that refuses to delete a mapped file (Windows) does it then. Never rejects.
   */
  dispose(): Promise<void>;
}

/**
 * The weights of `checkpoint` in the blocks of `scheme`: found in `options.folder`, or made and kept there. A file that
 * is cut short or has a wrong header is made anew; for one wrong bit see {@link QuantisedWeights.isWhole}. Where none can be kept (a full disk, a folder that may not be written)
 * they are made in a private folder, and the caller is told why.
 *
 * Throws a UserError where they cannot be written anywhere, and a RangeError for a scheme that the runtime does not
 * multiply.
 */
export async function quantisedWeights(
  checkpoint: Checkpoint,
  fingerprint: string,
  scheme: WeightScheme,
  options: QuantisedOptions,
): Promise<QuantisedWeights> {
  const { weights } = checkpoint;
  const layout = layOut({ fingerprint, weights, scheme });
  const name = weightsFile(fingerprint, scheme);
  options.signal?.throwIfAborted();
  if (options.folder === null) return makePrivate(checkpoint, layout, name, null, options);
  try {
    return await findOrMake(options.folder, checkpoint, layout, name, options);
  } catch (error) {
    if (errorCode(error) === undefined || options.signal?.aborted) throw error;
    return makePrivate(checkpoint, layout, name, reasonOf(error), options);
  }
}

async function findOrMake(
  wanted: string,
  { weights }: Checkpoint,
  layout: WeightsLayout,
  name: string,
  options: QuantisedOptions,
): Promise<QuantisedWeights> {
  await makeFolder(wanted);
  const folder = await realpath(wanted);
  const file = join(folder, name);
  await removeStale(folder);
  const found = { folder, file, weights: layout.weights, kept: true, problem: null, dispose: async () => {} };
  const { state, isWhole } = await inspect(file, layout);
  if (state === "sound" && !options.anew) return { ...found, isWhole };
  if (state !== "missing") options.onStatus?.("rebuilding damaged weights");
  await makeFile(file, weights, layout, options).catch(async (error: unknown) => {
    // A file that is in use cannot be replaced everywhere; another process may have made it meanwhile.
    if (options.signal?.aborted || !(await (await inspect(file, layout)).isWhole)) throw error;
  });
  return { ...found, isWhole: Promise.resolve(true) };
}

async function makePrivate(
  { weights }: Checkpoint,
  layout: WeightsLayout,
  name: string,
  problem: string | null,
  options: QuantisedOptions,
): Promise<QuantisedWeights> {
  const { temporary = tmpdir() } = options;
  let folder: string | undefined;
  const dispose = async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true }).catch(() => {});
  };
  try {
    await removeStale(temporary);
    folder = await realpath(await mkdtemp(join(temporary, PRIVATE_PREFIX)));
    const file = join(folder, name);
    await makeFile(file, weights, layout, options);
    return {
      folder,
      file,
      weights: layout.weights,
      isWhole: Promise.resolve(true),
      kept: false,
      problem,
      dispose,
    };
  } catch (error) {
    await dispose();
    if (errorCode(error) === undefined) throw error;
    const megabytes = Math.ceil(layout.size / 1e6);
    throw new UserError(`The quantised weights cannot be written: ${reasonOf(error)}.`, {
      hint: `Make room for ${megabytes} MB in ${temporary}, or use the precision fp32, which needs no file.`,
      cause: error,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "your quota on the disk is used up",
  EACCES: "the folder may not be written",
  EPERM: "the folder may not be written",
  EROFS: "the disk is read-only",
  ENOTDIR: "a part of the folder's path is a file",
  EEXIST: "the folder's path is a file",
  EISDIR: "a folder is in the file's place",
};

function reasonOf(error: unknown): string {
  const code = errorCode(error) ?? "";
  if (code === "ENOENT" && /\b(?:mkdir|rename)\b/.test(errorMessage(error)))
    return "the folder cannot be made, or has gone";
  return REASONS[code] ?? errorMessage(error);
}
