import type { Timing } from "./types.ts";

/** Adds up where the time of one generation goes; the time that the caller takes between events is not counted. */
export interface Stopwatch {
  /** Counts the time of `work`, in which `tokens` are read. */
  prefill<T>(work: () => Promise<T>, tokens: number): Promise<T>;
  decode<T>(work: () => Promise<T>): Promise<T>;
  /** Counts one decoded token. */
  decoded(): void;
  timing(): Timing;
}

/** A stopwatch at zero, on the clock `now` in milliseconds. */
export function createStopwatch(now: () => number): Stopwatch {
  let [prefillMs, prefillTokens, decodeMs, decodeTokens] = [0, 0, 0, 0];
  return {
    async prefill(work, tokens) {
      const start = now();
      const result = await work();
      prefillMs += now() - start;
      prefillTokens += tokens;
      return result;
    },
    async decode(work) {
      const start = now();
      const result = await work();
      decodeMs += now() - start;
      return result;
    },
    decoded() {
      decodeTokens++;
    },
    timing: () => ({ prefillMs, prefillTokens, decodeMs, decodeTokens }),
  };
}
