/** The terminal's input, such as `process.stdin`. */
export interface RawInput {
  setRawMode?(raw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** What the modes need of the world. */
export interface ModesOptions {
  readonly input: RawInput;
  /** Writes at once, even while the process ends: `fs.writeSync` on the terminal. May throw. */
  readonly writeNow: (text: string) => void;
}

/** The terminal's modes while the editor is open. */
export interface TerminalModes {
  /**
   * Turns everything on: alternate screen, raw input, paste and focus reports, mouse, unambiguous keys. After a stop
   * somebody else may have changed the modes, so entering again starts afresh.
   */
  enter(): void;
  /** Turns everything off again; only the first call after {@link TerminalModes.enter} does anything. Never throws. */
  leave(): void;
  /** Gives the cursor a colour (`#rrggbb`) until the terminal is left; null gives it back its own. */
  tint(colour: string | null): void;
  readonly entered: boolean;
}

/**
 * Alternate screen; bracketed paste; focus; mouse with drags in SGR form; no autowrap; the kitty protocol's first
 * level, which other terminals ignore. It is pushed after the change of screens because each screen has its own.
 */
export const ENTER = "\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?1002h\x1b[?1006h\x1b[?7l\x1b[>1u\x1b[2J\x1b[H";

/** The reverse, and an end to any synchronised update and style that was interrupted. */
export const LEAVE =
  "\x1b[?2026l\x1b[<u\x1b[?1006l\x1b[?1002l\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[0m\x1b[?25h\x1b[?1049l";

/** Asks for the background's colour; the parser reports the answer, see `isLightBackground`. */
export const ASK_BACKGROUND = "\x1b]11;?\x1b\\";

/** Gives the cursor a colour, and its own again (xterm's OSC 12 and 112). */
const tinted = (colour: string): string => `\x1b]12;${colour}\x1b\\`;
const UNTINTED = "\x1b]112\x1b\\";

/** Modes of one terminal, not yet entered. */
export function createModes({ input, writeNow }: ModesOptions): TerminalModes {
  let entered = false;
  let tint: string | null = null;
  function leave(): void {
    if (!entered) return;
    entered = false;
    // A terminal that has gone away takes neither; there is nothing left to restore then.
    attempt(() => writeNow((tint === null ? "" : UNTINTED) + LEAVE));
    attempt(() => input.setRawMode?.(false));
    attempt(() => input.pause());
  }

  return {
    enter() {
      leave();
      entered = true;
      input.setRawMode?.(true);
      input.resume();
      writeNow(ENTER + (tint === null ? "" : tinted(tint)));
    },
    leave,
    tint(colour) {
      if (colour === tint) return;
      tint = colour;
      if (entered) writeNow(colour === null ? UNTINTED : tinted(colour));
    },
    get entered() {
      return entered;
    },
  };
}

/** Most characters of base64 in an OSC 52: terminals refuse longer ones (hterm and others from 100,000 on). */
const LONGEST_COPY = 100_000;

/** The sequence that puts text on the system's clipboard (OSC 52); null if the text is too long for a terminal. */
export function copySequence(text: string): string | null {
  const encoded = Buffer.from(text, "utf8").toString("base64");
  return encoded.length > LONGEST_COPY ? null : `\x1b]52;c;${encoded}\x07`;
}

/**
 * Makes writes to a terminal return at once even when it does not take them, so that a stalled terminal cannot stop
 * the program. Node has no public switch for it; without the private one nothing changes.
 */
export function makeNonBlocking(stream: unknown): void {
  if (typeof stream !== "object" || stream === null || !("_handle" in stream)) return;
  const handle: unknown = stream._handle;
  if (typeof handle !== "object" || handle === null || !("setBlocking" in handle)) return;
  if (typeof handle.setBlocking === "function") handle.setBlocking(false);
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // See the caller.
  }
}
