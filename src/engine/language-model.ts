/** Keys and values of the tokens that a model has read. Made by {@link LanguageModel.createCache}. */
export interface KvCache {
  /** Ids whose keys and values are held. */
  readonly tokens: readonly number[];
  /** Forgets all but the first `length` tokens. Throws a RangeError beyond what is held. */
  truncate(length: number): void;
}

/** How likely a token was, given all those before it. */
export interface Likelihood {
  /** Natural-log probability. */
  readonly logprob: number;
  /** 1 for the model's favourite; equals share a place. */
  readonly rank: number;
}

/** Tokens that a branch reads next. */
export interface BranchTokens {
  /** Index of the branch. */
  readonly branch: number;
  /** At least one. */
  readonly tokens: readonly number[];
}

/** Where a branch goes on from; left out: from all that the cache holds. */
export interface BranchRoot {
  /** So many tokens of the cache come before it: 0 makes it a text of its own. */
  readonly shared?: number;
  /**
   * It goes on from an earlier branch, by index, and so from what that one shares. Whatever that one has read comes
   * before it, so all of that must be read first, and stay.
   */
  readonly after?: number;
}

/**
 * Sequences that go on from what a cache holds, each in its own way. What they share is held and read once; each sees
 * that and its own tokens, not the others'. While they are open the cache must not be touched.
 */
export interface Branches {
  /** Tokens that each branch has read. # [branches] */
  readonly lengths: readonly number[];
  /**
   * Reads tokens of some branches in one run, and tells what follows the last one of each. A branch that is left out
   * costs nothing.
   */
  step(next: readonly BranchTokens[]): Promise<Following>;
  /** Reads tokens of some branches; tells of the last `targets` of them how likely they made the token that follows. */
  likelihoods(next: readonly (BranchTokens & Targets)[]): Promise<readonly (readonly Likelihood[])[]>;
  /** Forgets all but the first `length` tokens of a branch. Throws a RangeError beyond what it has read. */
  truncate(branch: number, length: number): void;
  /** Gives the cache back, as it was. */
  close(): void;
}

/** What follows tokens, as the model sees it. */
export interface Following {
  /** One row after another. The memory is used again by the next run. # [rows, vocabulary] */
  readonly logits: Float32Array;
  /** What a log-softmax subtracts from each row. # [rows] */
  readonly normalisers: Float32Array;
}

/** What is known to follow the last tokens of a step. */
export interface Targets {
  /** The tokens that follow the last ones read, one each, in order. At most as many as are read. */
  readonly targets: readonly number[];
}

/** Logits in, nothing else: what decoding and scoring need of a model. */
export interface LanguageModel {
  /** In tokens. */
  readonly contextLength: number;
  readonly vocabularySize: number;
  createCache(): KvCache;
  /**
   * Reads `tokens` after those in `cache`, which then holds them too, and returns the logits that follow the last
   * `rows` of them (default 1), as one row after another. The memory is used again by the next run. # [rows, vocabulary]
   *
   * Blocks its thread while it runs: callers feed long prompts in chunks, so that they can be cancelled between.
   * Throws a RangeError for no tokens, ids outside the vocabulary, or more than `contextLength` in all.
   */
  step(tokens: readonly number[], cache: KvCache, rows?: number): Promise<Float32Array>;
  /**
   * Reads `tokens` like {@link step}, and tells how likely `targets` were, which follow the last ones of them. The
   * runtime computes that: no row of logits leaves it.
   */
  likelihoods(
    tokens: readonly number[],
    cache: KvCache,
    targets: readonly number[],
  ): Promise<readonly Likelihood[]>;
  /**
   * Begins sequences that go on from `cache`: so many from all of it, or one for each of `roots`. Throws a RangeError
   * for a root that is not there.
   */
  branch(cache: KvCache, roots: number | readonly BranchRoot[]): Branches;
  close(): Promise<void>;
}
