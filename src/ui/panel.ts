import type { UndoTree } from "../story/history.ts";
import type { Selection } from "../story/selection.ts";
import type { Place } from "./place.ts";
import type { TakesView } from "./takes.ts";

/**
 * A list beside the story that the writer walks with the arrow keys: where to go, what to do, what it was like before.
 * This is the data; how each kind behaves is in `panels/`.
 */
export interface Panel {
  readonly kind: PanelName;
  /** What was typed to narrow the list down. */
  readonly query: string;
  /** Index of the line that Enter takes. */
  readonly chosen: number;
  /** The revision that the page shows meanwhile, and what is selected in it; null for the present one. */
  readonly preview: { readonly revision: number; readonly selection: Selection } | null;
  /** What the list of takes has besides; absent in the others. */
  readonly takes?: TakesView;
  /** Where the writer was when it was opened: Esc goes back there. */
  readonly back: {
    readonly tree: UndoTree;
    readonly selection: Selection;
    readonly top: Place;
    readonly theme: string;
  };
}

/** Names of the panels. */
export type PanelName =
  | "alternatives"
  | "xray"
  | "changes"
  | "counts"
  | "history"
  | "models"
  | "outline"
  | "palette"
  | "presets"
  | "spelling"
  | "styles"
  | "takes"
  | "themes";
