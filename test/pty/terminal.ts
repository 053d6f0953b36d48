import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { spawn } from "@lydell/node-pty";
import { createScreen, type Screen } from "./screen.ts";

/** A program in a terminal of its own. */
export interface OpenTerminal {
  readonly pid: number;
  /** Types keys, as the bytes a keyboard would send. */
  write(keys: string): void;
  /** The rows of the screen, without blanks at their ends. */
  screen(): string[];
  cursor(): { readonly x: number; readonly y: number };
  readonly look: Screen["look"];
  readonly find: Screen["find"];
  isAlternate(): boolean;
  /**
   * Waits until the screen fulfils a condition.
   *
   * @throws Error with the screen as it is then, after `ms` milliseconds
   */
  until(condition: (rows: string[]) => boolean, ms?: number): Promise<void>;
  resize(columns: number, rows: number): void;
  kill(signal: string): void;
  /** Closes the terminal itself, as a window that is closed does. Resolves when the program has ended. */
  hangUp(): Promise<void>;
  /** Bytes that the program wrote so far. */
  readonly bytes: number;
  /** Everything the program wrote, as text. */
  readonly raw: string;
  /** The program's exit code; resolves after its last output is on the screen. A death by signal is 128 and its number. */
  readonly exited: Promise<number>;
  /** Ends the program if it still runs, and frees the terminal. */
  close(): Promise<void>;
}

/** What to run, and where. */
export interface TerminalOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly columns?: number;
  readonly rows?: number;
}

/** Starts a program in a real pseudo-terminal whose screen is emulated here; the emulator's replies go back to it. */
export function openTerminal(options: TerminalOptions): OpenTerminal {
  const { command, args, env = {}, cwd = process.cwd(), columns = 80, rows = 24 } = options;
  const screen = createScreen(columns, rows);
  const environment: Record<string, string> = {
    TERM: "xterm-256color",
    COLORTERM: "truecolor",
    LANG: "C.UTF-8",
  };
  for (const name of ["PATH", "HOME", "TMPDIR"]) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  const child = spawn(command, [...args], {
    name: "xterm-256color",
    cols: columns,
    rows,
    cwd,
    env: { ...environment, ...env },
  });
  let raw = "";
  let bytes = 0;
  let running = true;
  let shown = Promise.resolve();
  const waiting = new Set<() => void>();

  child.onData((data) => {
    raw += data;
    bytes += Buffer.byteLength(data);
    shown = screen.write(data).then(() => {
      for (const check of waiting) check();
    });
  });
  screen.onReply((data) => {
    if (running) child.write(data);
  });
  const exited = new Promise<number>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      running = false;
      void shown.then(() => resolve(signal ? 128 + signal : exitCode));
    });
  });

  return {
    pid: child.pid,
    write: (keys) => child.write(keys),
    screen: screen.rows,
    cursor: screen.cursor,
    look: screen.look,
    find: screen.find,
    isAlternate: screen.isAlternate,
    until(condition, ms = 10_000) {
      return new Promise((resolve, reject) => {
        const check = () => {
          if (!condition(screen.rows())) return;
          waiting.delete(check);
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`the screen after ${ms} ms:\n${screen.rows().join("\n")}`));
        }, ms);
        waiting.add(check);
        check();
      });
    },
    resize(newColumns, newRows) {
      screen.resize(newColumns, newRows);
      child.resize(newColumns, newRows);
    },
    kill: (signal) => child.kill(signal),
    async hangUp() {
      // Not among the types of the package: it closes the terminal's other end.
      (child as unknown as { destroy(): void }).destroy();
      while (isRunning(child.pid)) await sleep(20);
      running = false;
    },
    get bytes() {
      return bytes;
    },
    get raw() {
      return raw;
    },
    exited,
    async close() {
      if (running) {
        child.kill("SIGKILL");
        await exited;
      }
      screen.close();
    },
  };
}

/** Whether a process is there and no zombie. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/su.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Makes a configuration folder as it is after the first start: without the welcome. */
export async function settleIn(configFolder: string): Promise<void> {
  await mkdir(join(configFolder, "inkwright"), { recursive: true });
  await writeFile(join(configFolder, "inkwright", "config.json"), '{"welcomed": true}');
}
