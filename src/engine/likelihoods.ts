/* How likely texts and tokens are to a model. */

/** A token that could come next. Its id is negative where a server does not tell it, the same for the same text. */
export interface Alternative {
  readonly id: number;
  /** As the model writes it: with the space in front of a word. */
  readonly text: string;
  /** Natural-log probability under the model itself. */
  readonly logprob: number;
}

/** What could come next, and what does. */
export interface Alternatives {
  /** The likeliest first. */
  readonly alternatives: readonly Alternative[];
  /** The token that stands there; null at a text's end. Its rank is 1 for the model's favourite. */
  readonly standing: (Alternative & { readonly rank: number }) | null;
  /** Spaces and tabs before the place that these tokens have in front themselves. */
  readonly blanks: number;
}

/** One token of a scored text. Its id is negative where a server does not tell it, the same for the same text. */
export interface ScoredToken {
  readonly id: number;
  readonly text: string;
  /** Natural-log probability given everything before it; null for a first token that nothing precedes. */
  readonly logprob: number | null;
  /** 1 for the model's favourite; null where `logprob` is. Beyond those that a server names, an estimate. */
  readonly rank: number | null;
  /** The likeliest tokens at its place, where they were asked for and it is scored. */
  readonly alternatives?: readonly Alternative[];
}

/** How likely a text is to the model. */
export interface Score {
  readonly tokens: readonly ScoredToken[];
  /** Sum of −logprob over the scored tokens, in nats. */
  readonly nll: number;
  /** exp(nll / scored tokens). */
  readonly perplexity: number;
  /** nll in bits over the number of Unicode code points of the whole text. */
  readonly bitsPerCharacter: number;
}

/** How a text is scored. */
export interface ScoreOptions {
  /** Put the beginning-of-text token in front, so that the first token has a probability too. */
  readonly bos?: boolean;
  /** The tokens of the text, where they are to be others than its tokenizer makes. */
  readonly tokens?: readonly number[];
  /** How many of the likeliest tokens to tell at the place of each; left out, none. */
  readonly alternatives?: number;
  /** Text that precedes and is not scored. It has tokens of its own: none reaches from it into the text. */
  readonly before?: string;
  /** Tokens that the model reads at most before one that it scores; left out, all that it can. */
  readonly window?: number;
  /** Tokens by which the window advances in a longer text; left out, half of the window. */
  readonly stride?: number;
  readonly signal?: AbortSignal;
  /** Told after each chunk: the share that is done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
}
