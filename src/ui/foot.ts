import { dialogWords } from "./dialog-words.ts";
import { hasPage, type Model } from "./model.ts";
import { wrap } from "./terminal/wrap.ts";

/** Most rows of a line of news: longer ones are cut off. */
const NOTICE_ROWS = 3;

/** A screen so wide has room for the number of words beside all news. */
const ROOMY = 60;
const COUNT_CELLS = 16;

/** Words in rows of at most `width` cells. */
export function wordRows(words: string, width: number): readonly string[] {
  const starts = wrap(words, Math.max(1, width));
  return starts.map((start, row) => words.slice(start, starts[row + 1]).trimEnd());
}

/** A line of news as rows of the screen; none where there is none. */
export function noticeRows({ notice, columns }: Pick<Model, "notice" | "columns">): readonly string[] {
  if (!notice) return [];
  const words = `${notice.kind === "warning" ? "! " : ""}${notice.text}`;
  const rows = wordRows(words, columns - 2 - (columns >= ROOMY ? COUNT_CELLS : 0));
  if (rows.length <= NOTICE_ROWS) return rows;
  const last = rows[NOTICE_ROWS - 1] ?? "";
  return [...rows.slice(0, NOTICE_ROWS - 1), `${last.slice(0, Math.max(0, columns - 3))}…`];
}

/** A question at the foot of the screen, and its answers, as rows of it. */
export interface QuestionRows {
  readonly question: readonly string[];
  readonly answers: readonly string[];
}

/** The open question; null without one, or where it has the page. What is typed keeps to one row. */
export function questionRows({ dialog, file, columns }: Pick<Model, "dialog" | "file" | "columns">) {
  if (!dialog || hasPage(dialog)) return null;
  const { question, answers } = dialogWords(dialog, file.path);
  const rows: QuestionRows = {
    question: dialog.kind === "saveAs" ? [question] : wordRows(question, columns - 2),
    answers: wordRows(answers, columns - 2),
  };
  return rows;
}
