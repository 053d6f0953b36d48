/** The parts of `process` that end a program. */
export interface ProcessLike {
  readonly pid: number;
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  off(event: string, listener: (...values: unknown[]) => void): unknown;
  exit(code: number): unknown;
  kill(pid: number, signal: string): unknown;
}

/** Why the program ends without having been asked to from inside. */
export type Ending = "SIGTERM" | "SIGHUP" | "SIGINT" | "error";

/** What happens around the end of the program, and around its being stopped. */
export interface RestoreOptions {
  /** Gives the terminal back: off flag first, then the modes. Called any number of times; must not throw. */
  readonly restore: () => void;
  /** Takes the terminal again and paints everything, after the program was stopped and goes on. */
  readonly resume: () => void;
  /** Brings what the writer has written into safety. Whatever it does, the program ends after `limitMs`. */
  readonly onSignal: (ending: Ending) => Promise<void>;
  /** Whether another program has the terminal: an interrupt is meant for that one then. */
  readonly isAway?: () => boolean;
  /** Shows an error of ours, on the restored terminal. */
  readonly report: (error: unknown) => void;
  /** Milliseconds that {@link RestoreOptions.onSignal} may take; 5000 if not given. */
  readonly limitMs?: number;
}

/** Exit codes: 128 and the signal's number. */
const SIGNAL_CODES = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;
const SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT"] as const;

/**
 * Sees to it that the terminal is restored however the program ends: by exit, by SIGTERM, SIGHUP or SIGINT, by an
 * error or a rejected promise that nobody caught. The writer's work is saved first; a second signal but SIGHUP does
 * not wait for it. A stop (SIGTSTP) restores as well, and a continuation (SIGCONT) takes the terminal again.
 *
 * @returns a function that takes all of it away again
 */
export function installRestore(target: ProcessLike, options: RestoreOptions): () => void {
  const { restore, resume, onSignal, report, isAway = () => false, limitMs = 5000 } = options;
  let ending = false;
  let alive: NodeJS.Timeout | undefined;

  function end(code: number): void {
    restore();
    target.exit(code);
  }

  async function saveThenEnd(reason: Ending, code: number): Promise<void> {
    ending = true;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    try {
      await Promise.race([onSignal(reason), limit]);
    } catch (error) {
      restore();
      tell(error);
    } finally {
      clearTimeout(timer);
      end(code);
    }
  }

  function signalled(signal: keyof typeof SIGNAL_CODES): void {
    if (signal === "SIGINT" && isAway()) return;
    const code = SIGNAL_CODES[signal];
    if (!ending) void saveThenEnd(signal, code);
    // A terminal that closes says so in several ways at once; none of them is in a hurry.
    else if (signal !== "SIGHUP") end(code);
  }

  function failed(error: unknown): void {
    restore();
    tell(error);
    // What goes wrong while the work is saved, such as writing to a terminal that is gone, must not cut that short.
    if (!ending) void saveThenEnd("error", 1);
  }

  /** An error that cannot be told either is one of the terminal's. */
  function tell(error: unknown): void {
    try {
      report(error);
    } catch {
      // Nobody is there to read it.
    }
  }

  function stopped(): void {
    restore();
    // Without input nothing else may keep the program alive until the news of its continuation arrives.
    clearInterval(alive);
    alive = setInterval(() => {}, 60_000);
    target.kill(target.pid, "SIGSTOP");
  }

  function continued(): void {
    clearInterval(alive);
    if (ending || isAway()) return;
    try {
      resume();
    } catch {
      // A terminal that hangs up lets its programs go on first; there is nothing to paint on.
      signalled("SIGHUP");
    }
  }

  const listeners: readonly (readonly [string, (...values: unknown[]) => void])[] = [
    ["exit", restore],
    ...SIGNALS.map((signal) => [signal, () => signalled(signal)] as const),
    ["uncaughtException", failed],
    ["unhandledRejection", failed],
    ["SIGTSTP", stopped],
    ["SIGCONT", continued],
  ];
  for (const [event, listener] of listeners) target.on(event, listener);
  return () => {
    clearInterval(alive);
    for (const [event, listener] of listeners) target.off(event, listener);
  };
}
