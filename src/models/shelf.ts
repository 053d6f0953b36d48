import type { Checkpoint } from "../engine/gpt2/checkpoint.ts";
import { fingerprint } from "../engine/gpt2/fingerprint.ts";
import { freeMemory, memoryNeeded } from "../engine/memory.ts";
import { PRECISIONS, type Precision } from "../engine/precision.ts";
import { type ListedModel, listModels, type ModelFolders } from "./library.ts";
import { licence } from "./readme.ts";
import { type ModelUsage, readUsage } from "./usage.ts";
import { keptWeights } from "./weights.ts";

/** Where what is known of models lies. */
export interface ShelfFolders {
  readonly models: ModelFolders;
  /** Quantised weights. */
  readonly weights: string;
  /** The file of {@link readUsage}. */
  readonly usage: string;
}

/** A model with everything that a writer may want to know before choosing it. */
export interface ShelvedModel {
  readonly model: ListedModel;
  /** Null for one that is damaged. */
  readonly fingerprint: string | null;
  readonly licence: string | null;
  /** Precisions whose quantised weights are made already. */
  readonly kept: readonly string[];
  /** Null for one that has never written here. */
  readonly usage: ModelUsage | null;
  /** Bytes of memory that it takes while it writes; null for one that is damaged. */
  readonly memory: MemoryNeeds | null;
}

/** Bytes of memory at each precision. */
export type MemoryNeeds = Readonly<Record<Precision, number>>;

/** How much memory a model needs at each precision, in bytes. */
export function memoryNeeds({ config }: Pick<Checkpoint, "config">): MemoryNeeds {
  const [fp32, int8, int4] = PRECISIONS.map((precision) => memoryNeeded(config, precision));
  return { fp32: fp32 ?? 0, int8: int8 ?? 0, int4: int4 ?? 0 };
}

/** All models that have a name, with what is known of them, and the bytes of memory that are free. */
export async function shelf({
  models,
  weights,
  usage,
}: ShelfFolders): Promise<{ readonly models: readonly ShelvedModel[]; readonly free: number }> {
  const [listed, kept, used, free] = await Promise.all([
    listModels(models),
    keptWeights(weights),
    readUsage(usage),
    freeMemory(),
  ]);
  const shelved = listed.map(async (model): Promise<ShelvedModel> => {
    const { checkpoint } = model;
    const mark = checkpoint ? await fingerprint(checkpoint).catch(() => null) : null;
    return {
      model,
      fingerprint: mark,
      licence: await licence(model.folder),
      kept: kept.filter((one) => one.fingerprint === mark).map(({ scheme }) => scheme),
      usage: (mark === null ? undefined : used.get(mark)) ?? null,
      memory: checkpoint ? memoryNeeds(checkpoint) : null,
    };
  });
  return { models: await Promise.all(shelved), free };
}
