import { Command, CommanderError } from "commander";
import type { EngineOptions } from "../engine/engine.ts";
import type { Engine } from "../engine/types.ts";
import { UserError } from "../errors.ts";
import { cacheFolder, dataFolder, type Installation, installation, usagePath } from "../installation.ts";
import { type CommandContext, Interrupted, type Run } from "./context.ts";
import { visible } from "./output.ts";
import { addCommands } from "./program.ts";

/** The outer world as the command line meets it; the rest of {@link CommandContext} is made from it. */
export interface World
  extends Pick<CommandContext, "stdin" | "stdout" | "stderr" | "env" | "cwd" | "home" | "now" | "newId"> {
  /** As in `process.platform`. */
  readonly platform: string;
  /** Watches for Ctrl+C and for a reader that went away; not called for an editor that owns the terminal. */
  readonly watch: () => AbortSignal;
  /** How models are opened; without it, in the engine's child process. */
  readonly openEngine?: CommandContext["openEngine"];
}

/**
 * Runs one command line (`args` without node and the script) and returns its exit code: 0, 1 for what could not be
 * done, 2 for wrong usage, 130 after Ctrl+C. Whatever is thrown is told on stderr.
 */
export async function main(args: readonly string[], world: World): Promise<number> {
  const home = installation();
  let code = 0;
  let signal: AbortSignal | undefined;
  const run: Run = async (action, { editor = false } = {}) => {
    const ownsTerminal = editor && world.stdin.isTTY && world.stdout.isTTY;
    signal = ownsTerminal ? new AbortController().signal : world.watch();
    code = await action(await openContext(world, home, signal));
  };
  const program = new Command("inkwright").exitOverride().configureOutput({
    writeOut: (text) => void world.stdout.write(text),
    writeErr: (text) => void world.stderr.write(text),
    outputError: (text, write) => write(text.replace(/^error: /, "inkwright: ")),
    getOutHelpWidth: () => world.stdout.columns ?? 100,
    getErrHelpWidth: () => world.stderr.columns ?? 100,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  addCommands(program, home.version, run);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(signal?.aborted && isInterruption(error, signal))) code = report(error, world);
  }
  if (signal?.reason instanceof Interrupted) return INTERRUPTED_CODES[signal.reason.by];
  return code;
}

/** Exit codes: 128 and the signal's number; a reader that went away is no failure. */
const INTERRUPTED_CODES = { SIGINT: 130, SIGTERM: 143, EPIPE: 0 } as const;

function isInterruption(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}

/** Tells an error on stderr and returns its exit code. A mistake of our own keeps its stack. */
function report(error: unknown, { stderr }: World): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UserError) {
    // Names from files of strangers are in it.
    stderr.write(
      visible(`inkwright: ${error.message}\n${error.hint === undefined ? "" : `${error.hint}\n`}`),
    );
    return error.exitCode;
  }
  stderr.write(`inkwright: This is a mistake in the program itself.\n${stackOf(error)}\n`);
  return 1;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function openContext(
  world: World,
  home: Installation,
  interrupted: AbortSignal,
): Promise<CommandContext> {
  const { openSettings } = await import("../settings-file.ts");
  const settings = openSettings({ folder: world.env.INKWRIGHT_CONFIG_DIR, now: world.now });
  for (const problem of settings.problems) world.stderr.write(`inkwright: ${problem}\n`);
  return {
    ...world,
    settings,
    installation: home,
    dataFolder: dataFolder(world),
    cacheFolder: cacheFolder(world),
    interrupted,
    openEngine:
      world.openEngine ??
      (async (folder, { tried = false, ...options }) => {
        const engine = await startChild(home.engineHost, folder, options);
        if (tried) return engine;
        return (await import("../models/observed.ts")).observed(
          engine,
          usagePath(dataFolder(world)),
          world.now,
        );
      }),
  };
}

async function startChild(hostFile: string, folder: string, options: EngineOptions): Promise<Engine> {
  const { startEngine } = await import("../engine/process/client.ts");
  return startEngine(folder, { hostFile, ...options });
}
