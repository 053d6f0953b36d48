import { createOfferedText } from "../offered-text.ts";
import type { Cancelled, EngineParts } from "../parts.ts";
import { readTokens } from "../prefill.ts";
import { type SamplingRun, sampleTokens } from "../sample-tokens.ts";
import { tokenLogprob } from "../sampling/likelihood.ts";
import type { Stopwatch } from "../stopwatch.ts";
import { followEnding, type Passage } from "./passage.ts";

/** A text for the place of a passage. */
export interface Candidate {
  /** Its words, without the white space around. */
  readonly words: string;
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
  /** Whether it ends as the passage does. */
  readonly whole: boolean;
}

/** Samples one candidate; null if it was cancelled. `blanks` are those that the story has in front of it already. */
export async function sampleCandidate(
  passage: Passage,
  run: SamplingRun,
  blanks: number,
  parts: EngineParts,
  watch: Stopwatch,
): Promise<Candidate | null> {
  const { tokenizer, marks } = parts;
  const offered = createOfferedText([], blanks);
  const ended = followEnding(passage);
  const tokens: number[] = [];
  const logprobs: number[] = [];
  const texts: string[] = [];
  const sampled = sampleTokens(parts, run);
  for (;;) {
    const next = await watch.decode(() => sampled.next());
    if (next.done) return null;
    watch.decoded();
    tokens.push(next.value.id);
    logprobs.push(next.value.logprob);
    offered.push(tokenizer.bytes(next.value.id));
    texts.push(offered.whole);
    const continuesWord = marks.continuingWord[next.value.id] === 1;
    const ending = ended(offered.whole, tokens.length, continuesWord);
    if (ending === null) continue;
    await sampled.return();
    return {
      words: (texts[ending.keep - 1] ?? "").trim(),
      tokens: tokens.slice(0, ending.keep),
      logprobs: logprobs.slice(0, ending.keep),
      whole: ending.whole,
    };
  }
}

/**
 * Mean natural-log probability of the tokens `following`, given those in `before`; null if it was cancelled. What
 * the cache holds of `before` is not read again. Throws a RangeError for no tokens.
 */
export async function meanLogprob(
  before: readonly number[],
  following: readonly number[],
  parts: EngineParts,
  cancelled: Cancelled,
): Promise<number | null> {
  if (following.length === 0) throw new RangeError("following must not be empty");
  // Only the prompt of a recorded generation can leave too little room.
  const context = before.slice(-(parts.model.contextLength - following.length + 1));
  const read = [...context, ...following.slice(0, -1)];
  const logits = await readTokens(parts, read, cancelled, following.length);
  if (logits === null) return null;
  const size = parts.model.vocabularySize;
  const each = following.map((id, row) => tokenLogprob(logits.subarray(row * size, (row + 1) * size), id));
  return mean(each);
}

/** The mean of `values`, at least one. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
