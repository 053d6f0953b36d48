/*
 * What the program and its engine process say to each other, over Node's IPC channel with `advanced` serialization.
 *
 * - The program's first message is `open`; the answer is `opened`, or `failed` with request null, after which the
 *   process ends by itself. Before it, `opening` says what is being done.
 * - Every request has a number that the program never uses twice in one process. `generate` is answered by `event`s,
 *   one a token, the last of which is `finished`; `score` by `scoring` after each chunk and one `scored`; `prepare` by
 *   one `prepared`, `inspect` by one `inspected`, `alternatives` by one `foreseen`. Instead of the rest, `failed` may come. Nothing is said of a request after its last message.
 * - Requests wait for each other in the engine, but none for a `prepare`, which ends where another comes. `cancel` may come at any time, also too late, when it does nothing;
 *   the request is answered to its end as a cancelled one.
 * - `close` ends the opening or cancels all requests, answers them to their end, frees the model and ends the process. So does the end of
 *   the channel, except that nobody hears the answers.
 * - The process ignores SIGINT: Ctrl+C reaches the whole process group, and what it means is the program's business.
 */
import type { EngineOptions } from "../engine.ts";
import type {
  Alternatives,
  AlternativesOptions,
  GenerationEvent,
  GenerationRequest,
  ModelCard,
  PromptView,
  Score,
  ScoreOptions,
} from "../types.ts";

/** A failure as it crosses the channel. */
export interface Failure {
  readonly message: string;
  /** A UserError's own; null for any other error, which is a mistake of ours. */
  readonly user: { readonly hint: string | null; readonly exitCode: 1 | 2 } | null;
  readonly stack: string | null;
}

/** How the model is opened, as far as it can be sent. */
export type HostOptions = Omit<EngineOptions, "onStatus" | "signal">;

/** How a text is scored, as far as it can be sent. */
export type Scoring = Omit<ScoreOptions, "signal" | "onProgress">;

/** How the next tokens are looked at, as far as it can be sent. */
export type Foreseeing = Omit<AlternativesOptions, "signal">;

/** From the program to the engine process. */
export type ToHost =
  | { readonly type: "open"; readonly folder: string; readonly options: HostOptions }
  | { readonly type: "generate"; readonly request: number; readonly generation: GenerationRequest }
  | { readonly type: "prepare"; readonly request: number; readonly generation: GenerationRequest }
  | { readonly type: "inspect"; readonly request: number; readonly generation: GenerationRequest }
  | { readonly type: "score"; readonly request: number; readonly text: string; readonly scoring: Scoring }
  | {
      readonly type: "alternatives";
      readonly request: number;
      readonly before: string;
      readonly foreseeing: Foreseeing;
    }
  | { readonly type: "cancel"; readonly request: number }
  | { readonly type: "close" };

/** From the engine process to the program. */
export type FromHost =
  | { readonly type: "opening"; readonly status: string }
  | { readonly type: "opened"; readonly card: ModelCard }
  | { readonly type: "event"; readonly request: number; readonly event: GenerationEvent }
  | { readonly type: "prepared"; readonly request: number }
  | { readonly type: "inspected"; readonly request: number; readonly view: PromptView }
  | { readonly type: "scoring"; readonly request: number; readonly done: number }
  | { readonly type: "scored"; readonly request: number; readonly score: Score }
  | { readonly type: "foreseen"; readonly request: number; readonly alternatives: Alternatives }
  | { readonly type: "failed"; readonly request: number | null; readonly failure: Failure };
