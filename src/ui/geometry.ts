import type { Model } from "./model.ts";

/** Where everything stands on the screen, in cells. */
export interface Geometry {
  /** The page: the rectangle in which the story is painted, always at column 0. */
  readonly page: { readonly y: number; readonly width: number; readonly height: number };
  /** Blank cells left of the text, so that lines stay readable on a wide screen. */
  readonly margin: number;
  /** Cells of text in a row. */
  readonly textWidth: number;
  /** Width of the controls pane; 0 when it is folded away. */
  readonly controls: number;
  /** The list beside the page, or below it on a narrow screen; both 0 when there is none. */
  readonly panel: { readonly width: number; readonly height: number };
  /** Rows of the choices pane below the page; 0 when there is nothing to choose. */
  readonly choices: number;
  /** Rows of a question above the status line. */
  readonly dialog: number;
  /** Rows of the search above the status line. */
  readonly find: number;
}

/** Longest row of text, in cells: prose is easiest to read at 60 to 80 characters a line. */
export const LONGEST_ROW = 80;
/** Blank cells left of the text at least, where there is room for any: the mark of offered rows stands in them. */
const MARGIN = 2;
const CONTROLS_WIDTH = 36;
/** Width of a list beside the page: a third of the screen, within these. */
const PANEL_WIDTH = { least: 34, most: 56 };
/** Narrowest page beside which the controls stand all the time, and while they have the focus. */
const NARROWEST_PAGE = { always: 60, focused: 40 };

/** Lays out the screen: title, page beside controls, choices, dialog, status. */
export function geometry(
  model: Pick<Model, "columns" | "rows" | "offer" | "dialog" | "panel" | "find" | "focus" | "showControls">,
): Geometry {
  const { columns, rows, offer, dialog } = model;
  const focused = model.focus === "controls";
  const beside = columns >= CONTROLS_WIDTH + (focused ? NARROWEST_PAGE.focused : NARROWEST_PAGE.always);
  const wanted = !model.panel && (focused || (model.showControls && beside));
  const controls = wanted ? (beside ? CONTROLS_WIDTH : columns) : 0;
  const panelWidth = Math.max(PANEL_WIDTH.least, Math.min(PANEL_WIDTH.most, Math.floor(columns / 3)));
  const panelBeside = columns >= panelWidth + NARROWEST_PAGE.focused;
  const panelBelow = model.panel && !panelBeside ? Math.max(0, Math.floor((rows - 2) / 2)) : 0;
  const width = columns - controls - (model.panel && panelBeside ? panelWidth : 0);
  const dialogRows =
    dialog && dialog.kind !== "help" && dialog.kind !== "welcome" ? Math.min(2, Math.max(0, rows - 3)) : 0;
  const findRows = model.find ? Math.min(rowsOfFind(model.find, rows), Math.max(0, rows - 3)) : 0;
  const offered = offer ? Math.max(offer.choices.length, offer.progress ? 1 : 0) : 0;
  const worthShowing = offer?.task === "rewrite" || offered > 1;
  const choices = worthShowing && rows >= 12 ? Math.min(offered, Math.floor(rows / 4)) : 0;
  const height = Math.max(1, rows - 2 - dialogRows - findRows - panelBelow - (choices > 0 ? choices + 1 : 0));
  const least = width >= 24 ? MARGIN : 0;
  const textWidth = Math.max(4, Math.min(LONGEST_ROW, width - least - (width >= 44 ? MARGIN : 1)));
  return {
    page: { y: 1, width, height },
    margin: Math.max(least, Math.floor((width - textWidth) / 2)),
    textWidth,
    controls,
    panel: model.panel
      ? {
          width: panelBeside ? panelWidth : columns,
          height: panelBeside ? rows - 2 - dialogRows : panelBelow,
        }
      : { width: 0, height: 0 },
    choices: choices > 0 ? choices + 1 : 0,
    dialog: dialogRows,
    find: findRows,
  };
}

/** Rows of the search: one where there is hardly room, two, and some of what would be replaced. */
function rowsOfFind({ field, result }: NonNullable<Model["find"]>, rows: number): number {
  if (rows < 12) return 1;
  return field === "query" || rows < 18 ? 2 : 2 + Math.min(rows < 30 ? 3 : 5, result.matches.length);
}
