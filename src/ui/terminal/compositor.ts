import type { PageStyle, Span } from "../rows.ts";
import { dress, eraseOn, type GroundSequences, NO_GROUND } from "./ground.ts";
import { createInkStreams } from "./ink-streams.ts";
import { EMPTY_ROW, firstDifference, type RowImage, rowImage, writeRow } from "./row-image.ts";
import { measure } from "./widths.ts";

/** The terminal's side: a stream such as `process.stdout`. */
export interface TerminalOutput {
  write(text: string): unknown;
  readonly writableNeedDrain: boolean;
  on(event: "drain", listener: () => void): unknown;
}

/** The page and the cursor, in cells of the screen. */
export interface PagePainting {
  /** Where the page is; null if the whole screen is Ink's. */
  readonly rect: {
    readonly x: 0;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } | null;
  /** The page's rows from the top; missing ones are blank. */
  readonly rows: readonly (readonly Span[])[];
  /** Where the terminal's cursor stands; null hides it. */
  readonly cursor: { readonly x: number; readonly y: number } | null;
}

/** The only one who writes to the terminal while the editor is open. */
export interface Compositor {
  /** For Ink's `render`, as `stdout`. */
  readonly inkOutput: NodeJS.WriteStream;
  /** For Ink's `render`, as `stdin`. */
  readonly inkInput: NodeJS.ReadStream;
  /** Shows a page, at once. */
  paint(painting: PagePainting): void;
  /** Takes the terminal's new size and tells Ink. */
  resize(columns: number, rows: number): void;
  /** Forgets what is on the screen: the next painting is a whole one. */
  invalidate(): void;
  /** Changes the looks of the page and paints it again. */
  restyle(sgr: (style: PageStyle) => string, ground?: GroundSequences): void;
  /** While true nothing is written. Set it before the terminal is restored: a late timer might still paint. */
  off: boolean;
}

/** What a row of the screen shows: the page up to `pageWidth`, Ink's drawing from there on. */
interface ScreenRow {
  readonly pageWidth: number;
  readonly page: RowImage;
  readonly chrome: string;
}

const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const RESET = "\x1b[0m";
/** Without autowrap a row that is too long cannot push the screen up. */
const NO_WRAP = `\x1b[?7l${RESET}`;
const CLEARED: ScreenRow = { pageWidth: 0, page: EMPTY_ROW, chrome: "" };

/**
 * A compositor over a terminal of so many cells.
 *
 * Ink draws the panes: its frames come in whole, and a row is written again where it changed. The page is painted
 * here, each row from its first changed cell. A row in which Ink drew something over the page is Ink's. Every frame is
 * one write inside a synchronised update (DEC 2026) and leaves the real cursor in its place. Frames that a stalled
 * terminal would not take are dropped, and the last one is painted when it has caught up.
 *
 * @param options.sgr the escape sequence of a style, see `pageSgr`
 * @param options.ground what is painted under everything; the terminal's own if not given
 */
export function createCompositor(options: {
  readonly output: TerminalOutput;
  readonly columns: number;
  readonly rows: number;
  readonly sgr: (style: PageStyle) => string;
  readonly ground?: GroundSequences;
}): Compositor {
  const { output } = options;
  let { columns, rows, sgr, ground = NO_GROUND } = options;
  let frame: readonly string[] = [];
  let painting: PagePainting = { rect: null, rows: [], cursor: null };
  /** What the terminal shows; null if that is unknown. */
  let shown: ScreenRow[] | null = null;
  let cursorSequence = "";
  let off = false;
  let scheduled = false;
  let dropped = false;

  const ink = createInkStreams(columns, rows, (text) => {
    frame = text.split("\n");
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      flush();
    });
  });

  /** What a row of the screen shall show. */
  function wanted(y: number): ScreenRow {
    const line = frame[y] ?? "";
    const { rect } = painting;
    if (!rect || y < rect.y || y >= rect.y + rect.height)
      return { pageWidth: 0, page: EMPTY_ROW, chrome: line };
    const pageWidth = Math.min(rect.width, columns);
    if (line.slice(0, pageWidth).trim() !== "") return { pageWidth: 0, page: EMPTY_ROW, chrome: line };
    return {
      pageWidth,
      page: rowImage(painting.rows[y - rect.y] ?? [], pageWidth),
      chrome: pageWidth < columns ? line.slice(pageWidth) : "",
    };
  }

  function rowUpdate(y: number, old: ScreenRow, next: ScreenRow): string {
    let update = "";
    let page = old.page;
    if (old.pageWidth !== next.pageWidth) {
      if (old !== CLEARED) update += moveTo(0, y) + eraseOn(ground, "\x1b[K");
      page = EMPTY_ROW;
    }
    if (old.chrome !== next.chrome || (old.pageWidth !== next.pageWidth && next.chrome !== "")) {
      update += moveTo(next.pageWidth, y);
      if (old !== CLEARED) update += eraseOn(ground, "\x1b[K");
      if (next.chrome !== "") update += dress(ground, next.chrome);
    }
    const from = firstDifference(page, next.page);
    if (from === null) return update;
    update += moveTo(measure(next.page.text.slice(0, from)), y) + writeRow(next.page, from, sgr);
    if (page.cells > next.page.cells) update += eraseOn(ground, `\x1b[${page.cells - next.page.cells}X`);
    return update;
  }

  function flush(): void {
    if (off) return;
    if (output.writableNeedDrain) {
      dropped = true;
      return;
    }
    let body = shown ? "" : NO_WRAP + eraseOn(ground, "\x1b[2J");
    const before = shown ?? [];
    const after: ScreenRow[] = [];
    for (let y = 0; y < rows; y++) {
      const next = wanted(y);
      body += rowUpdate(y, before[y] ?? CLEARED, next);
      after.push(next);
    }
    shown = after;
    const { cursor } = painting;
    const nextCursor = cursor
      ? moveTo(Math.min(cursor.x, columns - 1), Math.min(cursor.y, rows - 1)) + SHOW_CURSOR
      : HIDE_CURSOR;
    if (body !== "") output.write(`${BEGIN}${HIDE_CURSOR}${body}${cursor ? nextCursor : ""}${END}`);
    else if (nextCursor !== cursorSequence) output.write(nextCursor);
    cursorSequence = nextCursor;
  }

  output.on("drain", () => {
    if (!dropped) return;
    dropped = false;
    flush();
  });

  return {
    inkOutput: ink.output,
    inkInput: ink.input,
    paint(next) {
      painting = next;
      flush();
    },
    resize(newColumns, newRows) {
      columns = newColumns;
      rows = newRows;
      shown = null;
      ink.resize(columns, rows);
    },
    invalidate() {
      shown = null;
    },
    restyle(next, nextGround = NO_GROUND) {
      sgr = next;
      ground = nextGround;
      shown = null;
      flush();
    },
    get off() {
      return off;
    },
    set off(value) {
      off = value;
    },
  };
}

function moveTo(x: number, y: number): string {
  return `\x1b[${y + 1};${x + 1}H`;
}
