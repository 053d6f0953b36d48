import type { EngineOptions } from "../engine/engine.ts";
import type { PrecisionChoice } from "../engine/precision.ts";
import type { Engine } from "../engine/types.ts";
import { usagePath, weightsFolder } from "../installation.ts";
import { resolveModel } from "../models/library.ts";
import { readUsage } from "../models/usage.ts";
import { type CommandContext, modelFolders } from "./context.ts";
import { openRemote, remoteOf } from "./open-remote.ts";
import { notice, type Progress, progress } from "./output.ts";

/** Which model a command uses, and how it is opened; what is missing comes from the settings. */
export interface ModelFlags {
  readonly model?: string;
  readonly engineUrl?: string;
  readonly threads?: number;
  readonly precision?: PrecisionChoice;
  /** It is only tried: that is not remembered as use. */
  readonly tried?: boolean;
}

/** How flags and settings want a model opened. */
export function engineOptions(
  { settings: { values }, cacheFolder }: CommandContext,
  flags: ModelFlags,
): EngineOptions {
  const threads = flags.threads ?? values.threads;
  return {
    ...(threads > 0 ? { threads } : {}),
    precision: flags.precision ?? values.precision,
    weightsFolder: weightsFolder(cacheFolder),
  };
}

/** An open model while a command uses it. */
export interface OpenModel {
  readonly engine: Engine;
  /** Milliseconds from the request until the model was ready. */
  readonly loadMs: number;
  /** The progress line, free for use. */
  readonly line: Progress;
  /** The model has never written here before. */
  readonly isNew: boolean;
}

/**
 * Opens a model, hands it to `use` and closes it whatever happens. Rejects with the {@link Interrupted} of the
 * context where that comes first, and with a UserError for an unknown model, a checkpoint that does not work, or a
 * server that cannot be reached.
 */
export async function withModel<T>(
  context: CommandContext,
  flags: ModelFlags,
  use: (open: OpenModel) => Promise<T>,
): Promise<T> {
  const { settings, interrupted } = context;
  const remote = remoteOf(flags, settings.values);
  const folder =
    remote === null
      ? await resolveModel(flags.model ?? settings.values.model, modelFolders(context), context)
      : "";
  const used = await readUsage(usagePath(context.dataFolder));
  const line = progress(context);
  const begun = context.now().getTime();
  const doing = { onStatus: (status: string) => line.show(status), signal: interrupted };
  const opening =
    remote === null
      ? context.openEngine(folder, {
          ...engineOptions(context, flags),
          ...doing,
          tried: flags.tried ?? false,
        })
      : openRemote(context, remote, { ...doing, onNotice: (text) => notice(context, text) });
  let engine: Engine;
  try {
    engine = await unlessInterrupted(opening, interrupted);
  } catch (error) {
    if (interrupted.aborted) opening.then((late) => late.close()).catch(() => {});
    throw error;
  } finally {
    line.clear();
  }
  if (engine.card.notice !== undefined) notice(context, engine.card.notice);
  try {
    const isNew = !used.has(engine.card.fingerprint);
    return await use({ engine, loadMs: context.now().getTime() - begun, line, isNew });
  } finally {
    line.clear();
    await engine.close();
  }
}

/** `promise`, or a rejection with the signal's reason as soon as it is aborted. */
function unlessInterrupted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const interrupt = (): void => reject(signal.reason);
    if (signal.aborted) interrupt();
    signal.addEventListener("abort", interrupt, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", interrupt));
  });
}
