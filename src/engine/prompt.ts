import { assembleContext } from "./context.ts";
import type { PromptView, Steering, Tokenizer } from "./types.ts";

/** What the model is given to go on from. */
export interface Prompt extends PromptView {
  /**
   * Number of spaces and tabs that end the story but are not in the prompt. GPT-2's tokens carry the space in front
   * of their word, so a prompt that ends with one leads nowhere: the model writes the space itself, and it is taken
   * off what is offered.
   */
  readonly blanks: number;
}

/** What a prompt is made for, besides the story. */
export interface PromptOptions {
  readonly steering?: Steering;
  /** A second view is wanted, for guidance. */
  readonly guided?: boolean;
}

/**
 * The prompt for what stands `before` the place, at most `budget` tokens: the story's end with the entries of
 * `steering`. Where nothing is written yet the model starts from its end-of-text token, as every text did in its
 * training, or from the entries alone; otherwise nothing is put in front.
 */
export function preparePrompt(
  before: string,
  budget: number,
  tokenizer: Tokenizer,
  { steering = {}, guided = false }: PromptOptions = {},
): Prompt {
  const isNew = before.trim() === "";
  const blanks = isNew ? 0 : trailingBlanks(before);
  const story = isNew ? "" : before.slice(0, before.length - blanks);
  const context = assembleContext(story, steering, budget, guided, tokenizer);
  return { ...context, tokens: context.tokens.length > 0 ? context.tokens : nothing(tokenizer), blanks };
}

/** What is told of a prompt. */
export function viewOf({ text, tokens, segments, left, against }: Prompt): PromptView {
  return { tokens, text, segments, left, against };
}

/** The prompt of a recorded generation. `before`, if given, still says what white space the story ends with. */
export function recordedPrompt(
  tokens: readonly number[],
  before: string,
  tokenizer: Tokenizer,
  against: readonly number[] | null = null,
): Prompt {
  const blanks = before.trim() === "" ? 0 : trailingBlanks(before);
  const text = tokenizer.decode(tokens);
  const segments = [{ origin: "story", from: 0, to: text.length, tokens: tokens.length }] as const;
  return { text, tokens, segments, left: [], against, blanks };
}

/**
 * Tokens that the prompt may have: what `wanted` new ones leave of the window, but never less than a quarter of it.
 * Longer generations slide.
 */
export function promptBudget(contextLength: number, wanted: number): number {
  return Math.max(contextLength - wanted, Math.floor(contextLength / 4), 1);
}

/** What comes before a text that has nothing before it. A vocabulary without an end of text: a new line is next best. */
function nothing(tokenizer: Tokenizer): readonly number[] {
  return tokenizer.endOfText === null ? tokenizer.encode("\n") : [tokenizer.endOfText];
}

function trailingBlanks(text: string): number {
  let at = text.length;
  while (at > 0 && (text[at - 1] === " " || text[at - 1] === "\t")) at--;
  return text.length - at;
}
