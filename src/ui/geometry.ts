import { choicesView } from "./choices-view.ts";
import { noticeRows, questionRows } from "./foot.ts";
import { hasPage, type Model } from "./model.ts";

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
  /** Rows of the x-ray's legend: one, or none. */
  readonly legend: number;
  /** Rows of the status line: one, or as many as a line of news takes. */
  readonly status: number;
  /** There is no room for anything but to say so. */
  readonly tooSmall: boolean;
}

/** The smallest screen on which anything can be done. */
export const SMALLEST = { columns: 20, rows: 5 } as const;

/** Longest row of text, in cells: prose is easiest to read at 60 to 80 characters a line. */
export const LONGEST_ROW = 80;
/** Blank cells left of the text at least, where there is room for any: the mark of offered rows stands in them. */
const MARGIN = 2;
const CONTROLS_WIDTH = 36;
/** Width of a list beside the page: a third of the screen, within these. */
const PANEL_WIDTH = { least: 34, most: 56 };
/** Width of the palette beside the page: every command with its key has room. */
const PALETTE_WIDTH = 60;
/** Narrowest page beside which the controls stand all the time, and while they have the focus. */
const NARROWEST_PAGE = { always: 60, focused: 40 };

/**
 * Lays out the screen: title, page beside controls or a list, choices, search, question, status. What matters more is
 * given its rows first, and the page keeps three of eight or more.
 */
export function geometry(
  model: Pick<
    Model,
    | "columns"
    | "rows"
    | "offer"
    | "dialog"
    | "panel"
    | "find"
    | "focus"
    | "showControls"
    | "notice"
    | "file"
    | "xray"
  >,
): Geometry {
  const { columns, rows, offer } = model;
  const focused = model.focus === "controls";
  const beside = columns >= CONTROLS_WIDTH + (focused ? NARROWEST_PAGE.focused : NARROWEST_PAGE.always);
  const covered = hasPage(model.dialog);
  const wanted = !model.panel && (beside ? focused || model.showControls : focused && !covered);
  const controls = wanted ? (beside ? CONTROLS_WIDTH : columns) : 0;
  const third = Math.max(PANEL_WIDTH.least, Math.min(PANEL_WIDTH.most, Math.floor(columns / 3)));
  const panelWidth = model.panel?.kind === "palette" ? PALETTE_WIDTH : third;
  const panelBeside = columns >= panelWidth + NARROWEST_PAGE.focused;
  const width = columns - controls - (model.panel && panelBeside ? panelWidth : 0);

  const status = Math.max(1, Math.min(noticeRows(model).length, Math.floor(rows / 4)));
  const inner = Math.max(1, rows - 1 - status);
  let left = Math.max(0, inner - (rows >= 8 ? LEAST_PAGE : 1));
  const give = (wanted: number): number => {
    const given = Math.max(0, Math.min(wanted, left));
    left -= given;
    return given;
  };
  const asked = questionRows(model);
  const dialog = give(asked ? asked.question.length + asked.answers.length : 0);
  const find = give(model.find ? rowsOfFind(model.find, rows) : 0);
  const legend = give(model.xray && rows >= 8 ? 1 : 0);
  const panelBelow = give(model.panel && !panelBeside ? Math.max(LEAST_LIST, Math.floor(inner / 2)) : 0);
  const view = choicesView(offer, width, rows);
  const choices = view && left >= 2 ? give(1 + view.rows) : 0;
  const height = Math.max(1, inner - dialog - find - legend - panelBelow - choices);
  const least = width >= 24 ? MARGIN : 0;
  const textWidth = Math.max(4, Math.min(LONGEST_ROW, width - least - (width >= 44 ? MARGIN : 1)));
  return {
    page: { y: 1, width, height },
    margin: Math.max(least, Math.floor((width - textWidth) / 2)),
    textWidth,
    controls,
    panel: model.panel
      ? { width: panelBeside ? panelWidth : columns, height: panelBeside ? height + choices : panelBelow }
      : { width: 0, height: 0 },
    choices,
    dialog,
    find,
    legend,
    status,
    tooSmall: columns < SMALLEST.columns || rows < SMALLEST.rows,
  };
}

/** Rows that the page keeps on all but the smallest screens, and those of a list below it. */
const LEAST_PAGE = 3;
const LEAST_LIST = 8;

/** Rows of the search: one where there is hardly room, two, and some of what would be replaced. */
function rowsOfFind({ field, result }: NonNullable<Model["find"]>, rows: number): number {
  if (rows < 12) return 1;
  return field === "query" || rows < 18 ? 2 : 2 + Math.min(rows < 30 ? 3 : 5, result.matches.length);
}
