import type { Text } from "@codemirror/state";
import type { Alternatives, GenerationEvent, ModelCard, PromptView, ScoredToken } from "../engine/types.ts";
import type { TakeTree } from "../sessions/takes.ts";
import type { UndoTree } from "../story/history.ts";
import type { GenerationId } from "../story/passages.ts";
import type { XRayRequest } from "../story/xray.ts";
import type { CommandName } from "./keymap.ts";
import type { LibraryEntry } from "./library.ts";
import type { SpellingMessage } from "./spelling-effects.ts";
import type { VimState } from "./vim.ts";

/**
 * Everything that can happen to the editor. `at` is the time in milliseconds since the epoch: `update` has no clock
 * of its own.
 */
export type Message =
  | SpellingMessage
  | {
      readonly type: "command";
      readonly command: CommandName;
      readonly at: number;
      readonly id: GenerationId;
    }
  /** A key of the modal keyboard: what it stands for, one command after another, and where the keyboard then is. */
  | {
      readonly type: "commands";
      readonly commands: readonly CommandName[];
      readonly vim: VimState | null;
      /** Typed behind them. */
      readonly text: string;
      readonly at: number;
      readonly id: GenerationId;
    }
  /** Keys of a sequence that is not complete; none: it means nothing. */
  | { readonly type: "keys"; readonly keys: readonly string[] }
  | { readonly type: "typed"; readonly text: string; readonly at: number }
  | { readonly type: "pasted"; readonly text: string; readonly at: number }
  /** A mouse press or drag in cells of the screen, 0-based. */
  | {
      readonly type: "pointer";
      readonly x: number;
      readonly y: number;
      /** With Shift, or while dragging: the selection's other end stays. */
      readonly extend: boolean;
      readonly drag: boolean;
      readonly at: number;
    }
  | { readonly type: "wheel"; readonly rows: number }
  | { readonly type: "resized"; readonly columns: number; readonly rows: number }
  /** What the engine tells of its loading. */
  | { readonly type: "engineDoing"; readonly text: string }
  | { readonly type: "engineReady"; readonly card: ModelCard }
  | { readonly type: "engineFailed"; readonly text: string }
  | { readonly type: "libraryRead"; readonly entries: readonly LibraryEntry[] }
  | { readonly type: "pullProgress"; readonly name: string; readonly text: string }
  /** `problem`: why it did not come; null where it did. */
  | { readonly type: "pullEnded"; readonly name: string; readonly problem: string | null }
  | {
      readonly type: "generation";
      readonly id: GenerationId;
      readonly event: GenerationEvent;
      readonly at: number;
    }
  | {
      readonly type: "generationFailed";
      readonly id: GenerationId;
      readonly text: string;
      readonly at: number;
    }
  /** A stretch was scored for the x-ray. */
  | { readonly type: "scored"; readonly request: XRayRequest; readonly tokens: readonly ScoredToken[] }
  | { readonly type: "scoringFailed"; readonly text: string }
  | { readonly type: "foreseen"; readonly id: GenerationId; readonly found: Alternatives }
  | { readonly type: "foresightFailed"; readonly id: GenerationId; readonly text: string }
  /** What the model would see for a request. */
  | { readonly type: "inspected"; readonly id: GenerationId; readonly view: PromptView }
  | { readonly type: "inspectFailed"; readonly id: GenerationId; readonly text: string }
  /** All that was ever generated for the story. */
  | { readonly type: "takesRead"; readonly takes: TakeTree }
  | { readonly type: "autosave" }
  /** Nothing has happened for a moment. */
  | { readonly type: "rested" }
  | {
      readonly type: "saved";
      readonly text: Text;
      readonly sha256: string;
      readonly path: string;
      readonly at: number;
    }
  | {
      readonly type: "saveFailed";
      /** See the effect `save`. */
      readonly byItself: boolean;
      readonly text: string;
      readonly changedOnDisk: boolean;
      readonly path: string;
    }
  /** Not even a copy of the story could be kept anywhere: the editor stays. */
  | { readonly type: "abandonFailed"; readonly text: string }
  /** The file's present text, read because the writer asked for it. */
  | { readonly type: "reloaded"; readonly text: string; readonly sha256: string; readonly at: number }
  /** The story's file holds something that this editor neither read nor wrote. */
  | { readonly type: "fileChanged"; readonly text: string; readonly sha256: string; readonly at: number }
  /** The story was read only and is ours now. */
  | {
      readonly type: "tookOver";
      readonly tree: UndoTree;
      readonly sha256: string | null;
      readonly savedText: Text | null;
    }
  /** Another editor asks for the story. */
  | { readonly type: "asked"; readonly at: number }
  /** What the writer's own editor made of the story. */
  | { readonly type: "editedElsewhere"; readonly text: string; readonly at: number }
  | { readonly type: "notice"; readonly kind: "info" | "warning"; readonly text: string };
