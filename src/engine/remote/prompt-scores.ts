import { whole } from "./completions.ts";
import { RequestRefused } from "./failures.ts";
import type { ToldToken } from "./replies.ts";
import type { Server } from "./server.ts";

/** A token of a scored text, where it stands in it. */
export interface PlacedToken {
  readonly from: number;
  readonly to: number;
  readonly id: number | null;
  readonly logprob: number | null;
  readonly rank: number | null;
}

/** Alternatives of each token that are asked for: as many as vLLM gives. */
const ALTERNATIVES = 20;
/** What OpenAI gives at most. */
const FEW_ALTERNATIVES = 5;

/** Statuses of a server that does not take what is asked. */
const CANNOT = [400, 422, 500, 501];

/**
 * The tokens of `text` with the probability of each given those before it, from a server that scores prompts (`echo`);
 * null from one that does not, which is remembered. Rejects with `ContextExceeded` for a text that is too long, and with
 * a UserError for whatever else goes wrong.
 */
export async function promptScores(
  text: string,
  server: Server,
  signal: AbortSignal,
): Promise<readonly PlacedToken[] | null> {
  if (server.echo === false) return null;
  const request = (length: number, alternatives: number) => ({
    model: server.model,
    prompt: text,
    max_tokens: length,
    echo: true,
    logprobs: alternatives,
    temperature: 0,
    stream: false,
  });
  // Some name at most five alternatives, some write at least one token.
  const numbers = [ALTERNATIVES, FEW_ALTERNATIVES];
  const ways = [0, 1].flatMap((length) => numbers.map((count) => request(length, count)));
  for (const body of server.scoring === null ? ways : [ways[server.scoring] ?? ways[0]!]) {
    const told = await whole(server, body, signal, { exactly: true }).catch((error: unknown) => {
      const isNo = error instanceof RequestRefused && CANNOT.includes(error.status);
      if (!isNo || server.scoring !== null) throw error;
      return null;
    });
    const [choice] = told?.choices ?? [];
    if (!choice?.text.startsWith(text) || choice.tokens.length === 0) continue;
    const placed = place(text, choice.tokens);
    if (placed === null) continue;
    server.echo = true;
    server.scoring = ways.indexOf(body);
    return placed;
  }
  server.echo = false;
  return null;
}

/** The tokens where they stand; together they are all of `text`. Null where they do not fit it. */
export function place(text: string, tokens: readonly ToldToken[]): readonly PlacedToken[] | null {
  const placed: PlacedToken[] = [];
  let at = 0;
  for (const token of tokens) {
    if (at >= text.length && text.length > 0) break;
    const found =
      token.text === "" ? -1 : text.slice(at, at + LOOK_AHEAD + token.text.length).indexOf(token.text);
    const isCut =
      found < 0 && text.slice(at).length < token.text.length && token.text.startsWith(text.slice(at));
    const from = found < 0 ? at : at + found;
    const to = isCut ? text.length : found < 0 ? at : from + token.text.length;
    // What was passed over belongs to tokens that hold a part of a character.
    const last = placed.at(-1);
    if (from > at && last) placed[placed.length - 1] = { ...last, to: from };
    const { id, logprob } = token;
    placed.push({ from: placed.length === 0 ? 0 : from, to, id, logprob, rank: rankOf(token) });
    at = to;
  }
  const last = placed.at(-1);
  return last === undefined || last.to < text.length ? null : placed;
}

/** Characters that tokens which are no whole characters may stand for. */
const LOOK_AHEAD = 8;

/**
 * The rank of a token among those named at its place. Of one that is less likely than all of them it is estimated: it is
 * behind them, and no more tokens than `rest / p` can be likelier, where `rest` is the probability that is left; the
 * geometric mean of both.
 */
export function rankOf({ text, logprob, top }: ToldToken): number | null {
  if (logprob === null) return null;
  const others = top.filter((one) => one.text !== text);
  const likelier = others.filter((one) => one.logprob > logprob);
  if (likelier.length < others.length || others.length === 0) return likelier.length + 1;
  const named = others.reduce((sum, one) => sum + Math.exp(one.logprob), 0);
  const most = others.length + Math.max(0, 1 - named) / Math.max(Math.exp(logprob), Number.MIN_VALUE);
  const least = others.length + 1;
  return Math.round(Math.sqrt(least * Math.max(least, Math.min(most, MOST_TOKENS))));
}

/** More tokens than any vocabulary has. */
const MOST_TOKENS = 300_000;
