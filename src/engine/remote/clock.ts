import type { Timing } from "../types.ts";

/** Tells where the time of a generation on a server goes. */
export interface Clock {
  /** A request is sent. */
  begin(): void;
  /** A piece of its answer came. */
  piece(): void;
  token(): void;
  /** `prefill`: until the first piece of each request came. What a server had in its cache is not known. */
  timing(): Timing;
}

/** A clock at zero, by `now` in milliseconds. */
export function createClock(now: () => number): Clock {
  let [prefillMs, decodeMs, decodeTokens] = [0, 0, 0];
  let last = 0;
  let waiting = true;
  return {
    begin() {
      last = now();
      waiting = true;
    },
    piece() {
      const at = now();
      if (waiting) prefillMs += at - last;
      else decodeMs += at - last;
      waiting = false;
      last = at;
    },
    token() {
      decodeTokens++;
    },
    timing: () => ({ prefillMs, prefillTokens: 0, decodeMs, decodeTokens }),
  };
}
