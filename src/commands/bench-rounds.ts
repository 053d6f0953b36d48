import { performance } from "node:perf_hooks";
import { createEngine } from "../engine/engine.ts";
import { openModel } from "../engine/gpt2/open.ts";
import { cacheBytes, weightBytes } from "../engine/memory.ts";
import { completeSettings } from "../engine/settings.ts";
import { openTokenizer } from "../engine/tokenizer.ts";
import type { Engine } from "../engine/types.ts";
import { UserError } from "../errors.ts";
import type { BenchCase, BenchJob, BenchOutcome, BenchRound } from "./bench-protocol.ts";

/**
 * Opens the model in this process, unless `signal` is aborted, and times its configurations, one round of each in turn, after one that does not
 * count. The end of text is forbidden, so that every choice has its full length; no prompt begins like another, so
 * that none is found in the cache.
 */
export async function measure(
  job: BenchJob,
  onStatus: (text: string) => void,
  signal: AbortSignal,
): Promise<BenchOutcome> {
  const { folder, precision, threads, weightsFolder, cases, length, rounds } = job;
  const tokenizer = await openTokenizer(folder);
  const begun = performance.now();
  const opening = { precision, weightsFolder, onStatus, signal, ...(threads > 0 ? { threads } : {}) };
  const { model, card, config } = await openModel(folder, opening);
  const loadMs = performance.now() - begun;
  const engine = createEngine({ model, card, tokenizer: { ...tokenizer, endOfText: null } });
  try {
    for (const { prompt } of cases) checkFits(prompt, length, card.contextLength);
    const ids = Math.min(50_000, card.vocabularySize, tokenizer.vocabularySize);
    const measured: BenchRound[] = [];
    for (let round = -1; round < rounds; round++) {
      for (const [index, one] of cases.entries()) {
        signal.throwIfAborted();
        const which = round < 0 ? "warming up" : `round ${round + 1} of ${rounds}`;
        onStatus(`${card.precision}: ${which}, prompt ${one.prompt}, ${one.count} at once`);
        const tokens = randomPrompt(one.prompt, ids, 1 + index + (round + 1) * cases.length);
        const timed = await time(engine, tokens, one.count, length, signal);
        if (round >= 0) measured.push({ case: index, ...timed });
      }
    }
    return {
      precision: card.precision,
      contextLength: card.contextLength,
      loadMs,
      peakRssMb: (process.resourceUsage().maxRSS * 1024) / 1e6,
      bytesPerToken: cases.map(({ prompt, count }: BenchCase) =>
        Math.round(
          weightBytes(config, card.precision) / count + cacheBytes(config, prompt + Math.floor(length / 2)),
        ),
      ),
      rounds: measured,
    };
  } finally {
    await engine.close();
  }
}

function checkFits(prompt: number, length: number, context: number): void {
  if (prompt + length <= context) return;
  throw new UserError(
    `A prompt of ${prompt} tokens and ${length} new ones do not fit into the model's ${context}.`,
    { hint: "Choose a smaller --prompt or --length." },
  );
}

/** Ids below `ids`, the first of which is `first`; the others are the same every time (Numerical Recipes' LCG). */
export function randomPrompt(length: number, ids: number, first: number): number[] {
  let state = first;
  return Array.from({ length }, (_, i) => {
    if (i === 0) return first % ids;
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * ids);
  });
}

async function time(
  engine: Engine,
  promptTokens: readonly number[],
  choices: number,
  length: number,
  signal: AbortSignal,
): Promise<Omit<BenchRound, "case">> {
  const settings = completeSettings({ greedy: true, length });
  const request = { id: "bench", task: "continue", before: "", choices, settings, promptTokens } as const;
  const begun = performance.now();
  let first = 0;
  let last = 0;
  let tokens = 0;
  let prefillMs = 0;
  for await (const event of engine.generate(request, signal)) {
    if (event.type === "token") {
      last = performance.now();
      if (tokens === 0) first = last;
      tokens += 1;
    } else if (event.type === "finished") {
      signal.throwIfAborted();
      prefillMs = event.timing.prefillMs;
      if (tokens !== choices * length) throw new Error(`${tokens} tokens came, not ${choices * length}`);
    }
  }
  return {
    prefillTps: (promptTokens.length / prefillMs) * 1000,
    decodeTps: ((tokens - choices) / (last - first)) * 1000,
    ttftMs: first - begun,
  };
}
