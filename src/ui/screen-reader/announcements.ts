import type { PromptView } from "../../engine/types.ts";
import { countWords } from "../../story/counts.ts";
import { headingAt } from "../../story/headings.ts";
import { currentDocument } from "../../story/history.ts";
import { selectionRange } from "../../story/selection.ts";
import { hint } from "../bindings.ts";
import { contextRows } from "../context-view.ts";
import { CONTROLS, controlLabel, controlValue } from "../controls.ts";
import { dialogWords } from "../dialog-words.ts";
import { helpLines } from "../help.ts";
import type { Model } from "../model.ts";
import { remainingText } from "../offer.ts";
import { PANELS } from "../panels/panels.ts";
import { comparedWords } from "../takes-compare.ts";
import { welcomeLines } from "../welcome.ts";
import { changeNews, oneLine, quoted } from "./change-news.ts";
import { findNews } from "./find-news.ts";
import { takeNews } from "./take-news.ts";

/** What there is to say when the story is opened. */
export function openingWords(model: Model): readonly string[] {
  const { keymap, file } = model;
  const { text } = currentDocument(model.tree);
  const words = countWords(text.toString());
  const welcome = model.dialog?.kind === "welcome" ? welcomeWords(model) : [];
  const key = (name: Parameters<typeof hint>[1]): string => hint(keymap, name);
  return [
    ...welcome,
    `${file.path}: ${words.toLocaleString("en")} words, ${text.lines} paragraphs.`,
    `${key("continue")} asks the model to continue, ${key("help")} reads the keys, ${key("palette")} finds a command, ${key("quit")} saves and leaves.`,
    paragraphWords(model, null),
  ];
}

/** What changed from one model to the next, in words, in the order of its weight; nothing for what is merely typed. */
export function announcements(before: Model, after: Model): readonly string[] {
  return [
    ...dialogNews(before, after),
    ...panelNews(before, after),
    ...takeNews(before, after),
    ...findNews(before, after),
    ...offerNews(before, after),
    ...changeNews(before, after),
    ...selectionNews(before, after),
    ...controlNews(before, after),
    ...(after.notice && after.notice !== before.notice
      ? [`${after.notice.kind === "warning" ? "Warning: " : ""}${after.notice.text}`]
      : []),
    ...(before.saving && !after.saving && after.file.savedText !== before.file.savedText ? ["Saved."] : []),
    ...engineNews(before.engine, after.engine),
    ...(paragraphOf(after) !== paragraphOf(before) ? [paragraphWords(after, before)] : []),
  ];
}

/**
 * Where the cursor is, and what stands there: `Chapter “Two”, 120 words, paragraph 3 of 5. It was late.` Of the chapter
 * is told only where it is another than before; of a paragraph that has one row nothing, since that row is the line of
 * the cursor.
 */
function paragraphWords(model: Model, before: Model | null): string {
  const { text } = currentDocument(model.tree);
  const { head } = model.selection;
  const chapter = headingAt(text, head);
  const old = before && headingAt(currentDocument(before.tree).text, before.selection.head);
  const line = text.lineAt(head);
  const count = `${line.number} of ${text.lines}`;
  const place =
    chapter && chapter.title !== old?.title
      ? `Chapter “${chapter.title}”, ${chapter.words.toLocaleString("en")} words, paragraph ${count}`
      : `Paragraph ${count}`;
  if (line.text.trim() === "") return `${place}, empty.`;
  return line.length < model.columns ? `${place}.` : `${place}. ${quoted(text, line.from, line.to)}`;
}

/** What the engine does, without each of its per cents. */
function engineNews(old: Model["engine"], now: Model["engine"]): readonly string[] {
  if (old.status === "loading" && now.status === "ready")
    return [`The model ${now.card?.name ?? ""} is ready.`];
  if (now.doing === undefined || now.doing === old.doing) return [];
  const quarter = (doing = ""): string =>
    doing.replace(/\d+(?= ?%)/u, (done) => String(Math.floor(Number(done) / 25)));
  return quarter(now.doing) === quarter(old.doing) ? [] : [`${now.doing}.`];
}

function welcomeWords(model: Model): readonly string[] {
  return welcomeLines(model).flatMap((line) =>
    "key" in line ? [`${line.key}: ${line.does}.`] : line.words === "" ? [] : [line.words],
  );
}

function paragraphOf(model: Model): number {
  const { text } = currentDocument(model.tree);
  return text.lineAt(Math.min(text.length, model.selection.head)).number;
}

function dialogNews(before: Model, after: Model): readonly string[] {
  const { dialog } = after;
  if (!dialog || dialog === before.dialog) return before.dialog && !dialog ? ["Back in the story."] : [];
  if (dialog.kind === "welcome") return welcomeWords(after);
  if (dialog.kind === "help") {
    const { query } = dialog;
    if (before.dialog?.kind === "help" && before.dialog.query === query) return [];
    const told = helpLines(after.keymap, query).flatMap((line) => ("keys" in line ? line.title : []));
    const lines = after.keymap.commands.filter(({ keys, title }) => keys.length > 0 && told.includes(title));
    if (query !== "" && lines.length === 0) return ["No key does that."];
    return [
      ...lines.map((command) => `${hint(after.keymap, command.name)}: ${command.title}.`),
      "Esc goes back.",
    ];
  }
  if (dialog.kind === "context") return contextNews(dialog.view);
  if (dialog.kind === "limits") {
    if (before.dialog?.kind === "limits") return [];
    return [`What the makers of ${dialog.name} say of its limits: ${dialog.text}`, "Esc goes back."];
  }
  if (dialog.kind === "takes") return before.dialog?.kind === "takes" ? [] : comparedWords(dialog);
  if (dialog.kind === "saveAs" && before.dialog?.kind === "saveAs") return [];
  const { question, answers } = dialogWords(dialog, after.file.path);
  return [`${question} ${answers}.`];
}

/** The parts of what the model sees; of the story only how much. */
function contextNews(view: PromptView | null): readonly string[] {
  if (view === null) return ["The model is asked what it sees."];
  const rows = contextRows(view, Number.MAX_SAFE_INTEGER);
  const told = rows.filter(({ heading, style }) => heading || style !== "text").map(({ text }) => text);
  return [...told.filter((text) => text.trim() !== ""), "Esc goes back."];
}

function panelNews(before: Model, after: Model): readonly string[] {
  const { panel } = after;
  if (!panel) return before.panel ? ["List closed."] : [];
  const kind = PANELS[panel.kind];
  const same = before.panel?.kind === panel.kind;
  const lines = kind.lines(after, panel.query);
  const stays =
    same && before.panel?.chosen === panel.chosen && (before.panel.query === panel.query || !kind.searchable);
  // What the engine tells comes later than the list.
  const filled = stays && lines.length > 0 && kind.lines(before, panel.query).length === 0;
  if (stays && !filled) return [];
  const line = lines[panel.chosen];
  const branch = line?.prefix?.includes("│") ? ", on a branch" : "";
  const facts = line
    ? `${line.detail ? `, ${line.detail}` : ""}${branch}${line.current ? ", the present one" : ""}`
    : "";
  const here = line ? `${panel.chosen + 1} of ${lines.length}: ${line.text}${facts}.` : `${kind.nothing}.`;
  const opened = `${kind.title}. ${hint(after.keymap, "panelTake")} ${kind.verb}, ${hint(after.keymap, "panelClose")} back.`;
  return same ? [here] : [opened, here];
}

/** What streams in is told by sentences, and by what is left when it ends. */
function offerNews(before: Model, after: Model): readonly string[] {
  const [old, now] = [before.offer, after.offer];
  const { keymap } = after;
  if (!now) {
    if (!old) return [];
    const taken = after.tree !== before.tree;
    return [taken ? `Accepted: ${oneLine(remainingText(old))}` : "Dismissed."];
  }
  if (!old) return [now.task === "rewrite" ? "Looking for other words…" : "Writing…"];
  if (now.taken > old.taken)
    return [`Accepted: ${oneLine(remainingText(old).slice(0, now.taken - old.taken))}`];
  const [was, is] = [remainingText(old), remainingText(now)];
  const ended = old.running !== null && now.running === null;
  const keys = `${hint(keymap, "accept")} accepts, ${hint(keymap, "nextChoice")} another, ${hint(keymap, "dismiss")} dismisses.`;
  if (now.shown !== old.shown || now.task === "rewrite") {
    const changed = now.shown !== old.shown || ended;
    return changed && is !== ""
      ? [`Choice ${now.shown + 1} of ${now.choices.length}: ${oneLine(is)} ${keys}`]
      : [];
  }
  const told = toldLength(was);
  const tellable = ended ? is.length : toldLength(is);
  const news = oneLine(is.slice(told, tellable));
  return [...(news === "" ? [] : [`Offer: ${news}`]), ...(ended ? [`The offer is complete. ${keys}`] : [])];
}

/** How much of a growing offer has been told: its whole sentences. */
function toldLength(text: string): number {
  const ends = [...text.matchAll(/[.!?…]+["”’'»)]*(?=\s)|\n/gu)];
  const last = ends.at(-1);
  return last ? last.index + last[0].length : 0;
}

function selectionNews(before: Model, after: Model): readonly string[] {
  if (after.selection === before.selection || after.offer !== before.offer || after.panel) return [];
  // What a list selected to show it was not the writer's.
  const was = selectionRange(before.panel?.back.selection ?? before.selection);
  const is = selectionRange(after.selection);
  if (is.from === is.to)
    return was.from === was.to || after.tree !== before.tree ? [] : ["Nothing selected."];
  return [`Selected: ${quoted(currentDocument(after.tree).text, is.from, is.to)}`];
}

function controlNews(before: Model, after: Model): readonly string[] {
  if (after.focus !== "controls") return before.focus === "controls" ? ["Back in the story."] : [];
  const control = CONTROLS[after.control];
  if (!control) return [];
  const value = `${controlLabel(control)}: ${controlValue(control, after)}`;
  if (before.focus !== "controls") return [`Controls. Up and down choose, left and right change. ${value}.`];
  const same =
    before.control === after.control && controlValue(control, before) === controlValue(control, after);
  return same ? [] : [`${value}.`];
}
