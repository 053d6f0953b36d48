import { currentDocument } from "../../story/history.ts";
import { cursor } from "../../story/selection.ts";
import { hint } from "../bindings.ts";
import type { Model } from "../model.ts";
import { chosenTake, type TakeLine, takeLines } from "../takes-list.ts";
import { shownTake } from "../takes-offer.ts";
import { takeChosen } from "../update/take-offer.ts";
import type { PanelKind, PanelLine } from "./panel-kind.ts";

/** Longest beginning of a take that a line holds, in UTF-16 code units. */
const SHOWN = 200;
/** Deepest indent that is drawn. */
const DEEPEST = 6;

/** Everything that was ever offered, and where. The page shows the chosen take in its place; Enter offers it again. */
export const TAKES: PanelKind = {
  title: "Takes",
  verb: "offer it again",
  nothing: "nothing was offered yet",
  searchable: false,
  hints: (model) => hintsFor(model),
  typing: ({ takes, query }) => (takes?.mode.kind === "name" ? `Name: ${query}` : null),
  lines: (model) => listed(model),
  first: () => 0,
  preview(model) {
    const { panel } = model;
    const line = chosenTake(model);
    if (!panel?.takes || !line) return [model, []];
    const walking = { ...panel, takes: { ...panel.takes, mode: { kind: "walk" } as const } };
    const shown = shownTake({ ...model, panel: walking }, line);
    const takes = { ...walking.takes, shown };
    // What the last key had to say was of another take.
    const notice = model.notice?.kind === "info" ? null : model.notice;
    const selection = cursor(shown.at);
    return [{ ...model, panel: { ...walking, takes }, selection, goalColumn: null, notice }, []];
  },
  take: (closed, _line, { id, at, panel }) => takeChosen(closed, panel, id, at),
};

const known = new WeakMap<
  readonly TakeLine[],
  { readonly model: unknown; readonly lines: readonly PanelLine[] }
>();

/** Kept for each list and what is shown of it besides. */
function listed(model: Model): readonly PanelLine[] {
  const lines = takeLines(model);
  const compared = model.panel?.takes?.compared;
  const old = known.get(lines);
  if (old && old.model === compared) return old.lines;
  const made = lines.map((line) => toPanelLine(model, line));
  known.set(lines, { model: compared, lines: made });
  return made;
}

function toPanelLine(model: Model, line: TakeLine): PanelLine {
  const { take, depth } = line;
  const compared = model.panel?.takes?.compared;
  const isCompared = compared?.generation === take.generation && compared.choice === take.choice;
  const words = take.text.slice(0, SHOWN).replaceAll(/\s+/gu, " ").trim();
  const deep = Math.min(depth, DEEPEST);
  return {
    prefix: `${"│ ".repeat(deep)}${take.standing ? "◆" : "○"}${take.marked ? "★" : ""}${isCompared ? "⇄" : ""} `,
    text: take.name === null ? words : `${take.name}: ${words}`,
    detail: `${line.leads ? placeWords(model, line) : ""}${take.children.length > 0 ? " →" : ""}`.trim(),
    current: take.standing !== null,
  };
}

/** Where it is from the cursor, in paragraphs: `here`, `3 ¶ up`, `gone`. */
function placeWords(model: Model, { generation: { place } }: TakeLine): string {
  if (place.gone) return "gone";
  const { text } = currentDocument(model.tree);
  const lineOf = (pos: number): number => text.lineAt(Math.min(text.length, pos)).number;
  const { head } = model.panel?.back.selection ?? model.selection;
  const away = lineOf(place.from) - lineOf(head);
  return away === 0 ? "here" : `${Math.abs(away)} ¶ ${away < 0 ? "up" : "down"}`;
}

function hintsFor(model: Model): string {
  const { keymap } = model;
  const key = (name: Parameters<typeof hint>[1]): string => hint(keymap, name);
  const mode = model.panel?.takes?.mode ?? { kind: "walk" };
  if (mode.kind === "name") return `${key("panelTake")} name it · ${key("panelClose")} leave it`;
  if (mode.kind === "word") {
    const does = { branch: "go on from here", upTo: "accept up to here", from: "accept from here" };
    return `←→ choose the word · ${key("panelTake")} ${does[mode.purpose]} · ${key("panelClose")} back`;
  }
  return [
    `${key("panelTake")} offer again`,
    `${key("panelClose")} back`,
    `${key("takesBranch")} branch`,
    `${key("takesContinue")} continue`,
    `${key("takesUpTo")} up to`,
    `${key("takesFrom")} from`,
    `${key("takesCompare")} compare`,
    `${key("takesMark")} mark`,
    `${key("takesName")} name`,
    `${key("takesScope")} ${model.panel?.takes?.scope === "story" ? "nearest" : "whole story"}`,
  ].join(" · ");
}
