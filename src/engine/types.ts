import type { Alternative, Alternatives, Score, ScoreOptions } from "./likelihoods.ts";
import type { Precision } from "./precision.ts";
import type { SamplingSettings } from "./settings.ts";

export type { Alternative, Alternatives, Score, ScoredToken, ScoreOptions } from "./likelihoods.ts";

/** What an open model is: shown to the writer, recorded with every generation. */
export interface ModelCard {
  /** Short name: the checkpoint folder's own name. */
  readonly name: string;
  /** Absolute path of the checkpoint folder. */
  readonly folder: string;
  /** Tells two checkpoints apart: 16 hex digits from the configuration, the tokenizer and samples of the weights. */
  readonly fingerprint: string;
  /** Number of trained parameters; tied weights count once. */
  readonly parameters: number;
  /** Longest sequence the model can read, in tokens (`n_positions`). */
  readonly contextLength: number;
  /** Number of token ids (`vocab_size`). */
  readonly vocabularySize: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the residual stream (`n_embd`). */
  readonly width: number;
  /** How the checkpoint stores its weights. */
  readonly dtype: "float32" | "float16" | "bfloat16";
  /** How the weights are held and computed with. */
  readonly precision: Precision;
  /** What the user should know of how it was opened, as a sentence. */
  readonly notice?: string;
  /** The runtime that computes it, e.g. `onnxruntime-node 1.30.0, 2 threads, fp32`. */
  readonly runtime: string;
  /** Host of the server that runs it and reads the story, if one does: sizes are 0 then, `folder` is empty. */
  readonly remote?: string;
}

/** A text that the model reads besides the story. */
export interface ContextEntry {
  readonly origin: "memory" | "lore" | "note";
  /** What the writer calls it. */
  readonly name?: string;
  readonly text: string;
  /** Where not all entries fit, those of greater priority come first. */
  readonly priority: number;
  /** How many of the story's last paragraphs stand behind it, 1 or more; left out, it stands before the story. */
  readonly paragraphs?: number;
}

/** What bends the model's writing besides numbers. */
export interface Steering {
  /** Together they have at most half of the prompt; each is read whole or not at all. */
  readonly entries?: readonly ContextEntry[];
  /** With `guidance_scale` over 1: what the text is led away from, in the place of the notes. */
  readonly avoid?: string;
  /** Phrases that are never written; `exact`: only in these very letters, else in any casing. */
  readonly ban?: readonly { readonly text: string; readonly exact?: boolean }[];
  /** Phrases made likelier, or with a negative weight less likely: added to their logits. */
  readonly bias?: readonly { readonly text: string; readonly weight: number }[];
  /** Phrases that each choice must hold, in any casing. */
  readonly include?: readonly string[];
}

/** What the model sees, and where it is from. Only a server knows its tokens: there are none then, sizes are estimates. */
export interface PromptView {
  readonly tokens: readonly number[];
  readonly text: string;
  /** In order, without gaps, all of `text`; positions in UTF-16 code units. */
  readonly segments: readonly PromptSegment[];
  /** What did not fit. */
  readonly left: readonly LeftOut[];
  /** What the second view of guidance has instead; null without it. */
  readonly against: readonly number[] | null;
}

/** A part of a prompt. */
export interface PromptSegment {
  /** `following`: the story behind the place, with the names of the tokens that say so. */
  readonly origin: ContextEntry["origin"] | "story" | "following";
  readonly name?: string;
  readonly from: number;
  readonly to: number;
  /** Tokens that begin in it. */
  readonly tokens: number;
}

/** What the model does not see, though it was to. */
export interface LeftOut {
  readonly origin: ContextEntry["origin"] | "story";
  readonly name?: string;
  /** Tokens of an entry; of the story, characters (UTF-16 code units). */
  readonly size: number;
}

/** A few-shot prompt that leads to another way to put a passage. */
export interface RewriteTemplate {
  readonly name: string;
  /** All of it, with the passage in its place; what follows is the candidate. */
  readonly prompt: string;
  /** The candidate ends before the first of these. At least one. */
  readonly stop: readonly string[];
}

/** What is asked of the model: to continue `before`, or to rewrite `selected`, which stands between `before` and `after`. */
export interface GenerationRequest {
  /** The caller's name for this generation; every event of it is sent under this name. */
  readonly id: string;
  readonly task: "continue" | "rewrite";
  /** Everything that stands before the place of the generation. The engine cuts it to the window. */
  readonly before: string;
  /** The passage to be rewritten (task `rewrite` only). */
  readonly selected?: string;
  /** What stands after the place. `rewrite` ranks its candidates by how well they lead into it. */
  readonly after?: string;
  /** How many choices are wanted, 1 or more. `rewrite` samples more and offers the best of them. */
  readonly choices: number;
  readonly settings: SamplingSettings;
  readonly steering?: Steering;
  /** `rewrite`: how many candidates are sampled; left out, enough for the choices. */
  readonly candidates?: number;
  /** `rewrite`: what candidates are written after instead of the story. */
  readonly templates?: readonly RewriteTemplate[];
  /** Exact prompt ids, instead of `before` and the entries of `steering`: to run a recorded generation again. */
  readonly promptTokens?: readonly number[];
  /** The ids of the second view, with `promptTokens`. */
  readonly againstTokens?: readonly number[];
  /** `continue`: how many of the likeliest tokens to tell at the place of each; left out, none. */
  readonly alternatives?: number;
}

/** Why a choice ended. `end`: the model's end-of-text token; `cancelled`: the caller's AbortSignal. */
export type FinishReason = "length" | "stop" | "end" | "cancelled";

/** One finished continuation or candidate. */
export interface Choice {
  readonly index: number;
  /** What is offered to the writer: without the stop string, and without white space that the prompt already had. */
  readonly text: string;
  /** Every sampled token id, in order; the end-of-text token is left out. None where a server does not tell them. */
  readonly tokens: readonly number[];
  /** Natural-log probability of each under the model itself, before any sampling setting; or none. # [tokens] */
  readonly logprobs: readonly number[];
  readonly finishReason: FinishReason;
  /** How often a banned phrase, and text that repeated itself, was taken back; left out for never. */
  readonly bans?: number;
  readonly loops?: number;
  /** What it was to include and does not: it was cut short. */
  readonly missing?: readonly string[];
  /** `rewrite`: mean log-probability of the following text given before + candidate, in nats a token. */
  readonly fit?: number;
  /** `rewrite`: mean log-probability of the candidate's own tokens, in nats a token. */
  readonly logprob?: number;
  /** `rewrite`: how much better the following text fits than after the passage itself, in nats a token. */
  readonly gain?: number;
  /** `rewrite`: the share of the passage's content words that it keeps, 0 to 1. */
  readonly kept?: number;
  /** `rewrite`: its number among all that were sampled. */
  readonly drawn?: number;
  /** `rewrite`: where it comes from: `left` (what stands before), `infill` (both sides), or a template's name. */
  readonly source?: string;
}

/** Where the time of one generation went. */
export interface Timing {
  readonly prefillMs: number;
  /** Prompt tokens that had to be run; those found in the KV cache are not counted. */
  readonly prefillTokens: number;
  readonly decodeMs: number;
  readonly decodeTokens: number;
}

/** What a generation says while it runs, in this order: started, tokens, choices, finished. */
export type GenerationEvent =
  | {
      readonly type: "started";
      /** The seed in use: the one asked for, or the one drawn. */
      readonly seed: number;
      /** What the model sees, after cutting to the window. */
      readonly prompt: PromptView;
      /** Prompt tokens that were already in the KV cache. */
      readonly reusedTokens: number;
    }
  /** `text` is what became readable with this token: perhaps nothing. Null: a server does not tell it. */
  | {
      readonly type: "token";
      readonly choice: number;
      readonly id: number | null;
      readonly logprob: number | null;
      readonly text: string;
      /** Those that the request asked for, the likeliest first. */
      readonly alternatives?: readonly Alternative[];
    }
  /** `rewrite` while it samples and ranks: nothing to show yet but how far it is, 0 to 1. */
  | { readonly type: "progress"; readonly done: number; readonly label: string }
  /** `continue`: in order of index, each as it ends. `rewrite`: best first, all at the end. */
  | { readonly type: "choice"; readonly choice: Choice }
  | { readonly type: "finished"; readonly cancelled: boolean; readonly timing: Timing };

/** How the next tokens are looked at. */
export interface AlternativesOptions {
  /** How many are wanted at most; left out, 10. */
  readonly count?: number;
  /** What stands behind the place: its first token is looked at, too. */
  readonly after?: string;
  /** Tokens that a continuation would write here, for which the window is to have room. Left out, 1. */
  readonly length?: number;
  readonly steering?: Steering;
  readonly signal?: AbortSignal;
}

/**
 * A model, ready to write: text in, text out. In this process (`openEngine`) or behind a child process
 * (`startEngine`), the same to whoever uses it.
 */
export interface Engine {
  readonly card: ModelCard;
  /**
   * Runs one request; a second one waits for the first. Cancelling is a finish reason, not an error: what had
   * arrived by then is still delivered as choices.
   */
  generate(request: GenerationRequest, signal?: AbortSignal): AsyncIterable<GenerationEvent>;
  /**
   * Reads ahead what {@link Engine.generate} would read for `request`, so that little is left to do if it comes.
   * Gives way to every other request, after at most 32 tokens, and to a later `prepare`. Resolves when it has ended,
   * however far it came; rejects where the model fails.
   */
  prepare(request: GenerationRequest, signal?: AbortSignal): Promise<void>;
  /** What the model would see for `request`, without running it. */
  inspect(request: GenerationRequest): Promise<PromptView>;
  /** Rejects with the signal's reason where it was aborted. */
  score(text: string, options?: ScoreOptions): Promise<Score>;
  /** The likeliest next tokens after `before`. Rejects with the signal's reason where it was aborted. */
  alternatives(before: string, options?: AlternativesOptions): Promise<Alternatives>;
  /** Frees the model. Requests that still run end as cancelled. */
  close(): Promise<void>;
}

/** Token ids and text, without loss. */
export interface Tokenizer {
  readonly vocabularySize: number;
  /** Id of `<|endoftext|>`, or null where the vocabulary has none. */
  readonly endOfText: number | null;
  /** Ids of `<|fim_prefix|>`, `<|fim_suffix|>` and `<|fim_middle|>`, or null where the vocabulary lacks one. */
  readonly infill: { readonly prefix: number; readonly suffix: number; readonly middle: number } | null;
  /** Plain text to ids; `<|endoftext|>` typed in a story is text, never the special token. */
  encode(text: string): number[];
  /** The bytes that a token stands for; a special token's are its name's. */
  bytes(id: number): Uint8Array;
  /** All bytes of `ids`, read as UTF-8 (invalid parts become U+FFFD). */
  decode(ids: readonly number[]): string;
}
