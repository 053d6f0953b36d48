import type { Engine } from "../engine/types.ts";
import { usagePath } from "../installation.ts";
import type { Settings } from "../settings.ts";
import type { CommandContext } from "./context.ts";

/** A server that is to write. */
export interface RemoteChoice {
  readonly url: string;
  /** Name of its model; null for its first. */
  readonly model: string | null;
}

/** What is told of a server while it is used. */
export interface RemoteHooks {
  readonly onStatus: (status: string) => void;
  /** What it cannot do, once each. */
  readonly onNotice: (text: string) => void;
  /** Ends the opening. */
  readonly signal: AbortSignal;
}

/**
 * The server that flags and settings name: `--engine-url`, whose model `--model` names, or the setting `engine.url`,
 * unless `--model` names a model of this machine. Null where this machine writes.
 */
export function remoteOf(
  { engineUrl, model }: { readonly engineUrl?: string; readonly model?: string },
  values: Pick<Settings, "engine.url" | "engine.model">,
): RemoteChoice | null {
  if (engineUrl !== undefined) return { url: engineUrl, model: model ?? values["engine.model"] };
  const url = values["engine.url"];
  return url === null || model !== undefined ? null : { url, model: values["engine.model"] };
}

/**
 * Opens the engine of a server. The key comes from the environment alone (`INKWRIGHT_API_KEY`). Rejects with a
 * UserError where the server cannot be reached or does not have the model.
 */
export async function openRemote(
  { env, now, dataFolder }: Pick<CommandContext, "env" | "now" | "dataFolder">,
  { url, model }: RemoteChoice,
  hooks: RemoteHooks,
): Promise<Engine> {
  const { remoteEngine } = await import("../engine/remote/remote-engine.ts");
  const { observed } = await import("../models/observed.ts");
  const engine = await remoteEngine({
    url,
    model,
    key: env.INKWRIGHT_API_KEY ?? "",
    fetch,
    random: Math.random,
    now: () => now().getTime(),
    ...hooks,
  });
  return observed(engine, usagePath(dataFolder), now);
}
