import type { CompletionPiece } from "./completion.ts";
import type { CompletionRequest } from "./completion-request.ts";
import type { ServedModel } from "./served-model.ts";
import { logprobsBody, type TokenReport } from "./token-report.ts";

/** Tokens that one request has used, counted while it is answered. */
export interface Usage {
  prompt: number;
  completion: number;
}

/** What all pieces of one answer say. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** The field `usage` of an answer. */
export function usageBody({ prompt, completion }: Readonly<Usage>): object {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

/** An answer with these choices: whole, or a piece of a stream. */
export function answerBody(
  { id, created }: AnswerHead,
  { name, engine }: ServedModel,
  choices: readonly object[],
  usage: { readonly usage?: object | null },
): object {
  return {
    id,
    object: "text_completion",
    created,
    model: name,
    system_fingerprint: `fp_${engine.card.fingerprint}_${engine.card.precision}`,
    choices,
    ...usage,
  };
}

/** One choice of an answer. */
export function choiceBody(
  index: number,
  text: string,
  reports: readonly TokenReport[],
  finish: CompletionPiece["finish"],
  { logprobs }: CompletionRequest,
): object {
  return {
    text,
    index,
    logprobs: logprobs === null ? null : logprobsBody(reports, logprobs),
    finish_reason: finish,
  };
}
