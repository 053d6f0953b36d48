import type { Engine } from "../engine/types.ts";
import { resolveModel } from "../models/library.ts";
import { type CommandContext, modelFolders } from "./context.ts";
import type { SharedFlags } from "./flags.ts";
import { engineOptions } from "./open-model.ts";
import { openRemote, remoteOf } from "./open-remote.ts";

/** An engine that is started when it is first wanted. */
export interface EngineStarter {
  /** The engine, shared by all callers. Rejects with a UserError for a model that does not work; then try again. */
  open(): Promise<Engine>;
  /**
   * Ends the engine and starts another model. Rejects with a UserError where that does not work; the next one to ask
   * gets the model that was there before.
   */
  change(model: string): Promise<Engine>;
  /** Ends the engine, and the opening where it is not open yet: to quantise a large model takes a minute. */
  close(): Promise<void>;
}

/**
 * Starts the model that flags and settings name, or meets the server, not before it is asked for. `onStatus` is told
 * what it does while it opens, `onNotice` what the writer should know of it.
 */
export function engineStarter(
  flags: SharedFlags,
  context: CommandContext,
  onStatus: (status: string) => void,
  onNotice: (text: string) => void = () => {},
): EngineStarter {
  let remote = remoteOf(flags, context.settings.values);
  let model = flags.model ?? context.settings.values.model;
  let leaving = new AbortController();
  let opening: Promise<Engine> | null = null;
  const start = async (): Promise<Engine> => {
    const { signal } = leaving;
    if (remote !== null) {
      const engine = await openRemote(context, remote, { onStatus, onNotice, signal });
      if (engine.card.notice !== undefined) onNotice(engine.card.notice);
      return engine;
    }
    const folder = await resolveModel(model, modelFolders(context), context);
    return context.openEngine(folder, { ...engineOptions(context, flags), onStatus, signal });
  };
  const open = (): Promise<Engine> => {
    if (opening) return opening;
    const begun = start().catch((error: unknown) => {
      if (opening === begun) opening = null;
      throw error;
    });
    opening = begun;
    return begun;
  };
  const close = async (): Promise<void> => {
    leaving.abort();
    const ended = opening;
    opening = null;
    const engine = await ended?.catch(() => null);
    await engine?.close();
  };
  return {
    open,
    close,
    async change(name) {
      const before = { model, remote };
      const closing = close();
      leaving = new AbortController();
      model = name;
      remote = null;
      // Two large models at once may not fit: whoever asks meanwhile waits too.
      const begun = closing.then(start);
      opening = begun;
      try {
        return await begun;
      } catch (error) {
        if (opening === begun) {
          opening = null;
          ({ model, remote } = before);
        }
        throw error;
      }
    },
  };
}
