import type { TakeRecord } from "../../sessions/records.ts";
import type { TakeTree } from "../../sessions/takes.ts";
import type { GenerationId } from "../../story/passages.ts";
import type { Effect } from "../effects.ts";
import type { Model } from "../model.ts";
import { TAKES } from "../panels/takes.ts";
import { type TakesView, takeWords, UNREAD_TAKES, type WordPurpose } from "../takes.ts";
import { chosenTake, lineOfTake, type TakeLine, takeLines } from "../takes-list.ts";
import { shownTake } from "../takes-offer.ts";
import { togglePanel } from "./panel.ts";
import { isoTime, type Step, warn } from "./step.ts";
import { branch, lastWord } from "./take-offer.ts";

/** Opens the list of takes, or closes it. What there is is read anew each time. */
export function openTakes(model: Model): Step {
  const [next, effects] = togglePanel(model, "takes");
  const { panel, tree } = next;
  if (panel?.kind !== "takes") return [next, effects];
  return [{ ...next, panel: { ...panel, takes: UNREAD_TAKES } }, [...effects, { type: "readTakes", tree }]];
}

/** All that was ever offered; the same take stays chosen. */
export function receiveTakes(model: Model, tree: TakeTree): Step {
  const { panel } = model;
  if (!panel?.takes) return [model, []];
  const chosen = chosenTake(model);
  const read = { ...model, panel: { ...panel, takes: { ...panel.takes, tree } } };
  const line = chosen ? Math.max(0, lineOfTake(takeLines(read), chosen.take)) : 0;
  // What is being typed or chosen goes on.
  if (panel.takes.mode.kind !== "walk") return [{ ...read, panel: { ...read.panel, chosen: line } }, []];
  return choose(read, line);
}

/** Reads the takes again where one arrived, went, or got a name while the list is open. */
export function followTakes(before: Model, step: Step): Step {
  const [model, effects] = step;
  if (!model.panel?.takes?.tree || !before.panel?.takes) return step;
  const changes = ({ type, ...effect }: Effect): boolean =>
    type === "record" && "record" in effect && effect.record.type !== "saved";
  if (model.tree === before.tree && !effects.some(changes)) return step;
  return [model, [...effects, { type: "readTakes", tree: model.tree }]];
}

/** To the take that this one was asked for behind, or to the first that was asked for behind it; or a word on. */
export function walkTakes(model: Model, by: 1 | -1): Step {
  const line = chosenTake(model);
  const view = model.panel?.takes;
  if (!line || !view) return [model, []];
  if (view.mode.kind === "word") {
    const word = Math.max(0, Math.min(lastWord(line), view.mode.word + by));
    return show(model, line, { ...view, mode: { ...view.mode, word } });
  }
  const child = line.take.children.find(({ takes }) => takes.length > 0)?.takes[0];
  const target = by < 0 ? line.parent : child;
  if (target) return choose(model, lineOfTake(takeLines(model), target));
  const text = by < 0 ? "it was asked for behind no other take" : "nothing was asked for behind it";
  return [{ ...model, notice: { kind: "info", text } }, []];
}

/** The chosen take's words can be chosen, for something. */
export function chooseWord(model: Model, purpose: WordPurpose): Step {
  const line = chosenTake(model);
  const view = model.panel?.takes;
  if (!line || !view || takeWords(line.take.text).length === 0) return [model, []];
  const word = purpose === "from" ? 0 : lastWord(line);
  return show(model, line, { ...view, mode: { kind: "word", purpose, word } });
}

/** Lets the model go on behind the chosen take. */
export function continueTake(model: Model, id: GenerationId, at: number): Step {
  const line = chosenTake(model);
  if (!line) return [model, []];
  return model.file.readOnly
    ? warn(model, "the story is open elsewhere: F2 saves a copy to work on")
    : branch(model, line, lastWord(line), id, at);
}

/** Marks the chosen take, or takes its mark away. */
export function markTake(model: Model, at: number): Step {
  const line = chosenTake(model);
  return line ? [model, [takeRecord(line, at, { marked: !line.take.marked })]] : [model, []];
}

/** Asks for a name for the chosen take, with the present one to start from. */
export function askTakeName(model: Model): Step {
  const line = chosenTake(model);
  const { panel } = model;
  if (!line || !panel?.takes) return [model, []];
  const takes: TakesView = { ...panel.takes, mode: { kind: "name" } };
  return [{ ...model, panel: { ...panel, query: line.take.name ?? "", takes } }, []];
}

/** Gives the chosen take the name that was typed; null where none was asked for. */
export function nameTake(model: Model, at: number): Step | null {
  const { panel } = model;
  const line = chosenTake(model);
  if (panel?.takes?.mode.kind !== "name" || !line) return null;
  const name = panel.query.trim();
  return [leftMode(model), [takeRecord(line, at, { name })]];
}

/** Esc: back from a name or a word to the list; null where the keys walk the list already. */
export function leaveTakesMode(model: Model): Step | null {
  const mode = model.panel?.takes?.mode.kind;
  if (mode === undefined || mode === "walk") return null;
  return [leftMode(model), []];
}

/** Shows the chosen take beside the one for which this was pressed before. */
export function compareTakes(model: Model): Step {
  const line = chosenTake(model);
  const { panel } = model;
  if (!line || !panel?.takes) return [model, []];
  const { compared } = panel.takes;
  const { generation, choice } = line.take;
  const lines = takeLines(model);
  const first = compared ? lines[lineOfTake(lines, compared)] : undefined;
  const isSame = compared?.generation === generation && compared.choice === choice;
  if (first && !isSame) {
    const takes = { ...panel.takes, compared: null };
    const dialog = { kind: "takes", top: 0, left: titled(lines, first), right: titled(lines, line) } as const;
    return [{ ...model, panel: { ...panel, takes }, dialog, notice: null }, []];
  }
  const text = isSame ? "not compared" : "choose the take to compare it with, and press the same key";
  const takes = { ...panel.takes, compared: isSame ? null : { generation, choice } };
  return [{ ...model, panel: { ...panel, takes }, notice: { kind: "info", text } }, []];
}

/** The whole story as a tree, or the nearest first. */
export function switchScope(model: Model): Step {
  const line = chosenTake(model);
  const { panel } = model;
  if (!panel?.takes) return [model, []];
  const scope = panel.takes.scope === "near" ? "story" : "near";
  const switched: Model = { ...model, panel: { ...panel, takes: { ...panel.takes, scope } } };
  return line ? choose(switched, lineOfTake(takeLines(switched), line.take)) : [switched, []];
}

function choose(model: Model, chosen: number): Step {
  const { panel } = model;
  if (!panel || chosen < 0) return [model, []];
  const next = { ...model, panel: { ...panel, chosen } };
  return TAKES.preview?.(next, chosen) ?? [next, []];
}

function show(model: Model, line: TakeLine, takes: TakesView): Step {
  const { panel } = model;
  if (!panel) return [model, []];
  const next: Model = { ...model, panel: { ...panel, takes }, notice: null };
  return [{ ...next, panel: { ...panel, takes: { ...takes, shown: shownTake(next, line) } } }, []];
}

function leftMode(model: Model): Model {
  const { panel } = model;
  if (!panel?.takes) return model;
  const shown = panel.takes.shown && { ...panel.takes.shown, mark: null };
  return {
    ...model,
    panel: { ...panel, query: "", takes: { ...panel.takes, mode: { kind: "walk" }, shown } },
  };
}

function titled(lines: readonly TakeLine[], line: TakeLine) {
  const { take } = line;
  const number = lines.indexOf(line) + 1;
  return { title: take.name ?? `take ${number}${take.standing ? ", in the story" : ""}`, text: take.text };
}

function takeRecord({ take }: TakeLine, at: number, what: Pick<TakeRecord, "name" | "marked">): Effect {
  const { generation, choice } = take;
  return { type: "record", record: { type: "take", at: isoTime(at), generation, choice, ...what } };
}
