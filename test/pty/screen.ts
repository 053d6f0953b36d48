import { type IBufferCell, Terminal } from "@xterm/headless";

// The addon reads its tables at the start of a Buffer's memory, so it must not get a Buffer from Node's shared pool.
const { poolSize } = Buffer;
Buffer.poolSize = 0;
const { UnicodeGraphemesAddon } = await import("@xterm/addon-unicode-graphemes");
Buffer.poolSize = poolSize;

/** How one cell of the screen looks. */
export interface CellLook {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  /** `#rrggbb`, a palette index, or null for the terminal's own. */
  readonly colour: string | number | null;
  readonly background: string | number | null;
}

/** A real terminal emulator without a window. */
export interface Screen {
  /** Feeds what a program wrote; resolves when it is on the screen. */
  write(data: string | Uint8Array): Promise<void>;
  /** The rows, without blanks at their ends. */
  rows(): string[];
  /** The characters of one cell; empty in the second cell of a wide character. */
  cell(x: number, y: number): string;
  look(x: number, y: number): CellLook;
  cursor(): { readonly x: number; readonly y: number };
  /** The first place of a text, or null. */
  find(text: string): { readonly x: number; readonly y: number } | null;
  isAlternate(): boolean;
  resize(columns: number, rows: number): void;
  onReply(listener: (data: string) => void): void;
  close(): void;
}

/** A screen of so many cells, with grapheme clusters. */
export function createScreen(columns: number, rows: number): Screen {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
  // The types of the addon name the browser's terminal; both have what it needs.
  terminal.loadAddon(new UnicodeGraphemesAddon() as unknown as Parameters<Terminal["loadAddon"]>[0]);
  terminal.unicode.activeVersion = "15-graphemes";

  function cellAt(x: number, y: number): IBufferCell {
    const buffer = terminal.buffer.active;
    const cell = buffer.getLine(buffer.viewportY + y)?.getCell(x);
    if (!cell)
      throw new RangeError(`no cell (${x}, ${y}) on a screen of ${terminal.cols} by ${terminal.rows}`);
    return cell;
  }

  function row(y: number): string {
    const buffer = terminal.buffer.active;
    return buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? "";
  }

  return {
    write: (data) => new Promise((resolve) => terminal.write(data, resolve)),
    rows: () => Array.from({ length: terminal.rows }, (_, y) => row(y)),
    cell: (x, y) => cellAt(x, y).getChars(),
    look(x, y) {
      const cell = cellAt(x, y);
      return {
        bold: cell.isBold() !== 0,
        dim: cell.isDim() !== 0,
        italic: cell.isItalic() !== 0,
        underline: cell.isUnderline() !== 0,
        inverse: cell.isInverse() !== 0,
        colour: colourOf(cell.getFgColor(), cell.isFgRGB(), cell.isFgDefault()),
        background: colourOf(cell.getBgColor(), cell.isBgRGB(), cell.isBgDefault()),
      };
    },
    cursor: () => ({ x: terminal.buffer.active.cursorX, y: terminal.buffer.active.cursorY }),
    find(text) {
      for (let y = 0; y < terminal.rows; y++) {
        const at = row(y).indexOf(text);
        if (at < 0) continue;
        // Wide characters take two cells, so count cells until their text reaches the place.
        let length = 0;
        let x = 0;
        while (length < at)
          length += (cellAt(x++, y).getChars() || (cellAt(x - 1, y).getWidth() ? " " : "")).length;
        return { x, y };
      }
      return null;
    },
    isAlternate: () => terminal.buffer.active.type === "alternate",
    resize: (newColumns, newRows) => terminal.resize(newColumns, newRows),
    onReply: (listener) => void terminal.onData(listener),
    close: () => terminal.dispose(),
  };
}

function colourOf(value: number, isRgb: boolean, isDefault: boolean): string | number | null {
  if (isDefault) return null;
  return isRgb ? `#${value.toString(16).padStart(6, "0")}` : value;
}
