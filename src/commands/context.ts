import { join } from "node:path";
import type { Readable } from "node:stream";
import type { EngineOptions } from "../engine/engine.ts";
import type { Engine } from "../engine/types.ts";
import { hubCacheFolder, type Installation } from "../installation.ts";
import type { ModelFolders } from "../models/library.ts";
import type { SettingsStore } from "../settings-file.ts";

/** A stream of text to a terminal, a pipe or a file. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The reason of {@link CommandContext.interrupted}: why a command was asked to end before it was done. */
export class Interrupted extends Error {
  override readonly name: string = "Interrupted";
  /** `SIGINT`: Ctrl+C. `SIGTERM`: the system asks. `EPIPE`: the output cannot be written any more. */
  readonly by: "SIGINT" | "SIGTERM" | "EPIPE";

  constructor(by: "SIGINT" | "SIGTERM" | "EPIPE") {
    super(`interrupted: ${by}`);
    this.by = by;
  }
}

/** Whether nobody reads the output any more, so that there is no sense in writing. */
export function isPipeBroken(signal: AbortSignal): boolean {
  return signal.reason instanceof Interrupted && signal.reason.by === "EPIPE";
}

/** Everything of the outer world that a command may touch. */
export interface CommandContext {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** The text or the JSON, nothing else. */
  readonly stdout: Output;
  /** Progress and notices. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder against which paths are read. */
  readonly cwd: string;
  readonly home: string;
  readonly now: () => Date;
  /** A name for the next generation, never used before. */
  readonly newId: () => string;
  readonly settings: SettingsStore;
  readonly installation: Installation;
  /** The user's folder for models and for the sessions of pipes. */
  readonly dataFolder: string;
  /** The user's folder for what can be made again. */
  readonly cacheFolder: string;
  /** Aborted with an {@link Interrupted} as its reason. */
  readonly interrupted: AbortSignal;
  /**
   * Opens the model in `folder`; that it is used is remembered, but where it is only tried. Rejects with a UserError for
   * a checkpoint that does not work.
   */
  readonly openEngine: (
    folder: string,
    options: EngineOptions & { readonly tried?: boolean },
  ) => Promise<Engine>;
}

/** The folders in which models have names: the installation's and the user's. */
export function modelFolders({ installation, dataFolder, env, home }: CommandContext): ModelFolders {
  return { inBox: installation.models, own: join(dataFolder, "models"), hub: hubCacheFolder(env, home) };
}

/** How a command ended: 0 well, 1 with a difference that its output tells. Failures are thrown instead. */
export type ExitCode = 0 | 1;

/** What a command does once its arguments are read. */
export type Action = (context: CommandContext) => Promise<ExitCode>;

/** How the command line runs an action: with a context, and `editor` where the command owns the terminal. */
export type Run = (action: Action, options?: { readonly editor?: boolean }) => Promise<void>;
