import { stat, statfs } from "node:fs/promises";
import { errorCode, UserError } from "../errors.ts";
import { resolvePath } from "../files.ts";
import { importFolder } from "../models/import-folder.ts";
import { importGguf } from "../models/import-gguf.ts";
import type { ImportContext } from "../models/import-place.ts";
import { sizeOf } from "../models/library.ts";
import { type CommandContext, type ExitCode, modelFolders } from "./context.ts";
import { notice, progress, writeJson } from "./output.ts";

/** The flags of `models import`. */
export interface ImportFlags {
  readonly name?: string;
  readonly copy?: boolean;
  readonly json?: boolean;
}

/**
 * `models import`: brings in a folder of a GPT-2, by a link or a copy, or a GGUF file of one. Rejects with a UserError
 * for what is no whole GPT-2, a name that is taken, and a disk that is full; the models that are here stay as they are.
 */
export async function importModel(
  context: CommandContext,
  given: string,
  { name, copy = false, json = false }: ImportFlags,
): Promise<ExitCode> {
  const from = resolvePath(given, context);
  const line = progress(context);
  const how: ImportContext = {
    folders: modelFolders(context),
    room: async (folder) => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    pid: process.pid,
    onProgress: (done) => line.show(`bringing in ${given}: ${Math.floor(done * 100)} %`),
    signal: context.interrupted,
  };
  const model = await ((await isFolder(from))
    ? importFolder(from, name, copy, how)
    : importGguf(from, name, how)
  ).finally(() => line.clear());
  const { kind, folder, parameters } = model;
  const size_bytes = await sizeOf(folder);
  if (json) await writeJson(context, { name: model.name, folder, from, kind, parameters, size_bytes });
  else {
    const what = { link: `a link to ${from}`, copy: `a copy of ${from}`, gguf: `made from ${from}` }[kind];
    notice(
      context,
      `${model.name} is here: ${what}, ${(parameters / 1e6).toFixed(1)} M parameters, ${(size_bytes / 1e6).toFixed(1)} MB.`,
    );
    notice(
      context,
      `To open it from now on: inkwright models use ${/\s/u.test(model.name) ? `"${model.name}"` : model.name}`,
    );
  }
  return 0;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new UserError(`There is no ${path} (${errorCode(cause)}).`, {
      hint: "Give the folder of a GPT-2, or a GGUF file of one.",
      cause,
    });
  }
}
