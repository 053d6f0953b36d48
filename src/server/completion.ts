import { followingTokens, INFILL_TOKENS } from "../engine/infill.ts";
import type { Choice, GenerationRequest } from "../engine/types.ts";
import { ApiError } from "./api-error.ts";
import type { CompletionRequest } from "./completion-request.ts";
import type { ServedPrompt } from "./prompts.ts";
import type { ServedModel } from "./served-model.ts";
import { codePoints, type TokenReport, tokenReporter } from "./token-report.ts";

/** A piece of one choice's answer. */
export interface CompletionPiece {
  /** The choice, from 0 within its prompt. */
  readonly choice: number;
  readonly text: string;
  /** The tokens that are told with it, where they were asked for. */
  readonly reports: readonly TokenReport[];
  /** New tokens: those of an echo do not count. */
  readonly tokens: number;
  /** Null for all pieces but a choice's last. */
  readonly finish: "stop" | "length" | null;
}

/** What the model reads for a prompt. */
export interface CompletionContext {
  readonly prompt: ServedPrompt;
  readonly tokens: readonly number[];
  /** The text before the place, where white space at its end is left for the model to write. */
  readonly before: string;
}

/**
 * What the model reads for one of the prompts. Spaces that end a text are left out: GPT-2's tokens have them in front
 * of their words, so the model writes them itself. Tokens that were given, and a prompt that is echoed, are read as
 * they are. A suffix stands in front, in its first 120 tokens.
 *
 * Throws an {@link ApiError} where prompt and new tokens do not fit into the model's context.
 */
export function completionContext(
  prompt: ServedPrompt,
  { length, suffix, echo }: CompletionRequest,
  { tokenizer, engine }: ServedModel,
): CompletionContext {
  const bare = withoutBlanks(prompt.text);
  const isWhole = prompt.given || echo || bare === prompt.text || bare.trim() === "";
  const own = isWhole ? prompt.tokens : tokenizer.encode(bare);
  const { contextLength } = engine.card;
  const { infill } = tokenizer;
  const room = contextLength - length - own.length - INFILL_TOKENS;
  const following =
    infill !== null && suffix !== "" && room > 0 ? followingTokens(suffix, contextLength, tokenizer) : [];
  const front =
    infill !== null && following.length > 0
      ? [infill.prefix, infill.suffix, ...following, infill.middle]
      : [];
  const read = [...front, ...own];
  const tokens = read.length > 0 ? read : [tokenizer.endOfText ?? 0];
  if (tokens.length + length > contextLength || (suffix !== "" && room <= 0)) {
    throw new ApiError(
      400,
      `This model's maximum context length is ${contextLength} tokens. However, you requested ${tokens.length + length} tokens (${tokens.length} in the prompt, ${length} in the completion). Please reduce your prompt, or completion length.`,
      { param: "prompt", code: "context_length_exceeded" },
    );
  }
  return { prompt, tokens, before: isWhole ? "" : prompt.text };
}

/**
 * Answers one prompt: its choices piece by piece, interleaved. Ends early, without the last pieces of its choices, where
 * `signal` is aborted. Rejects with the engine's errors.
 */
export async function* complete(
  context: CompletionContext,
  request: CompletionRequest,
  { engine, tokenizer }: ServedModel,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<CompletionPiece, void, void> {
  const { prompt, tokens, before } = context;
  const { choices, echo, logprobs, settings } = request;
  const named = logprobs === null || logprobs === 0 ? {} : { alternatives: logprobs };
  const indexes = Array.from({ length: choices }, (_, choice) => choice);
  if (echo) {
    const reports = logprobs === null ? [] : await scored(prompt, named, { engine, tokenizer }, signal);
    for (const choice of indexes) yield { choice, text: prompt.text, reports, tokens: 0, finish: null };
  }
  if (request.length === 0) {
    for (const choice of indexes) yield { choice, text: "", reports: [], tokens: 0, finish: "length" };
    return;
  }
  const generation: GenerationRequest = {
    id,
    task: "continue",
    before,
    choices,
    settings,
    promptTokens: tokens,
    ...named,
  };
  const blanks = before.length - withoutBlanks(before).length;
  const start = codePoints(prompt.text) - blanks;
  const reporters = indexes.map(() => tokenReporter(tokenizer, start));
  const told = indexes.map(() => ({ tokens: 0, text: 0 }));
  for await (const event of engine.generate(generation, signal)) {
    if (signal.aborted) return;
    if (event.type === "token") {
      const { choice, id, logprob, text, alternatives } = event;
      const so = told[choice];
      const report = reporters[choice];
      if (so === undefined || report === undefined || id === null) continue;
      so.tokens++;
      so.text += text.length;
      const reports =
        logprobs === null ? [] : [report({ id, logprob, ...(alternatives ? { alternatives } : {}) })];
      yield { choice, text, reports, tokens: 1, finish: null };
    } else if (event.type === "choice") {
      const { index, text } = event.choice;
      // What was held back while it could still have become a stop string.
      const rest = text.slice(told[index]?.text ?? 0);
      const finish = finishOf(event.choice);
      if (finish !== null) yield { choice: index, text: rest, reports: [], tokens: 0, finish };
    }
  }
}

/** How likely each token of a prompt is; nothing of an empty one. */
async function scored(
  { text, tokens }: ServedPrompt,
  named: { readonly alternatives?: number },
  { engine, tokenizer }: Pick<ServedModel, "engine" | "tokenizer">,
  signal: AbortSignal,
): Promise<readonly TokenReport[]> {
  if (tokens.length === 0) return [];
  const score = await engine.score(text, { tokens, signal, ...named });
  return score.tokens.map(tokenReporter(tokenizer, 0));
}

/** A text without the spaces and tabs at its end. A regular expression would look at each run of them many times. */
function withoutBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === " " || text[end - 1] === "\t")) end--;
  return text.slice(0, end);
}

function finishOf({ finishReason }: Choice): CompletionPiece["finish"] {
  switch (finishReason) {
    case "length":
      return "length";
    case "stop":
    case "end":
      return "stop";
    case "cancelled":
      return null;
  }
}
