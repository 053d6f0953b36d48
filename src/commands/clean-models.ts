import { openCheckpoint } from "../engine/gpt2/checkpoint.ts";
import { fingerprint } from "../engine/gpt2/fingerprint.ts";
import { modelName } from "../engine/gpt2/names.ts";
import { weightsFolder } from "../installation.ts";
import { namedModels, resolveModel } from "../models/library.ts";
import { keptWeights, removeWeights } from "../models/weights.ts";
import { type CommandContext, type ExitCode, modelFolders } from "./context.ts";
import { writeJson, writeOut } from "./output.ts";

/**
 * `models clean`: deletes the quantised weights that are kept, all of them or one model's; they are made again when
 * the model is next opened. Rejects with a UserError for an unknown model and a file that cannot be deleted.
 */
export async function cleanModels(
  context: CommandContext,
  name: string | undefined,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const only = name === undefined ? null : await markOf(await folderOf(context, name));
  const all = await keptWeights(weightsFolder(context.cacheFolder));
  const kept = all.filter(({ fingerprint }) => only === null || fingerprint === only);
  const names = await namesByMark(context);
  await removeWeights(kept);
  const freed = kept.reduce((sum, { size }) => sum + size, 0);
  if (options.json) {
    await writeJson(context, {
      removed: kept.map(({ file, fingerprint, scheme, size }) => {
        return {
          file,
          model: names.get(fingerprint) ?? null,
          fingerprint,
          precision: scheme,
          size_bytes: size,
        };
      }),
      freed_bytes: freed,
    });
    return 0;
  }
  if (kept.length === 0) {
    await writeOut(context, `No quantised weights${name === undefined ? "" : ` of ${name}`} are kept.\n`);
    return 0;
  }
  const lines = kept.map(
    ({ fingerprint, scheme, size }) =>
      `removed ${names.get(fingerprint) ?? fingerprint} ${scheme}, ${megabytes(size)}`,
  );
  await writeOut(context, `${[...lines, `freed ${megabytes(freed)}`].join("\n")}\n`);
  return 0;
}

function folderOf(context: CommandContext, name: string): Promise<string> {
  return resolveModel(name, modelFolders(context), context);
}

async function markOf(folder: string): Promise<string> {
  return fingerprint(await openCheckpoint(folder));
}

/** Names of the models that are here, by their fingerprints; damaged ones have none. */
async function namesByMark(context: CommandContext): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { folder } of await namedModels(modelFolders(context))) {
    const mark = await markOf(folder).catch(() => null);
    if (mark !== null && !names.has(mark)) names.set(mark, modelName(folder));
  }
  return names;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
