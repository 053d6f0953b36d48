import { StringDecoder } from "node:string_decoder";
import type { InputEvent } from "./input-event.ts";
import { isPerhapsKey, readToken } from "./tokens.ts";

/** How the parser waits; a test gives it a clock of its own. */
export interface InputTimers {
  set(action: () => void, milliseconds: number): unknown;
  clear(timer: unknown): void;
}

/** Turns what a terminal sends into {@link InputEvent}s. */
export interface InputParser {
  push(chunk: Buffer | string): void;
  /** No more will come: what is pending is decided at once. */
  end(): void;
}

/** Milliseconds after which a lone Escape is the key Escape. */
export const ESCAPE_DELAY = 30;
/** Milliseconds that a sequence may take to arrive, for slow lines. */
export const SEQUENCE_DELAY = 500;
/** Milliseconds of silence that end a paste whose end was lost. */
export const PASTE_DELAY = 2000;

const PASTE_END = "\x1b[201~";

const REAL_TIMERS: InputTimers = {
  set: (action, milliseconds) => setTimeout(action, milliseconds),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/**
 * A parser for raw terminal input: UTF-8, keys of xterm, VT, rxvt, the Linux console and the kitty protocol, SGR mouse
 * reports, focus, bracketed paste and replies.
 *
 * The events are the same however the input was cut into chunks, except that text may come in several events. Unknown
 * sequences are swallowed; no input throws.
 */
export function createInputParser(
  emit: (event: InputEvent) => void,
  timers: InputTimers = REAL_TIMERS,
): InputParser {
  const decoder = new StringDecoder("utf8");
  let pending = "";
  let paste: string[] | null = null;
  let timer: unknown = null;

  function finishPaste(): void {
    if (paste === null) return;
    const text = paste.join("").replace(/\r\n?/g, "\n");
    paste = null;
    emit({ type: "paste", text });
  }

  /** Takes what belongs to the paste; false while its end has not come. */
  function readPaste(into: string[]): boolean {
    const end = pending.indexOf(PASTE_END);
    if (end >= 0) {
      into.push(pending.slice(0, end));
      pending = pending.slice(end + PASTE_END.length);
      finishPaste();
      return true;
    }
    let kept = Math.min(PASTE_END.length - 1, pending.length);
    while (kept > 0 && !PASTE_END.startsWith(pending.slice(-kept))) kept--;
    into.push(pending.slice(0, pending.length - kept));
    pending = kept > 0 ? pending.slice(-kept) : "";
    return false;
  }

  function read(final: boolean): void {
    while (pending !== "") {
      if (paste !== null) {
        if (!readPaste(paste)) return;
        continue;
      }
      const token = readToken(pending, final);
      if (!token) return;
      pending = pending.slice(token.length);
      if (token.pasteBegins) paste = [];
      else if (token.event) emit(token.event);
    }
  }

  function silence(): void {
    timer = null;
    if (paste !== null) {
      paste.push(pending);
      pending = "";
      finishPaste();
    } else read(true);
  }

  function wait(): void {
    if (paste !== null) timer = timers.set(silence, PASTE_DELAY);
    else if (pending !== "")
      timer = timers.set(silence, isPerhapsKey(pending) ? ESCAPE_DELAY : SEQUENCE_DELAY);
  }

  function stopWaiting(): void {
    if (timer !== null) timers.clear(timer);
    timer = null;
  }

  return {
    push(chunk) {
      stopWaiting();
      pending += typeof chunk === "string" ? chunk : decoder.write(chunk);
      read(false);
      wait();
    },
    end() {
      stopWaiting();
      pending += decoder.end();
      silence();
    },
  };
}
