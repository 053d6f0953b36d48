import type { Text } from "@codemirror/state";
import type { AlternativesOptions, Choice, GenerationRequest } from "../engine/types.ts";
import type { SessionRecord } from "../sessions/records.ts";
import type { UndoTree } from "../story/history.ts";
import type { GenerationId } from "../story/passages.ts";
import type { XRayRequest } from "../story/xray.ts";
import type { SpellingEffect } from "./spelling-effects.ts";

/** What is asked of the engine for a list of alternatives. */
export type ForesightRequest = Omit<AlternativesOptions, "signal"> & {
  readonly id: GenerationId;
  readonly before: string;
};

/** What `update` wants done in the world, as data; the studio does it and reports back with messages. */
export type Effect =
  | SpellingEffect
  | { readonly type: "generate"; readonly request: GenerationRequest }
  /** Asks what the model would see; comes back as `inspected`. */
  | { readonly type: "inspect"; readonly request: GenerationRequest }
  /** Looks whether the model has a take from elsewhere; a `notice` tells. */
  | { readonly type: "checkTake"; readonly take: Pick<Choice, "text" | "logprobs"> }
  | { readonly type: "cancel"; readonly id: GenerationId }
  /** Lets the engine read ahead what a request would make it read; null: stops that. Of its failures nothing is heard. */
  | { readonly type: "prepare"; readonly request: GenerationRequest | null }
  /** Scores a stretch of the story, in the place of any that is being scored; null: only stops that. */
  | { readonly type: "score"; readonly request: XRayRequest | null }
  /** Asks what could stand behind `before`, in the place of any such request. */
  | { readonly type: "foresee"; readonly request: ForesightRequest }
  | { readonly type: "record"; readonly record: SessionRecord }
  /** Reads all that was ever generated for the story, whose past `tree` is; comes back as `takesRead`. */
  | { readonly type: "readTakes"; readonly tree: UndoTree }
  /** Writes the story. `overwrite`: even if another program changed the file; theirs is kept beside it. */
  | {
      readonly type: "save";
      readonly path: string;
      readonly text: Text;
      readonly expectedSha256: string | null;
      readonly overwrite: boolean;
      /** The editor saves by itself; the writer did not ask for it. */
      readonly byItself: boolean;
    }
  /** Leaves, with the story kept outside its file, where it cannot be written. */
  | { readonly type: "abandon"; readonly text: Text }
  | { readonly type: "reload"; readonly path: string }
  /** Asks the other editor for the story; comes back as \`tookOver\`. */
  | { readonly type: "takeOver" }
  /** Saves the story if it must be, and gives it free for the one that asks for it. */
  | {
      readonly type: "letGo";
      readonly text: Text;
      readonly expectedSha256: string | null;
      readonly dirty: boolean;
    }
  /** Hands the text to the writer's own editor; comes back as `editedElsewhere`. */
  | { readonly type: "editElsewhere"; readonly text: Text }
  /** Puts text on the system's clipboard. */
  | { readonly type: "copy"; readonly text: string }
  /** Keeps the words that were written in a story on a day (`2026-03-04`). */
  | { readonly type: "keepDay"; readonly day: string; readonly story: string; readonly words: number }
  /** Keeps a setting for the next time. */
  /** Reads what models there are; comes back as `libraryRead`. */
  | { readonly type: "readLibrary" }
  /** Ends the engine and starts another model; comes back as `engineReady`. */
  | { readonly type: "openModel"; readonly name: string }
  /** Fetches a model; `pullProgress` and `pullEnded` tell of it. */
  | { readonly type: "pullModel"; readonly name: string }
  | { readonly type: "stopPulling" }
  | { readonly type: "remember"; readonly key: string; readonly value: unknown }
  /** Paints the whole screen afresh. */
  | { readonly type: "redraw" }
  /** Gives the terminal back to the shell until that goes on with the program. */
  | { readonly type: "suspend" }
  | { readonly type: "quit" };
