import type { KvCache, LanguageModel } from "./language-model.ts";
import type { Random } from "./random.ts";
import type { Sampler } from "./sampling/sampler.ts";
import type { TokenMarks } from "./token-marks.ts";
import type { Tokenizer } from "./types.ts";

/** What every task of an engine works with. One task at a time has them. */
export interface EngineParts {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly marks: TokenMarks;
  /** Kept from task to task, so that a prompt that only grew is not read again. */
  readonly cache: KvCache;
  /** Another one, for prompts that are not the story's; the same each time. */
  readonly spare: () => KvCache;
  readonly sampler: Sampler;
  /** Where seeds are drawn from. */
  readonly random: Random;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Lets the process see what else has happened, a cancel above all. */
  readonly pause: () => Promise<void>;
}

/** Whether the caller wants no more. Asked between any two runs of the model. */
export type Cancelled = () => boolean;
