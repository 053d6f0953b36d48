import type { SamplingSettings } from "../engine/settings.ts";
import type { FinishReason, RewriteTemplate, Steering, Timing } from "../engine/types.ts";
import type { Origin } from "../story/passages.ts";

/** Version of the session format; see docs/formats.md. */
export const SESSION_VERSION = 1;

/** First line of every session. */
export interface HeaderRecord {
  readonly type: "header";
  readonly version: number;
  /** Program and version that made the file, e.g. `inkwright 0.1.0`. */
  readonly app: string;
  /** File name of the story, without its folder; null for a generation from a pipe. */
  readonly story: string | null;
  /** ISO 8601 time. */
  readonly at: string;
}

/** One change of the story's text. The first one inserts the text that the story had when the session began. */
export interface EditRecord {
  readonly type: "edit";
  readonly at: string;
  /** `ChangeSet.toJSON()` of @codemirror/state, in UTF-16 code units. */
  readonly changes: unknown;
  readonly origin: Origin;
  /** Selection after the edit: anchor and head. */
  readonly selection?: readonly [number, number];
  /** Continues the revision before it (typing) instead of beginning a new one. */
  readonly joins?: true;
  /** What happened, where it is neither typing nor a generation: the text came from the file itself. */
  readonly cause?: "opened" | "external";
}

/** Undo, redo, or a jump in the undo tree, to the revision of that number (0 is the empty story). */
export interface JumpRecord {
  readonly type: "jump";
  readonly at: string;
  readonly to: number;
}

/** A choice as it is recorded. */
export interface RecordedChoice {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
  readonly finish_reason: FinishReason;
  readonly fit?: number;
  readonly logprob?: number;
}

/** One generation: everything needed to know where words came from, and to run it again. */
export interface GenerationRecord {
  readonly type: "generation";
  readonly at: string;
  readonly id: string;
  readonly task: "continue" | "rewrite";
  /** Where it was asked for, in UTF-16 code units of the story; null where there is no story. */
  readonly place: { readonly from: number; readonly to: number } | null;
  /** The passage that was to be rewritten. */
  readonly selected?: string;
  /** Text after the place, as far as it was used for ranking. */
  readonly after?: string;
  readonly model: { readonly name: string; readonly fingerprint: string; readonly parameters: number };
  /** Program, engine and Node versions, e.g. `inkwright 0.1.0; onnxruntime-node 1.30.0, 2 threads, fp32; node 20.20.2`. */
  readonly runtime: string;
  readonly settings: SamplingSettings;
  readonly seed: number;
  /** How many choices were asked for; fewer may have come. */
  readonly count: number;
  readonly prompt: {
    readonly tokens: readonly number[];
    readonly text: string;
    /** What the second view of guidance had instead. */
    readonly against?: readonly number[];
  };
  /** The words that were forbidden, favoured or demanded; the entries are in the prompt. */
  readonly steering?: Pick<Steering, "ban" | "bias" | "include">;
  /** What the candidates of a rewrite were written after, instead of the story. */
  readonly templates?: readonly RewriteTemplate[];
  /** Spaces and tabs that the story had between the prompt and the place: the model writes them itself. */
  readonly blanks?: string;
  /** What was offered in front of each choice: a token chosen by the writer, that the prompt ends with. */
  readonly begin?: string;
  readonly choices: readonly RecordedChoice[];
  readonly timing: Timing;
  /** The run was cut short; its choices are what had come by then. */
  readonly cancelled?: true;
}

/** What became of a generation. `kept`: neither taken nor thrown away, as when its text went to a pipe. */
export interface OutcomeRecord {
  readonly type: "outcome";
  readonly at: string;
  readonly generation: string;
  readonly outcome: "accepted" | "rejected" | "kept";
  /** Index into the generation's choices of the one accepted. */
  readonly choice?: number;
  /** The text that was taken, where it is not the whole choice. */
  readonly text?: string;
}

/** What the writer calls a take, and whether it is marked; what a record does not name stays as it was. */
export interface TakeRecord {
  readonly type: "take";
  readonly at: string;
  readonly generation: string;
  /** Index into the generation's choices. */
  readonly choice: number;
  /** An empty one takes the name away. */
  readonly name?: string;
  readonly marked?: boolean;
}

/** The story's file holds the text of this moment: it was written, or it was read. */
export interface SavedRecord {
  readonly type: "saved";
  readonly at: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
}

/** A line of a session. */
export type SessionRecord =
  | HeaderRecord
  | EditRecord
  | JumpRecord
  | GenerationRecord
  | OutcomeRecord
  | TakeRecord
  | SavedRecord;
