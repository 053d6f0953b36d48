import { UserError } from "../../errors.ts";
import type { Alternative, Alternatives, AlternativesOptions } from "../types.ts";
import { whole } from "./completions.ts";
import { RequestRefused } from "./failures.ts";
import { promptScores } from "./prompt-scores.ts";
import { remotePrompt } from "./remote-prompt.ts";
import type { ToldAlternative } from "./replies.ts";
import type { Server } from "./server.ts";
import type { TokenNumbers } from "./token-numbers.ts";

/** How many are given where no number is, and how many a server gives at most. */
const COUNT = 10;
const MOST = 20;
/** What OpenAI gives at most. */
const FEW = 5;

/** Characters of what stands behind the place that surely hold its first token. */
const STANDING = 40;

/**
 * The likeliest next tokens after `before`, as the server names them, at most 20; where it scores prompts, also the one
 * that stands there. Rejects with a UserError where the server names none, and with the signal's reason where that is
 * aborted. Throws a RangeError for a count that is no whole number from 1.
 */
export async function remoteAlternatives(
  before: string,
  server: Server,
  numbers: TokenNumbers,
  signal: AbortSignal,
  options: Omit<AlternativesOptions, "signal"> = {},
): Promise<Alternatives> {
  const { count = COUNT, after = "", length = 1, steering } = options;
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`count must be a whole number from 1, got ${count}`);
  }
  const prompt = remotePrompt(before, length, steering, server);
  const tell = ({ id, text, logprob }: ToldAlternative): Alternative => ({
    id: id ?? numbers.of(text),
    text,
    logprob,
  });
  const top = await nextTokens(prompt.text, server, signal);
  const isNew = before.trim() === "";
  const fits = ({ text }: ToldAlternative): boolean =>
    text !== "" &&
    !text.includes("\ufffd") &&
    (isNew ? !/^\s/u.test(text) : prompt.blanks === "" || /^[ \t]/u.test(text));
  const standing =
    after === "" ? null : await standingToken(prompt.text, prompt.blanks + after, server, signal);
  return {
    alternatives: top.filter(fits).slice(0, count).map(tell),
    standing: standing && { ...tell({ ...standing, id: idOf(standing, top) }), rank: standing.rank },
    blanks: prompt.blanks.length,
  };
}

/** Ways to ask for them. Without chance, the end of a text is drawn only where it is the likeliest; it is not told of. */
const WAYS = [0, 1].flatMap((temperature) => [MOST, FEW].map((logprobs) => ({ temperature, logprobs })));

async function nextTokens(
  prompt: string,
  server: Server,
  signal: AbortSignal,
): Promise<readonly ToldAlternative[]> {
  const ways = WAYS.filter(({ logprobs }) => logprobs === (server.naming ?? logprobs));
  for (const [i, way] of ways.entries()) {
    const body = { model: server.model, prompt, max_tokens: 1, stream: false, ...way };
    try {
      const told = await whole(server, body, signal, { exactly: true });
      const top = told.choices[0]?.tokens[0]?.top ?? [];
      if (top.length === 0) continue;
      server.naming = way.logprobs;
      return top;
    } catch (error) {
      if (!(error instanceof RequestRefused) || i === ways.length - 1) throw error;
    }
  }
  throw new UserError(`${server.wiring.endpoint.host} does not tell what could come next (logprobs).`, {
    hint: "vLLM, llama.cpp's server and inkwright serve do. --model NAME asks a model of this machine.",
  });
}

/** The token that stands behind a prompt; null where the server does not tell. */
async function standingToken(prompt: string, after: string, server: Server, signal: AbortSignal) {
  const text = prompt + after.slice(0, STANDING);
  const placed = await promptScores(text, server, signal);
  const token = placed?.find(({ from }) => from >= prompt.length);
  if (!token || token.logprob === null || token.rank === null) return null;
  const { id, logprob, rank } = token;
  return { id, text: text.slice(token.from, token.to), logprob, rank };
}

/** The same text has the same id, wherever it was told. */
function idOf(
  { id, text }: { readonly id: number | null; readonly text: string },
  top: readonly ToldAlternative[],
): number | null {
  return top.find((one) => one.text === text)?.id ?? id;
}
