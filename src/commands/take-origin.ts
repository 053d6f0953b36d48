import type { Choice } from "../engine/types.ts";
import { isLikelyMemorised } from "../models/memorised.ts";
import type { SeenWords, TrainingIndex } from "../models/training-index.ts";

/**
 * Where a take may come from but the model's invention: words that stand in its training texts, or `byHeart`, a text
 * that it is too sure of to be making up; null for neither. What the index knows is told first: it can be quoted.
 */
export function takeOrigin(
  { text, logprobs }: Pick<Choice, "text" | "logprobs">,
  index: TrainingIndex | null,
): SeenWords | "byHeart" | null {
  return index?.longest(text) ?? (isLikelyMemorised(text, logprobs) ? "byHeart" : null);
}
