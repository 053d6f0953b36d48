import { ApiError, refusal } from "./api-error.ts";
import { type Fields, kindOf, wrongType } from "./fields.ts";
import type { ServedModel } from "./served-model.ts";

/** Prompts of one request, at most. */
const MOST_PROMPTS = 64;

/** One prompt of a request. */
export interface ServedPrompt {
  readonly text: string;
  /** As they are given, or all of `text`. */
  readonly tokens: readonly number[];
  /** Whether the client chose the tokens. */
  readonly given: boolean;
}

/**
 * The prompts of the field `prompt`: a text, texts, tokens, or lists of tokens. Throws an {@link ApiError} for
 * anything else, for tokens that the model has not, and for a text so long that it surely does not fit.
 */
export function readPrompts(fields: Fields, model: ServedModel): readonly ServedPrompt[] {
  const { prompt } = fields;
  if (prompt === undefined || prompt === null) {
    throw refusal("prompt", "You must provide a prompt.", "missing_required_parameter");
  }
  if (typeof prompt === "string") return [ofText(prompt, model)];
  if (!Array.isArray(prompt)) throw wrongType("prompt", "a string or an array", prompt);
  if (prompt.length === 0) throw refusal("prompt", "Invalid value for 'prompt': the array is empty.");
  const items: readonly unknown[] = prompt;
  if (typeof items[0] === "number") return [ofTokens(items, model)];
  if (items.length > MOST_PROMPTS) {
    throw refusal(
      "prompt",
      `At most ${MOST_PROMPTS} prompts can be in a request, but it has ${items.length}.`,
    );
  }
  return items.map((item, i) => {
    if (typeof item === "string" && typeof items[0] === "string") return ofText(item, model);
    if (Array.isArray(item) && Array.isArray(items[0])) return ofTokens(item, model);
    throw wrongType(`prompt[${i}]`, "all texts, or all arrays of tokens", item);
  });
}

function ofText(text: string, { tokenizer, engine, longestToken }: ServedModel): ServedPrompt {
  const { contextLength } = engine.card;
  // To find the tokens of a very long text takes a while.
  if (Buffer.byteLength(text) > contextLength * longestToken) {
    throw new ApiError(
      400,
      `This model's maximum context length is ${contextLength} tokens. However, your prompt has ${Buffer.byteLength(text)} bytes, which is more than that. Please reduce the length of the prompt.`,
      { param: "prompt", code: "context_length_exceeded" },
    );
  }
  return { text, tokens: tokenizer.encode(text), given: false };
}

function ofTokens(ids: readonly unknown[], { tokenizer }: ServedModel): ServedPrompt {
  const tokens = ids.map((id) => {
    if (typeof id === "number" && Number.isInteger(id) && id >= 0 && id < tokenizer.vocabularySize) return id;
    const range = `integers from 0 to ${tokenizer.vocabularySize - 1}`;
    throw refusal("prompt", `Invalid value for 'prompt': tokens must be ${range}, but got ${kindOf(id)}.`);
  });
  if (tokens.length === 0)
    throw refusal("prompt", "Invalid value for 'prompt': an array of tokens is empty.");
  return { text: tokenizer.decode(tokens), tokens, given: true };
}
