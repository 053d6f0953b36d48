import { wordRows } from "../foot.ts";
import type { Layout } from "../layout.ts";
import type { Model } from "../model.ts";
import { announcements, openingWords } from "./announcements.ts";
import { type CurrentLine, currentLine } from "./line.ts";

/** Tells the editor's state as lines, one after another, for people who hear the screen or read it with their fingers. */
export interface Reader {
  /** Tells what changed since the last call; the first call tells where one is. */
  tell(model: Model): void;
  /** Ends the last line. */
  end(): void;
}

/**
 * A reader that writes lines and never goes back over one: what there is to say stands above, and the last line is the
 * one on which the cursor stands, kept as a line editor keeps its own. Nothing else is painted, no colours, no boxes.
 *
 * @param write to the terminal
 */
export function createReader(layout: Layout, write: (text: string) => void): Reader {
  let before: Model | null = null;
  let shown: CurrentLine | null = null;

  function say(lines: readonly string[], columns: number): void {
    if (lines.length === 0) return;
    const rows = lines.flatMap((line) => wordRows(clean(line), Math.max(8, columns - 1)));
    write(`\r\x1b[K${rows.map((row) => `${row}\r\n`).join("")}`);
    shown = null;
  }

  function showLine(model: Model): void {
    const line = currentLine(model, layout);
    if (line.text === shown?.text && line.column === shown.column) return;
    // Typing at the line's end is only echoed.
    const grew =
      shown &&
      shown.column === shown.text.length &&
      line.text.startsWith(shown.text) &&
      line.column === line.text.length;
    if (grew && /^[\x20-\x7e]*$/u.test(line.text)) write(line.text.slice(shown?.text.length));
    else write(`\r\x1b[K${line.text}\r${line.column > 0 ? `\x1b[${line.column}C` : ""}`);
    shown = line;
  }

  return {
    tell(model) {
      say(before ? announcements(before, model) : openingWords(model), model.columns);
      before = model;
      showLine(model);
    },
    end: () => write("\r\n"),
  };
}

/** Text of stories and files may hold commands to the terminal; the dots between hints would be read out. */
function clean(text: string): string {
  return text.replaceAll(" · ", ", ").replaceAll(/\p{Cc}/gu, " ");
}
