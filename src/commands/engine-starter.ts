import type { Engine } from "../engine/types.ts";
import { resolveModel } from "../models/library.ts";
import { type CommandContext, modelFolders } from "./context.ts";
import type { SharedFlags } from "./flags.ts";
import { engineOptions } from "./open-model.ts";

/** An engine that is started when it is first wanted. */
export interface EngineStarter {
  /** The engine, shared by all callers. Rejects with a UserError for a model that does not work; then try again. */
  open(): Promise<Engine>;
  /** Ends the engine, and the opening where it is not open yet: to quantise a large model takes a minute. */
  close(): Promise<void>;
}

/**
 * Starts the model that flags and settings name, not before it is asked for. `onStatus` is told what it does while it
 * opens.
 */
export function engineStarter(
  flags: SharedFlags,
  context: CommandContext,
  onStatus: (status: string) => void,
): EngineStarter {
  const { values } = context.settings;
  const leaving = new AbortController();
  let opening: Promise<Engine> | null = null;
  const start = async (): Promise<Engine> => {
    const folder = await resolveModel(flags.model ?? values.model, modelFolders(context), context);
    const { signal } = leaving;
    return context.openEngine(folder, { ...engineOptions(context, flags), onStatus, signal });
  };
  return {
    open() {
      opening ??= start().catch((error: unknown) => {
        opening = null;
        throw error;
      });
      return opening;
    },
    async close() {
      leaving.abort();
      const engine = await opening?.catch(() => null);
      await engine?.close();
    },
  };
}
