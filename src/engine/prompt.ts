import type { Tokenizer } from "./types.ts";
import { cutToWindow, type Encoded } from "./window.ts";

/** What the model is given to go on from. */
export interface Prompt extends Encoded {
  /**
   * Number of spaces and tabs that end the story but are not in the prompt. GPT-2's tokens carry the space in front
   * of their word, so a prompt that ends with one leads nowhere: the model writes the space itself, and it is taken
   * off what is offered.
   */
  readonly blanks: number;
}

/**
 * The prompt for what stands `before` the place, at most `budget` tokens of its end. Where nothing is written yet the
 * model starts from its end-of-text token, as every text did in its training; otherwise nothing is put in front.
 */
export function preparePrompt(before: string, budget: number, tokenizer: Tokenizer): Prompt {
  if (before.trim() === "") {
    // A vocabulary without an end of text: a new line is the next best.
    const tokens = tokenizer.endOfText === null ? tokenizer.encode("\n") : [tokenizer.endOfText];
    return { text: "", tokens, blanks: 0 };
  }
  const blanks = trailingBlanks(before);
  return { ...cutToWindow(before.slice(0, before.length - blanks), budget, tokenizer), blanks };
}

/** The prompt of a recorded generation. `before`, if given, still says what white space the story ends with. */
export function recordedPrompt(tokens: readonly number[], before: string, tokenizer: Tokenizer): Prompt {
  const blanks = before.trim() === "" ? 0 : trailingBlanks(before);
  return { text: tokenizer.decode(tokens), tokens, blanks };
}

/**
 * Tokens that the prompt may have: what `wanted` new ones leave of the window, but never less than a quarter of it.
 * Longer generations slide.
 */
export function promptBudget(contextLength: number, wanted: number): number {
  return Math.max(contextLength - wanted, Math.floor(contextLength / 4), 1);
}

function trailingBlanks(text: string): number {
  let at = text.length;
  while (at > 0 && (text[at - 1] === " " || text[at - 1] === "\t")) at--;
  return text.length - at;
}
