import type { LeftOut, PromptSegment, PromptView } from "../engine/types.ts";
import { wordRows } from "./foot.ts";
import type { StyleName } from "./style-names.ts";
import { visible } from "./terminal/widths.ts";

/** A row of the page that shows what the model sees. */
export interface ContextRow {
  /** Told apart by more than their colours: a letter at the row's start. */
  readonly mark: string;
  readonly text: string;
  readonly style: StyleName;
  /** The line that names a part, with its size. */
  readonly heading: boolean;
}

/** How each part of a prompt is told apart. */
const ORIGINS: Readonly<
  Record<PromptSegment["origin"], { readonly mark: string; readonly style: StyleName }>
> = {
  memory: { mark: "M", style: "accent" },
  lore: { mark: "L", style: "model" },
  note: { mark: "N", style: "warning" },
  story: { mark: " ", style: "text" },
  following: { mark: "F", style: "ghost" },
};

/** What the model sees as rows of at most `width` cells: every part under its name and size, then what is left out. */
export function contextRows(view: PromptView, width: number): readonly ContextRow[] {
  const room = Math.max(8, width - 2);
  const estimated = view.segments.reduce((sum, { tokens }) => sum + tokens, 0);
  const isKnown = view.tokens.length > 0 || estimated === 0;
  const whole = isKnown ? view.tokens.length : estimated;
  const counted = `${isKnown ? "" : "about "}${whole} ${whole === 1 ? "token" : "tokens"}`;
  const rows: ContextRow[] = [heading(`${counted}, all that the model sees`)];
  for (const segment of view.segments) {
    const { mark, style } = ORIGINS[segment.origin];
    rows.push(heading(`${partName(segment)} · ${segment.tokens} tokens`));
    for (const line of view.text.slice(segment.from, segment.to).replace(/\n$/u, "").split("\n")) {
      for (const text of wordRows(visible(line), room)) rows.push({ mark, text, style, heading: false });
    }
  }
  if (view.left.length > 0) rows.push(heading("Left out, for want of room"));
  for (const left of view.left) {
    for (const text of wordRows(leftWords(left), room)) {
      rows.push({ mark: "-", text, style: "dimmed", heading: false });
    }
  }
  return rows;
}

function heading(text: string): ContextRow {
  return { mark: "", text, style: "label", heading: true };
}

function partName({
  origin,
  name,
}: {
  readonly origin: PromptSegment["origin"];
  readonly name?: string;
}): string {
  const names = { memory: "Memory", lore: "Lore", note: "Note", story: "Story", following: "What follows" };
  return name === undefined ? names[origin] : `${names[origin]}: ${name}`;
}

function leftWords(left: LeftOut): string {
  if (left.origin === "story")
    return `the story up to there: ${left.size.toLocaleString("en")} characters or more`;
  return `${partName(left)}, ${left.size} tokens`;
}
