import { UserError } from "../../errors.ts";
import type { Cancelled, EngineParts } from "../parts.ts";
import { tokenLogprob, tokenRank } from "../sampling/likelihood.ts";
import { createTextStream } from "../text-stream.ts";
import type { Score, ScoredToken, ScoreOptions } from "../types.ts";

/** Rows of logits that are computed at a time: 64 × 50257 of them are 13 MB. */
const ROWS = 64;

/** How likely one token was. */
interface Likelihood {
  readonly logprob: number;
  readonly rank: number;
}

/**
 * Scores every token of `text` given those before it. A text longer than the model's window is read in windows that
 * advance by half of it, so that each token has at least half a window before it (Hugging Face's strided perplexity).
 *
 * The first token has no score unless `bos` puts the end-of-text token in front; a UserError if the vocabulary has
 * none. Of a cancelled run the tokens scored so far are given. With no scored token at all the perplexity is NaN, and
 * so is the bits per character of an empty text.
 */
export async function score(
  text: string,
  parts: EngineParts,
  cancelled: Cancelled,
  options: Pick<ScoreOptions, "bos" | "onProgress"> = {},
): Promise<Score> {
  const { tokenizer } = parts;
  const ids = tokenizer.encode(text);
  const front = options.bos ? [beginningOfText(parts)] : [];
  const found = await likelihoods([...front, ...ids], parts, cancelled, options.onProgress);
  // The sequence's first token has no likelihood: with `front` it is not the text's.
  const known = options.bos ? found : [null, ...found];
  const stream = createTextStream();
  const tokens: ScoredToken[] = [];
  for (const [i, id] of ids.slice(0, known.length).entries()) {
    const last = i === ids.length - 1;
    const piece = stream.push(tokenizer.bytes(id)) + (last ? stream.end() : "");
    const { logprob, rank } = known[i] ?? { logprob: null, rank: null };
    tokens.push({ id, text: piece, logprob, rank });
  }
  return { tokens, ...summary(tokens) };
}

/** Likelihoods of the second to the last of `sequence`, as far as it got before a cancel. */
async function likelihoods(
  sequence: readonly number[],
  { model, cache, pause }: EngineParts,
  cancelled: Cancelled,
  onProgress: ScoreOptions["onProgress"],
): Promise<Likelihood[]> {
  const window = model.contextLength;
  const stride = Math.max(1, Math.floor(window / 2));
  const found: Likelihood[] = [];
  let start = 0;
  cache.truncate(0);
  // The model need not read the last token: nothing follows it.
  for (let at = 0; at < sequence.length - 1; ) {
    if (cancelled()) break;
    if (at - start >= window) {
      start += stride;
      at = start;
      cache.truncate(0);
    }
    // Positions before found.length are read again only as context.
    const context = at < found.length;
    const end = Math.min(at + ROWS, start + window, context ? found.length : sequence.length - 1);
    const rows = context ? 1 : end - at;
    const logits = await model.step(sequence.slice(at, end), cache, rows);
    for (let row = 0; !context && row < rows; row++) {
      const own = logits.subarray(row * model.vocabularySize, (row + 1) * model.vocabularySize);
      const id = sequence[at + row + 1]!;
      found.push({ logprob: tokenLogprob(own, id), rank: tokenRank(own, id) });
    }
    at = end;
    onProgress?.(found.length / (sequence.length - 1));
    await pause();
  }
  return found;
}

function summary(tokens: readonly ScoredToken[]): Omit<Score, "tokens"> {
  const logprobs = tokens.flatMap(({ logprob }) => (logprob === null ? [] : [logprob]));
  const nll = logprobs.reduce((sum, logprob) => sum - logprob, 0);
  const characters = [...tokens.map((token) => token.text).join("")].length;
  return {
    nll,
    perplexity: Math.exp(nll / logprobs.length),
    bitsPerCharacter: nll / Math.LN2 / characters,
  };
}

function beginningOfText({ tokenizer }: EngineParts): number {
  if (tokenizer.endOfText !== null) return tokenizer.endOfText;
  throw new UserError("This model has no beginning-of-text token.", { hint: "Score the text without it." });
}
