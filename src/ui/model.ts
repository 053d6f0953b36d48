import type { Text } from "@codemirror/state";
import type { SamplingSettings } from "../engine/settings.ts";
import type { ModelCard, PromptView } from "../engine/types.ts";
import type { DayCount, Goals } from "../story/day.ts";
import type { Query } from "../story/find.ts";
import { currentDocument, type UndoTree } from "../story/history.ts";
import type { GenerationId } from "../story/passages.ts";
import type { Selection } from "../story/selection.ts";
import type { StyleTemplate } from "../story/template.ts";
import type { Unit } from "../story/units.ts";
import type { Keymap } from "./bindings.ts";
import type { Find } from "./find.ts";
import type { CommandName } from "./keymap.ts";
import type { Library } from "./library.ts";
import type { Offer } from "./offer.ts";
import type { Panel } from "./panel.ts";
import type { Place } from "./place.ts";
import type { Spelling } from "./spelling.ts";
import type { ComparedTake } from "./takes.ts";
import type { Palettes } from "./themes.ts";
import type { VimState } from "./vim.ts";
import type { Foresight, XRayView } from "./xray.ts";

/** The story's file as the editor knows it. */
export interface StoryFile {
  /** Absolute path. */
  readonly path: string;
  /** SHA-256 of the bytes last read or written, hex; null while there is no file yet. */
  readonly sha256: string | null;
  /** The text that the file holds, told by identity; null while there is no file yet. */
  readonly savedText: Text | null;
  /** Another Inkwright has the story open: nothing is changed or written. */
  readonly readOnly: boolean;
}

/** What the engine is doing, for the status line. */
export interface EngineState {
  readonly status: "loading" | "ready" | "stopped";
  readonly card: ModelCard | null;
  /** What it tells of its loading: `preparing 8-bit weights … 40 %`. */
  readonly doing?: string;
  /** Of the last generation that decoded more than one token. */
  readonly tokensPerSecond: number | null;
}

/** What the engine was last told to read ahead: the continuation of `text` at `place`. */
export interface Prepared {
  readonly text: Text;
  readonly place: number;
  readonly settings: SamplingSettings;
}

/** A line of news at the foot of the page. Warnings stay until the next key press that does something. */
export interface Notice {
  readonly kind: "info" | "warning";
  readonly text: string;
  /** It is of a save that failed: one that succeeds takes it away. */
  readonly untilSaved?: boolean;
}

/** What stands in the way of typing until it is answered. */
export type Dialog =
  /** `query`: what was typed to find keys. */
  | { readonly kind: "help"; readonly top: number; readonly query: string }
  /** What the model would see for the request of that name; null until the engine has told. */
  | {
      readonly kind: "context";
      readonly top: number;
      readonly id: GenerationId;
      readonly view: PromptView | null;
    }
  /** Two takes beside each other. */
  | {
      readonly kind: "takes";
      readonly top: number;
      readonly left: ComparedTake;
      readonly right: ComparedTake;
    }
  /** What the makers of a model say of its limits, when it is opened for the first time. */
  | { readonly kind: "limits"; readonly top: number; readonly name: string; readonly text: string }
  /** At the very first start; any key ends it; but for Enter, Esc and space it means what it always means. */
  | { readonly kind: "welcome" }
  /** `afterwards`: what the new name is for. */
  | { readonly kind: "saveAs"; readonly input: string; readonly afterwards: "stay" | "quit" }
  /** `path` holds something that this editor did not write. */
  | { readonly kind: "changedOnDisk"; readonly path: string; readonly quitting: boolean }
  | { readonly kind: "saveFailed"; readonly message: string };

/** Kinds of dialogs that have the page. */
const PAGE_KINDS = ["help", "welcome", "context", "takes", "limits"] as const;

type PageKind = (typeof PAGE_KINDS)[number];

/** Dialogs that have the page. */
export type PageDialog = Extract<Dialog, { kind: PageKind }>;

/** Whether a dialog stands in place of the story. */
export function hasPage(dialog: Dialog | null): dialog is PageDialog {
  return PAGE_KINDS.some((kind) => kind === dialog?.kind);
}

/** What the page leaves undimmed. */
export const FOCUS_MODES = ["off", "paragraph", "sentence"] as const;

/** One of {@link FOCUS_MODES}. */
export type FocusMode = (typeof FOCUS_MODES)[number];

/** A press of the mouse, in cells of the screen, and what it selected, in UTF-16 code units of the story. */
export interface Press {
  readonly x: number;
  readonly y: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly unit: Unit;
  readonly from: number;
  readonly to: number;
}

/** Everything the screen is made from. Only `update` makes new ones. */
export interface Model {
  readonly tree: UndoTree;
  /** The text before what was recovered or read in came to it, and what that was; null for neither. */
  readonly changed: { readonly before: Text; readonly what: string } | null;
  /** The last jump in the history, which undo takes back as long as the story is where that led. */
  readonly jumped: { readonly from: number; readonly to: number } | null;
  readonly selection: Selection;
  /** Selections that grew out of each other, the first one first, and what has become of them. */
  readonly grown: { readonly from: readonly Selection[]; readonly to: Selection } | null;
  /** The last press of the mouse, for clicks that follow it, and what it took hold of, for dragging. */
  readonly press: Press | null;
  /** Column that vertical motions aim for, in cells; null after any other motion. */
  readonly goalColumn: number | null;
  /** First visible row. */
  readonly top: Place;
  readonly columns: number;
  readonly rows: number;
  readonly focus: "story" | "controls";
  /** Whether the controls pane is wanted on screen; a narrow terminal shows it only while it has the focus. */
  readonly showControls: boolean;
  /** Index into the controls of the one that keys move. */
  readonly control: number;
  readonly settings: SamplingSettings;
  /** Choices asked for at once. */
  readonly choices: number;
  readonly offer: Offer | null;
  /** Offers that left the page while their generation was running; kept until that has ended and is recorded. */
  readonly ending: readonly Offer[];
  /** Null while the writer works: what is read ahead then would be in the way. */
  readonly prepared: Prepared | null;
  readonly dialog: Dialog | null;
  /** Other ways to put a passage, by templates. */
  readonly styles: readonly StyleTemplate[];
  /** The list beside the story, if one is open; it has the keys then. */
  readonly panel: Panel | null;
  /** How likely each word is to the model; null while nobody asks. */
  readonly xray: XRayView | null;
  /** What could stand at a place, as asked for last. */
  readonly foresight: Foresight | null;
  /** Name of the theme; `auto` goes by the terminal's background. */
  readonly theme: string;
  /** The colours there are: those in the box and the user's own. */
  readonly palettes: Palettes;
  /** What is not dimmed: all, or only the paragraph or the sentence at the cursor. */
  readonly focusMode: FocusMode;
  /** The cursor's row stays in the middle of the page. */
  readonly typewriter: boolean;
  /** Nothing moves on the screen but what is written. */
  readonly reducedMotion: boolean;
  /** Whether typed quotes, dashes and dots become those of print. */
  readonly smartQuotes: boolean;
  readonly spelling: Spelling;
  readonly goals: Goals;
  /** The words of the day, as of the writer's last pause. */
  readonly today: DayCount;
  readonly keymap: Keymap;
  /** Keys of a sequence that is not complete. */
  readonly pendingKeys: readonly string[];
  /** The modal keyboard; null without one. */
  readonly vim: VimState | null;
  /** Motions select, as if Shift were held. */
  readonly marking: boolean;
  /** The search, if it is open; it has the keys then. */
  readonly find: Find | null;
  /** What was looked for last; null before the first time. */
  readonly lastQuery: Query | null;
  /** Commands that were run from the palette, the last one first. */
  readonly recentCommands: readonly CommandName[];
  readonly file: StoryFile;
  readonly engine: EngineState;
  readonly library: Library;
  readonly notice: Notice | null;
  readonly clipboard: string;
  /** Where the last kill of Emacs' keys left the story: one that follows at once adds to the clipboard. */
  readonly killed: { readonly tree: UndoTree; readonly selection: Selection } | null;
  /** A save is under way. */
  readonly saving: boolean;
  /** Quit as soon as the save under way ends well. */
  readonly quitting: boolean;
  /** Name and version of the program, and Node's version, for records. */
  readonly app: string;
  readonly node: string;
}

/** Whether the story differs from its file. An empty story that never had a file does not. */
export function isDirty(model: Model): boolean {
  const { text } = currentDocument(model.tree);
  const { savedText } = model.file;
  return savedText === null ? text.length > 0 : text !== savedText;
}
