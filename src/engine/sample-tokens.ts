import type { Cancelled, EngineParts } from "./parts.ts";
import { readTokens } from "./prefill.ts";
import type { Random } from "./random.ts";
import { tokenLogprob } from "./sampling/likelihood.ts";
import { distribution, drawToken } from "./sampling/sample.ts";
import type { SamplingSettings } from "./settings.ts";
import type { TokenSet } from "./token-marks.ts";
import { slideStart } from "./window.ts";

/** A token that was drawn. */
export interface SampledToken {
  readonly id: number;
  /** Natural-log probability under the model itself, before any setting. */
  readonly logprob: number;
}

/** What a run of sampling goes by. */
export interface SamplingRun {
  /** What stands before the first token, and the logits that follow it. */
  readonly prompt: readonly number[];
  readonly logits: Float32Array;
  readonly settings: SamplingSettings;
  readonly random: Random;
  /** Tokens that may come first, and those that may come after. */
  readonly first: TokenSet;
  readonly later: TokenSet;
  readonly cancelled: Cancelled;
}

/**
 * Draws token after token without end; it returns only when it is cancelled. The model reads a token when the one
 * after it is asked for. When the window is full, a quarter to a half of it is kept and read anew.
 */
export async function* sampleTokens(
  parts: EngineParts,
  run: SamplingRun,
): AsyncGenerator<SampledToken, void, void> {
  const { model, tokenizer } = parts;
  const seen = [...run.prompt];
  let context = [...run.prompt];
  let logits: Float32Array | null = run.logits;
  for (let index = 0; ; index++) {
    await parts.pause();
    if (logits === null || run.cancelled()) return;
    const allowed = allowedLogits(logits, index === 0 ? run.first : run.later);
    const id = drawToken(distribution(allowed, seen, run.settings), run.random);
    yield { id, logprob: tokenLogprob(logits, id) };
    seen.push(id);
    context.push(id);
    if (context.length > model.contextLength) {
      context = context.slice(slideStart(context, model.contextLength, tokenizer));
    }
    logits = await readTokens(parts, context, run.cancelled);
  }
}

/** The logits, with −Infinity for what may not come; all of them where nothing may. */
function allowedLogits(logits: Float32Array, set: TokenSet): Float32Array {
  const allowed = new Float32Array(logits.length);
  let any = false;
  for (let id = 0; id < logits.length; id++) {
    const may = set[id] === 1;
    allowed[id] = may ? logits[id]! : Number.NEGATIVE_INFINITY;
    any ||= may;
  }
  return any ? allowed : logits;
}
