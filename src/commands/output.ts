import { once } from "node:events";
import { errorCode } from "../errors.ts";
import { type CommandContext, isPipeBroken } from "./context.ts";

/**
 * Writes to stdout and waits while its reader is behind; an interruption ends the waiting. On a terminal, control
 * characters other than tab and newline are made visible, since stories and models can hold any escape sequence.
 */
export async function writeOut(context: CommandContext, text: string): Promise<void> {
  if (text === "" || isPipeBroken(context.interrupted)) return;
  if (context.stdout.write(context.stdout.isTTY ? visible(text) : text)) return;
  if (context.interrupted.aborted) return;
  try {
    await once(context.stdout, "drain", { signal: context.interrupted });
  } catch (error) {
    if (!context.interrupted.aborted && errorCode(error) !== "EPIPE") throw error;
  }
}

/** Writes one value as indented JSON. */
export function writeJson(context: CommandContext, value: unknown): Promise<void> {
  return writeOut(context, `${JSON.stringify(value, null, 2)}\n`);
}

/** Tells the user something on stderr, as a line of its own. */
export function notice(context: CommandContext, text: string): void {
  context.stderr.write(`inkwright: ${visible(text)}\n`);
}

/** Shows on a terminal what the model is doing, on one line that {@link Progress.clear} removes. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

/** A progress line on stderr; silent where stderr is no terminal. */
export function progress(context: CommandContext): Progress {
  let shown = false;
  return {
    show(text) {
      if (!context.stderr.isTTY) return;
      const width = Math.max(10, (context.stderr.columns || 80) - 1);
      context.stderr.write(`\r\x1b[K${visible(text).slice(0, width)}`);
      shown = true;
    },
    clear() {
      if (shown) context.stderr.write("\r\x1b[K");
      shown = false;
    },
  };
}

/** `text` with every control character but tab and newline as U+FFFD. */
export function visible(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "\ufffd");
}

/** A column of {@link table}. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: "right";
}

/** Rows under their titles, two spaces between columns, no spaces at the ends of lines. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((c) => c.value(row))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = row[index] ?? "";
        return align === "right" ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0);
      })
      .join("  ")
      .trimEnd();
  return `${cells.map(line).join("\n")}\n`;
}

/** One line of at most `length` characters that begins like `text`. */
export function excerpt(text: string, length: number): string {
  const line = visible(text.replace(/\s+/g, " ").trim());
  const characters = [...line];
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join("")}…`;
}
