import { currentDocument } from "../../story/history.ts";
import { geometry } from "../geometry.ts";
import type { CommandName } from "../keymap.ts";
import type { Model } from "../model.ts";
import type { PanelName } from "../panel.ts";
import type { PanelCircumstances } from "../panels/panel-kind.ts";
import { PANELS } from "../panels/panels.ts";
import type { Step } from "./step.ts";

/** Opens a panel, or closes it where it is open already. */
export function togglePanel(model: Model, kind: PanelName): Step {
  if (model.panel?.kind === kind) return closePanel(model);
  const { tree, selection, top, theme } = model.panel?.back ?? model;
  const back = { tree, selection, top, theme };
  const chosen = PANELS[kind].first(model);
  return [
    { ...model, focus: "story", find: null, panel: { kind, query: "", chosen, preview: null, back } },
    [],
  ];
}

/** Closes the panel; the page is where it was before. What was typed meanwhile stays. */
export function closePanel(model: Model): Step {
  if (!model.panel) return [model, []];
  const { tree, selection, top, theme } = model.panel.back;
  const same = currentDocument(tree) === currentDocument(model.tree);
  return [{ ...model, panel: null, theme, ...(same ? { selection, top } : {}) }, []];
}

/** Takes the chosen line; `run` goes on with a command that it names. */
export function takeLine(
  model: Model,
  now: PanelCircumstances,
  run: (model: Model, command: CommandName) => Step,
): Step {
  const { panel } = model;
  if (!panel) return [model, []];
  const kind = PANELS[panel.kind];
  const count = kind.lines(model, panel.query).length;
  if (count === 0) return [model, []];
  const line = Math.min(panel.chosen, count - 1);
  const closed = { ...model, panel: null };
  const taken = kind.take(closed, line, { ...now, panel });
  if (!("command" in taken)) return taken;
  const { command } = taken;
  const recentCommands = [command, ...model.recentCommands.filter((other) => other !== command)].slice(
    0,
    RECENT,
  );
  return run({ ...closed, recentCommands }, command);
}

/** Commands that the palette remembers. */
const RECENT = 8;

/** Moves the choice by the keys of a list. */
export function walkPanel(model: Model, command: CommandName): Step {
  const { panel } = model;
  if (!panel) return [model, []];
  const count = PANELS[panel.kind].lines(model, panel.query).length;
  const page = Math.max(1, geometry(model).panel.height - 3);
  const by: Partial<Record<CommandName, number>> = {
    panelUp: -1,
    panelDown: 1,
    panelPageUp: -page,
    panelPageDown: page,
    panelFirst: -count,
    panelLast: count,
  };
  const chosen = Math.max(0, Math.min(count - 1, panel.chosen + (by[command] ?? 0)));
  return show({ ...model, panel: { ...panel, chosen } });
}

/** Narrows the list down, or widens it again. */
export function searchPanel(model: Model, change: (query: string) => string): Step {
  const { panel } = model;
  const typing = panel && (PANELS[panel.kind].typing?.(panel) ?? null) !== null;
  if (!panel || !(PANELS[panel.kind].searchable || typing)) return [model, []];
  const query = change(panel.query).replaceAll(/\p{Cc}/gu, "");
  if (typing) return [{ ...model, panel: { ...panel, query } }, []];
  return show({ ...model, panel: { ...panel, query, chosen: 0 } });
}

function show(model: Model): Step {
  const { panel } = model;
  return (panel && PANELS[panel.kind].preview?.(model, panel.chosen)) ?? [model, []];
}
