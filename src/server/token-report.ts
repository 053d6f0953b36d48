import { createTextStream } from "../engine/text-stream.ts";
import type { Alternative, Tokenizer } from "../engine/types.ts";

/** What is told of one token. */
export interface TokenReport {
  readonly token: string;
  /** Natural log, of the model itself; null where nothing comes before it. */
  readonly logprob: number | null;
  /** The likeliest tokens at its place, and itself; null where none were asked for, or nothing comes before it. */
  readonly top: Readonly<Record<string, number>> | null;
  /** Where it begins, in characters (Unicode code points) from the beginning of the prompt. */
  readonly offset: number;
}

/** A token with what the engine tells of it. */
export interface ToldToken {
  readonly id: number;
  readonly logprob: number | null;
  readonly alternatives?: readonly Alternative[];
}

/** What JSON, which has no infinity, says instead of it: as OpenAI and vLLM do. */
const NEVER = -9999;

/** Reports the tokens of a text, one after another, the first of which begins at `offset`. */
export function tokenReporter(tokenizer: Tokenizer, offset: number): (told: ToldToken) => TokenReport {
  const text = createTextStream();
  let at = offset;
  return ({ id, logprob, alternatives }) => {
    const token = tokenName(id, tokenizer);
    const report = {
      token,
      logprob: logprob === null ? null : written(logprob),
      top:
        alternatives === undefined || logprob === null
          ? null
          : topOf(alternatives, token, logprob, tokenizer),
      offset: at,
    };
    at += codePoints(text.push(tokenizer.bytes(id)));
    return report;
  };
}

function topOf(
  alternatives: readonly Alternative[],
  token: string,
  logprob: number,
  tokenizer: Tokenizer,
): Readonly<Record<string, number>> {
  const all = alternatives.map((one) => [tokenName(one.id, tokenizer), written(one.logprob)] as const);
  return Object.fromEntries([
    ...all,
    ...(all.some(([name]) => name === token) ? [] : [[token, written(logprob)] as const]),
  ]);
}

/** A token's text; of one that is no whole characters, its bytes as OpenAI writes them: `bytes:\xe2\x80`. */
function tokenName(id: number, tokenizer: Tokenizer): string {
  const text = tokenizer.decode([id]);
  if (!text.includes("\ufffd")) return text;
  return `bytes:${[...tokenizer.bytes(id)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}`;
}

/** Length of a text as OpenAI's servers count it. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function written(logprob: number): number {
  return Number.isFinite(logprob) ? logprob : NEVER;
}

/** The field `logprobs` of an answer. */
export function logprobsBody(reports: readonly TokenReport[], alternatives: number): object {
  return {
    tokens: reports.map(({ token }) => token),
    token_logprobs: reports.map(({ logprob }) => logprob),
    top_logprobs: alternatives > 0 ? reports.map(({ top }) => top) : null,
    text_offset: reports.map(({ offset }) => offset),
  };
}
