import type { Cancelled, EngineParts } from "../parts.ts";
import { readTokens } from "../prefill.ts";
import { preparePrompt, promptBudget } from "../prompt.ts";
import { likeliest } from "../sampling/likeliest.ts";
import { logSumExp, tokenRank } from "../sampling/likelihood.ts";
import type { Alternative, Alternatives, AlternativesOptions } from "../types.ts";

/** How many are given where no number is. */
const COUNT = 10;

/**
 * The likeliest next tokens after a text, and how likely the one was that stands there. The model reads what it would
 * read to continue the text, and nothing that its cache holds already; null if it was cancelled.
 *
 * Only tokens are listed that can be put there: whole characters, and where the text ends with blanks, which no prompt
 * ends with, those that begin with one. Their probabilities are the model's own, among all tokens: a log-softmax of
 * its logits.
 */
export async function alternatives(
  before: string,
  parts: EngineParts,
  cancelled: Cancelled,
  options: Omit<AlternativesOptions, "signal"> = {},
): Promise<Alternatives | null> {
  const { count = COUNT, after = "", length = 1, steering } = options;
  checkCount("count", count);
  checkCount("length", length);
  const { model, marks, tokenizer } = parts;
  const budget = promptBudget(model.contextLength, length);
  const prompt = preparePrompt(before, budget, tokenizer, steering ? { steering } : {});
  const blanks = before.slice(before.length - prompt.blanks);
  const logits = await readTokens(parts, prompt.tokens, cancelled);
  if (logits === null) return null;
  const normaliser = logSumExp(logits);
  const tell = (id: number): Alternative => ({
    id,
    text: tokenizer.decode([id]),
    logprob: logits[id]! - normaliser,
  });

  const isNew = before.trim() === "";
  const fits = (id: number): boolean =>
    marks.written[id] === 1 &&
    (isNew ? marks.startingWhite[id] !== 1 : prompt.blanks === 0 || marks.startingBlank[id] === 1);
  const found = likeliest(logits, count, (id) => fits(id) && !tokenizer.decode([id]).includes("\ufffd"));
  // A token has the blanks in front of its word: so does the one that stands there.
  const [standing] = after === "" ? [] : tokenizer.encode(blanks + after);
  return {
    alternatives: found.map(tell),
    standing: standing === undefined ? null : { ...tell(standing), rank: tokenRank(logits, standing) },
    blanks: prompt.blanks,
  };
}

function checkCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(`${name} must be a whole number from 1, got ${value}`);
}
