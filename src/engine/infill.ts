import type { EngineParts } from "./parts.ts";
import type { PromptSegment, PromptView, Tokenizer } from "./types.ts";

/** Tokens of the following text that an infill prompt has at most, and the characters that surely hold them. */
const FOLLOWING_TOKENS = 120;
const FOLLOWING_CHARACTERS = 1_000;

/** The share of the prompt that the following text has at most. */
const FOLLOWING_SHARE = 0.25;

/** The first tokens of what stands after a place, for a prompt of `budget` tokens; none where nothing does. */
export function followingTokens(after: string, budget: number, tokenizer: Tokenizer): readonly number[] {
  if (tokenizer.infill === null || after.trim() === "") return [];
  const most = Math.min(FOLLOWING_TOKENS, Math.floor(FOLLOWING_SHARE * budget));
  return tokenizer.encode(after.slice(0, FOLLOWING_CHARACTERS)).slice(0, most);
}

/** Tokens that an infill prompt has besides its texts. */
export const INFILL_TOKENS = 3;

/**
 * The prompt of a text between two others, in the order `prefix, suffix, following, middle, before` (Bavarian et al.,
 * "Efficient Training of Language Models to Fill in the Middle", 2022, call it SPM): what is written goes on from the
 * text before it, so that the model's cache stays good while that grows.
 */
export function infillAfterFollowing<P extends PromptView>(
  prompt: P,
  following: readonly number[],
  tokenizer: Tokenizer,
): P {
  const { infill } = tokenizer;
  if (infill === null || following.length === 0) return prompt;
  const front = [infill.prefix, infill.suffix, ...following, infill.middle];
  const text = tokenizer.decode(front);
  const segment: PromptSegment = { origin: "following", from: 0, to: text.length, tokens: front.length };
  const moved = prompt.segments.map(({ from, to, ...rest }) => ({
    ...rest,
    from: from + text.length,
    to: to + text.length,
  }));
  return {
    ...prompt,
    tokens: [...front, ...prompt.tokens],
    text: text + prompt.text,
    segments: [segment, ...moved],
    against: prompt.against && [...front, ...prompt.against],
  };
}

/**
 * The prompt of a text between two others, in the order `prefix, before, suffix, following, middle` (PSM, ibid.), with
 * as much of the end of `before` as the window leaves beside `wanted` new tokens; null where the model knows no infill,
 * or nothing follows.
 */
export function infillBeforeFollowing(
  before: readonly number[],
  after: string,
  wanted: number,
  { model, tokenizer }: EngineParts,
): readonly number[] | null {
  const { infill } = tokenizer;
  const budget = model.contextLength - wanted - INFILL_TOKENS;
  const following = followingTokens(after, budget, tokenizer);
  if (infill === null || following.length === 0) return null;
  const room = budget - following.length;
  return [infill.prefix, ...before.slice(-room), infill.suffix, ...following, infill.middle];
}
