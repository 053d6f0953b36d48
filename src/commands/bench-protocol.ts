import type { PrecisionChoice } from "../engine/precision.ts";

/** One configuration: so many choices of so many tokens after a prompt of so many. */
export interface BenchCase {
  readonly prompt: number;
  readonly count: number;
}

/** What the bench's process is asked to do. */
export interface BenchJob {
  readonly folder: string;
  readonly precision: PrecisionChoice;
  readonly threads: number;
  readonly weightsFolder: string | null;
  /** Timed in turn, one round after another; none: the model is only opened. */
  readonly cases: readonly BenchCase[];
  /** Tokens of each choice. */
  readonly length: number;
  readonly rounds: number;
}

/** What one round of one configuration took. */
export interface BenchRound {
  /** Index of the configuration. */
  readonly case: number;
  /** Tokens a second of the prompt. */
  readonly prefillTps: number;
  /** Tokens a second of all choices together, from the first token to the last. */
  readonly decodeTps: number;
  /** Milliseconds from the request to its first token. */
  readonly ttftMs: number;
}

/** All that was measured in one process. */
export interface BenchOutcome {
  readonly precision: string;
  /** In tokens. */
  readonly contextLength: number;
  readonly loadMs: number;
  readonly peakRssMb: number;
  /** Bytes of weights and cache that one token reads, for each configuration. */
  readonly bytesPerToken: readonly number[];
  readonly rounds: readonly BenchRound[];
}

/** From the bench's process. */
export type FromBench =
  | { readonly type: "status"; readonly text: string }
  | { readonly type: "outcome"; readonly outcome: BenchOutcome }
  | { readonly type: "failure"; readonly message: string; readonly hint: string | undefined };
