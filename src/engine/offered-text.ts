import { createTextStream } from "./text-stream.ts";

/** Turns the bytes of sampled tokens into the text that the writer is offered. */
export interface OfferedText {
  /** The text that became certain with these bytes: perhaps none. */
  push(bytes: Uint8Array): string;
  /** A stop string was met: what came before it has been given out, and nothing follows. */
  readonly stopped: boolean;
  /** All text so far, with that which is still held back. */
  readonly whole: string;
  /** Gives out what was held back for a stop string that did not come. An unfinished character is dropped. */
  end(): string;
}

/**
 * Offers text in pieces that never cut a character in two and never show any part of a string of `stop`: an end that
 * may become one is held back. The first `blanks` spaces and tabs are left out, because the story has them already.
 */
export function createOfferedText(stop: readonly string[], blanks: number): OfferedText {
  const stream = createTextStream();
  let blanksLeft = blanks;
  let given = "";
  let held = "";
  let stopped = false;

  function withoutBlanks(text: string): string {
    let at = 0;
    while (blanksLeft > 0 && at < text.length) {
      if (text[at] === " " || text[at] === "\t") {
        at++;
        blanksLeft--;
      } else {
        blanksLeft = 0;
      }
    }
    return text.slice(at);
  }

  function give(text: string): string {
    given += text;
    return text;
  }

  return {
    get stopped() {
      return stopped;
    },
    get whole() {
      return given + held;
    },
    push(bytes) {
      if (stopped) return "";
      held += withoutBlanks(stream.push(bytes));
      const found = firstOf(stop, held);
      stopped = found >= 0;
      const certain = stopped ? found : held.length - unsureLength(stop, held);
      const text = held.slice(0, certain);
      held = stopped ? "" : held.slice(certain);
      return give(text);
    },
    end() {
      const text = held;
      held = "";
      return give(text);
    },
  };
}

/** Where the first of `stop` begins in `text`, or −1. */
function firstOf(stop: readonly string[], text: string): number {
  const places = stop.map((string) => text.indexOf(string)).filter((place) => place >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}

/** Length of the longest end of `text` that one of `stop` begins with. */
function unsureLength(stop: readonly string[], text: string): number {
  let longest = 0;
  for (const string of stop) {
    for (let length = Math.min(string.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(string.slice(0, length))) longest = length;
    }
  }
  return longest;
}
