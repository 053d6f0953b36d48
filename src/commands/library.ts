import { OFFICIAL } from "../engine/gpt2/names.ts";
import { choosePrecision } from "../engine/precision.ts";
import type { Engine } from "../engine/types.ts";
import { hubCacheFolder } from "../installation.ts";
import { modelReadme, statedLimits } from "../models/readme.ts";
import { type ShelvedModel, shelf } from "../models/shelf.ts";
import type { LibraryEntry } from "../ui/library.ts";
import type { LibraryServices } from "../ui/library-performer.ts";
import type { CommandContext } from "./context.ts";
import { shelfFolders } from "./models.ts";

/** The models as the editor shows them; `change` ends the engine that runs and starts another. */
export function openLibrary(
  context: CommandContext,
  change: (name: string) => Promise<Engine>,
): LibraryServices {
  return {
    open: change,
    async list() {
      const { models, free } = await shelf(shelfFolders(context));
      const here = await Promise.all(models.map((model) => entryOf(context, model, free)));
      const names = new Set(here.map(({ name }) => name));
      return [...here, ...OFFICIAL.filter(({ name }) => !names.has(name)).map(notHere)];
    },
    async pull(name, tell, signal) {
      const { pullModel } = await import("../models/hub/pull.ts");
      const { env, home } = context;
      await pullModel(name, { env, home, cache: hubCacheFolder(env, home), tell, signal });
    },
  };
}

async function entryOf(context: CommandContext, shelved: ShelvedModel, free: number): Promise<LibraryEntry> {
  const { model, memory, usage, licence } = shelved;
  const { name, size, checkpoint, problem, folder } = model;
  const { precision: wanted } = context.settings.values;
  const precision = checkpoint
    ? choosePrecision(wanted, checkpoint.parameters, (one) => (memory?.[one] ?? 0) <= free)
    : "fp32";
  const needed = memory?.[precision] ?? null;
  const card = await modelReadme(folder);
  return {
    name,
    parameters: checkpoint?.parameters ?? null,
    size,
    memory: needed,
    fits: needed === null || needed <= free,
    tokensPerSecond: usage?.speed[precision]?.tokensPerSecond ?? null,
    licence,
    here: true,
    limits: card === null ? null : statedLimits(card, 4000),
    known: usage !== null || model.where === "in the box",
    ...(problem === undefined ? {} : { problem }),
  };
}

function notHere({ name, bytes, parameters }: (typeof OFFICIAL)[number]): LibraryEntry {
  return {
    name,
    parameters,
    size: bytes,
    memory: null,
    fits: true,
    tokensPerSecond: null,
    licence: null,
    here: false,
    limits: null,
    known: false,
  };
}
