import type { Engine, Timing } from "../engine/types.ts";
import { noteUsage, type Speed } from "./usage.ts";

/** Tokens from which on a generation says how fast a model is. */
const TOKENS = 16;

/**
 * The same engine, which remembers in the file at `path` when it began to write and how fast it did; who only reads with
 * it has not used it yet. What cannot be remembered is not: nobody waits for it but `close`.
 */
export function observed(engine: Engine, path: string, now: () => Date): Engine {
  const { card } = engine;
  let speed: Speed | null = null;
  const note = (): Promise<void> =>
    noteUsage(
      path,
      card.fingerprint,
      now().toISOString(),
      speed === null ? {} : { [card.precision]: speed },
    ).catch(() => {});
  let noted: Promise<void> | null = null;
  const take = ({ decodeMs, decodeTokens }: Timing, choices: number): void => {
    if (decodeTokens < TOKENS * choices || decodeMs <= 0) return;
    speed = { tokensPerSecond: Math.round((1000 * decodeTokens) / decodeMs), choices };
  };
  return {
    card,
    async *generate(request, signal) {
      noted ??= note();
      for await (const event of engine.generate(request, signal)) {
        if (event.type === "finished" && request.task === "continue") take(event.timing, request.choices);
        yield event;
      }
    },
    prepare: (request, signal) => engine.prepare(request, signal),
    inspect: (request) => engine.inspect(request),
    score: (text, options) => engine.score(text, options),
    alternatives: (before, options) => engine.alternatives(before, options),
    async close() {
      await noted;
      if (speed !== null) noted = note();
      await Promise.all([engine.close(), noted]);
    },
  };
}
