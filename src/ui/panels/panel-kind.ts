import type { CommandName } from "../keymap.ts";
import type { Layout } from "../layout.ts";
import type { Model } from "../model.ts";
import type { Panel } from "../panel.ts";
import type { Step } from "../update/step.ts";

/** One line of a panel's list. */
export interface PanelLine {
  readonly text: string;
  /** Shown at the right end: a number, a key, a time. */
  readonly detail?: string;
  /** Drawn before the text as it is: an indent, the branches of a tree. */
  readonly prefix?: string;
  /** Here the story is now. */
  readonly current?: boolean;
}

/** What taking a line may need besides the model. */
export interface PanelCircumstances {
  readonly at: number;
  /** A fresh name, should a generation begin. */
  readonly id: string;
  readonly layout: Layout;
}

/** How a kind of panel behaves. All are pure; the list is made anew whenever it is looked at. */
export interface PanelKind {
  readonly title: string;
  /** What Enter does, for the hint at the foot. */
  readonly verb: string;
  /** What is said where the list is empty. */
  readonly nothing: string;
  /** Whether typed text narrows the list down. */
  readonly searchable: boolean;
  /** What the keys do, at the foot, where that is more than Enter's verb. */
  hints?(model: Model): string;
  /** A line that is being typed in the place of the title, its label included; null while none is. */
  typing?(panel: Panel): string | null;
  lines(model: Model, query: string): readonly PanelLine[];
  /** Index of the line that is chosen at first. */
  first(model: Model): number;
  /** Shows on the page what the line stands for, while the panel is open. */
  preview?(model: Model, line: number): Step;
  /** Takes the line; the panel is closed already. It may name a command to go on with. */
  take(
    model: Model,
    line: number,
    now: PanelCircumstances & { readonly panel: Panel },
  ): Step | { readonly command: CommandName };
}
