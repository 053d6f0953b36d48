import { openCheckpoint } from "../engine/gpt2/checkpoint.ts";
import { fingerprint } from "../engine/gpt2/fingerprint.ts";
import { UserError } from "../errors.ts";
import { weightsFolder } from "../installation.ts";
import { namedModels } from "../models/library.ts";
import { removeModel as removed } from "../models/remove.ts";
import { keptWeights, removeWeights } from "../models/weights.ts";
import { type CommandContext, type ExitCode, modelFolders } from "./context.ts";
import { notice, writeJson } from "./output.ts";

/**
 * `models remove`: deletes a downloaded or imported model, with its quantised weights. A folder of one's own goes with
 * `--force` only. Rejects with a UserError for a model that is in the box, for a path, and for what cannot be deleted.
 */
export async function removeModel(
  context: CommandContext,
  name: string,
  options: { readonly force?: boolean; readonly json?: boolean },
): Promise<ExitCode> {
  const models = await namedModels(modelFolders(context));
  const model = models.find((one) => one.name === name);
  if (!model) {
    const own = models.filter(({ where }) => where !== "in the box").map((one) => one.name);
    throw new UserError(`There is no model called "${name}".`, {
      hint:
        own.length === 0
          ? "Only models that were fetched or brought in can be removed, and there is none."
          : `Those that can be removed are ${own.join(", ")}.`,
    });
  }
  const mark = await openCheckpoint(model.folder)
    .then(fingerprint)
    .catch(() => null);
  const freed = await removed(model, options.force ?? false);
  const weights = (await keptWeights(weightsFolder(context.cacheFolder))).filter(
    (kept) => kept.fingerprint === mark,
  );
  await removeWeights(weights);
  const bytes = freed + weights.reduce((sum, { size }) => sum + size, 0);
  if (options.json) {
    await writeJson(context, { name, folder: model.folder, freed_bytes: bytes });
  } else {
    notice(context, `${name} is removed; ${(bytes / 1e6).toFixed(1)} MB are free again.`);
  }
  if (context.settings.values.model === name) {
    context.settings.unset("model");
    notice(context, `It was the model to open; now that is ${context.settings.values.model}.`);
  }
  return 0;
}
