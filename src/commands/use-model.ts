import { openCheckpoint } from "../engine/gpt2/checkpoint.ts";
import { readVocabulary } from "../engine/tokenizer-files.ts";
import { namedModels, resolveModel } from "../models/library.ts";
import { type CommandContext, type ExitCode, modelFolders } from "./context.ts";
import { notice } from "./output.ts";

/**
 * `models use`: makes a model the one that is opened where no other is asked for. Rejects with a UserError for an
 * unknown model and a checkpoint that does not work; the setting stays as it was then.
 */
export async function useModel(context: CommandContext, name: string): Promise<ExitCode> {
  const folders = modelFolders(context);
  const folder = await resolveModel(name, folders, context);
  await openCheckpoint(folder);
  await readVocabulary(folder);
  const named = (await namedModels(folders)).find((model) => model.folder === folder);
  // A path is kept whole: from another folder it would lead elsewhere.
  const kept = named?.name ?? folder;
  context.settings.set("model", kept);
  notice(context, `${kept} is opened from now on.`);
  if (context.settings.values["engine.url"] !== null)
    notice(context, "A server still writes instead, until inkwright config unset engine.url.");
  return 0;
}
