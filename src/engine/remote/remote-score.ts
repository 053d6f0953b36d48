import { UserError } from "../../errors.ts";
import { summarised } from "../tasks/summarised.ts";
import type { Score, ScoredToken, ScoreOptions } from "../types.ts";
import { ContextExceeded } from "./failures.ts";
import { type PlacedToken, promptScores } from "./prompt-scores.ts";
import type { Server } from "./server.ts";
import type { TokenNumbers } from "./token-numbers.ts";
import { learnLength, SHORTENINGS, tooLong } from "./too-long.ts";

/**
 * Scores `text` on a server that tells the probabilities of a prompt. A text longer than the window is read in pieces,
 * each behind what stands before it, as far as half of the window; `window` and `stride` of the options, in tokens, are
 * kept as nearly as characters can. Of a token that reaches from `before` into the text, the part in the text is told.
 *
 * Rejects with a UserError where the server does not score prompts, where `bos` is asked for, or for a piece that is too
 * long however short; with the signal's reason where that is aborted.
 */
export async function remoteScore(
  text: string,
  server: Server,
  numbers: TokenNumbers,
  signal: AbortSignal,
  options: Omit<ScoreOptions, "signal"> = {},
): Promise<Score> {
  if (options.bos) {
    throw new UserError(`${server.wiring.endpoint.host} cannot begin a text at its very beginning.`, {
      hint: "Score it without --bos.",
    });
  }
  const { before = "" } = options;
  const all = before + text;
  const tokens: ScoredToken[] = [];
  let shortenings = 0;
  for (let at = before.length; at < all.length; ) {
    const { window, stride } = sizes(options, server);
    const end = boundary(all, Math.min(all.length, at + stride));
    const from = Math.max(0, boundary(all, end - window));
    try {
      const placed = await promptScores(all.slice(from, end), server, signal);
      if (placed === null) throw cannotScore(server);
      tokens.push(...scored(all, from, at, placed, numbers));
    } catch (error) {
      if (!(error instanceof ContextExceeded)) throw error;
      if (shortenings++ === SHORTENINGS) throw tooLong(server, error);
      learnLength(server, error, all.slice(from, end));
      continue;
    }
    at = end;
    options.onProgress?.((at - before.length) / text.length);
  }
  return { tokens, ...summarised(tokens) };
}

/** The failure of a server that does not score prompts. */
export function cannotScore({ wiring }: Server): UserError {
  return new UserError(`${wiring.endpoint.host} does not tell how likely a text is (echo with logprobs).`, {
    hint: "vLLM and inkwright serve do. --model NAME scores with a model of this machine.",
  });
}

/** Window and stride in characters. One token is left for the server to write. */
function sizes(
  { window, stride }: Pick<ScoreOptions, "window" | "stride">,
  { contextLength, charactersAToken }: Server,
): { readonly window: number; readonly stride: number } {
  const most = Math.max(1, Math.min(window ?? contextLength, contextLength) - 1);
  const step = Math.min(stride ?? Math.ceil(most / 2), most);
  return {
    window: Math.max(2, Math.floor(most * charactersAToken)),
    stride: Math.max(2, Math.floor(step * charactersAToken)),
  };
}

/** `at`, or the place before it where a surrogate pair would be cut. */
function boundary(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

/** The tokens of the piece of `all` from `from` on that end behind `at`. */
function scored(
  all: string,
  from: number,
  at: number,
  placed: readonly PlacedToken[],
  numbers: TokenNumbers,
): readonly ScoredToken[] {
  return placed.flatMap((token) => {
    const [start, end] = [Math.max(at, from + token.from), from + token.to];
    if (end <= at && !(token.from === token.to && start < end)) return [];
    const text = all.slice(start, end);
    const { id, logprob, rank } = token;
    return [{ id: id ?? numbers.of(text), text, logprob, rank }];
  });
}
