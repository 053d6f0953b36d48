import type { Engine } from "../engine/types.ts";
import { resolveModel } from "../models/library.ts";
import { type CommandContext, modelFolders } from "./context.ts";
import { type Progress, progress } from "./output.ts";

/** Which model a command uses, and with how many threads; what is missing comes from the settings. */
export interface ModelFlags {
  readonly model?: string;
  readonly threads?: number;
}

/** An open model while a command uses it. */
export interface OpenModel {
  readonly engine: Engine;
  /** Milliseconds from the request until the model was ready. */
  readonly loadMs: number;
  /** The progress line, free for use. */
  readonly line: Progress;
}

/**
 * Opens a model, hands it to `use` and closes it whatever happens. Rejects with the {@link Interrupted} of the
 * context where that comes first, and with a UserError for an unknown model or a checkpoint that does not work.
 */
export async function withModel<T>(
  context: CommandContext,
  flags: ModelFlags,
  use: (open: OpenModel) => Promise<T>,
): Promise<T> {
  const { settings, interrupted } = context;
  const folder = await resolveModel(flags.model ?? settings.values.model, modelFolders(context), context);
  const threads = flags.threads ?? settings.values.threads;
  const line = progress(context);
  const begun = context.now().getTime();
  const opening = context.openEngine(folder, {
    ...(threads > 0 ? { threads } : {}),
    onStatus: (status) => line.show(status),
  });
  let engine: Engine;
  try {
    engine = await unlessInterrupted(opening, interrupted);
  } catch (error) {
    if (interrupted.aborted) opening.then((late) => late.close()).catch(() => {});
    throw error;
  } finally {
    line.clear();
  }
  try {
    return await use({ engine, loadMs: context.now().getTime() - begun, line });
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
