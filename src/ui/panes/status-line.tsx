import { Box, Text } from "ink";
import type { ModelCard } from "../../engine/types.ts";
import { countStoryWords, countWordsBetween } from "../../story/counts.ts";
import { wordsOfDay } from "../../story/day.ts";
import { headingAt } from "../../story/headings.ts";
import { currentDocument } from "../../story/history.ts";
import { selectionRange } from "../../story/selection.ts";
import { hint, type Keymap } from "../bindings.ts";
import { CONTROLS, controlDescription } from "../controls.ts";
import { fitting } from "../fitting.ts";
import { noticeRows } from "../foot.ts";
import { geometry } from "../geometry.ts";
import { controlsView } from "../input-cursor.ts";
import type { CommandName } from "../keymap.ts";
import type { Model } from "../model.ts";
import { remainingText } from "../offer.ts";
import { PANELS } from "../panels/panels.ts";
import { isSpellingOn } from "../spelling.ts";
import { describeKeys } from "../terminal/keys.ts";
import { measure } from "../terminal/widths.ts";
import { inkStyle, type Theme } from "../theme.ts";
import { Pulse } from "./pulse.tsx";

/** The last row, or rows: what is going on, and words, model and speed at the right. */
export function StatusLine(props: { readonly model: Model; readonly theme: Theme; readonly height: number }) {
  const { model, theme, height } = props;
  const { notice, columns } = model;
  const news = noticeRows(model).slice(0, height);
  const facts = statusFacts(model);
  // All hints but the first give way to the number of words; news do not.
  const [first = "", ...others] = activity(model).split(" · ");
  const hints = fitting([first, ...others], columns - measure(facts[0] ?? "") - 4) || first;
  const rows = news.length > 0 ? news : [hints];
  const last = rows.at(-1) ?? "";
  const right = fitting(facts, columns - measure(last) - 4);
  const look = inkStyle(theme, notice?.kind === "warning" ? "warning" : "status");
  return (
    <Box flexDirection="column" width={columns} height={height}>
      {rows.slice(0, -1).map((row) => (
        <Text key={row} wrap="truncate" {...look}>{` ${row}`}</Text>
      ))}
      <Box height={1} width={columns} justifyContent="space-between">
        <Text wrap="truncate" {...look}>
          <Pulse busy={isBusy(model)} still={model.reducedMotion} />
          {last}
        </Text>
        <Box flexShrink={0} marginLeft={right === "" ? 0 : 2}>
          <Text {...inkStyle(theme, "label")}>{right === "" ? "" : `${right} `}</Text>
        </Box>
      </Box>
    </Box>
  );
}

/** Whether something is under way that may take a while. */
function isBusy({ offer, engine, saving }: Model): boolean {
  return saving || engine.status === "loading" || (offer?.running ?? null) !== null;
}

/** Words, model, speed: what the right of the status line says, most wanted first. */
export function statusFacts(model: Model): readonly string[] {
  const { text } = currentDocument(model.tree);
  const { from, to } = selectionRange(model.selection);
  const words = countStoryWords(text);
  const selected = from < to ? `${counted(countWordsBetween(text, from, to))} selected of ` : "";
  const today = wordsOfDay(model.today, words);
  const chapter = headingAt(text, model.selection.head);
  const { card, tokensPerSecond, status } = model.engine;
  const { pulling } = model.library;
  const name = card ? modelWords(card) : status === "loading" ? "loading the model…" : "no model";
  return [
    selected === "" ? counted(words) : `${selected}${words.toLocaleString("en")}`,
    name,
    ...(pulling ? [`fetching ${pulling.name}: ${pulling.text}`] : []),
    ...(today > 0 ? [`${today.toLocaleString("en")} today`] : []),
    ...(chapter ? [`${chapter.words.toLocaleString("en")} in this chapter`] : []),
    ...(tokensPerSecond === null ? [] : [`${Math.round(tokensPerSecond)} tok/s`]),
  ];
}

/** A model that runs elsewhere is told with where that is: the story goes there. */
function modelWords({ name, remote }: ModelCard): string {
  return remote === undefined ? name : `${name} on ${remote}`;
}

/** What the engine does until it is ready: `loading the model…`, or what it tells of it. */
function loadingWords({ engine }: Model): string {
  return engine.doing ?? "loading the model…";
}

/** Ways of showing the page that are on: `focus: sentence`, `typewriter`, `spelling: en`. */
function ways({ focusMode, typewriter, spelling }: Model): readonly string[] {
  return [
    ...(focusMode === "off" ? [] : [`focus: ${focusMode}`]),
    ...(typewriter ? ["typewriter"] : []),
    ...(isSpellingOn(spelling) ? [`spelling: ${spelling.dictionary}`] : []),
  ];
}

function counted(words: number): string {
  return `${words.toLocaleString("en")} ${words === 1 ? "word" : "words"}`;
}

/** What the control does, where the pane has no room to say it, and the keys. */
function controlHints(model: Model): string {
  const { page, choices } = geometry(model);
  const current = CONTROLS[model.control];
  const { explained } = controlsView(page.height + choices, model.control);
  const keys = `↑↓ choose · ←→ change · ${hint(model.keymap, "leaveControls")} back`;
  return explained || !current ? keys : `${controlDescription(current)} · ${keys}`;
}

/** A question tells its answers itself. */
function dialogHints({ kind }: NonNullable<Model["dialog"]>, keymap: Keymap): string {
  if (kind === "context") return `↑↓ scroll · ${hint(keymap, "context")} back to the story`;
  if (kind === "limits") return "↑↓ scroll · Esc back to the story";
  if (kind === "takes") return "↑↓ scroll · Esc back to the takes";
  if (kind === "help") return `↑↓ scroll · ${hint(keymap, "help")} back to the story`;
  return kind === "welcome" ? "any key begins" : "answer with a key";
}

/** What is going on and what the next key would do. */
export function activity(model: Model): string {
  const { offer, keymap, pendingKeys, vim, marking, engine } = model;
  const key = (name: CommandName): string => hint(keymap, name);
  if (model.dialog) return dialogHints(model.dialog, keymap);
  if (pendingKeys.length > 0) return `${describeKeys(pendingKeys.join(" "))} …`;
  if (marking) return `selecting · ${key("mark")} end`;
  if (model.find) {
    const other = model.find.field === "query" ? "replace" : "find";
    return [
      `${key("findGo")} next`,
      `${key("findGoBack")} before`,
      `${key("findField")} ${other}`,
      `${key("findClose")} close`,
    ].join(" · ");
  }
  if (model.panel)
    return (
      PANELS[model.panel.kind].hints?.(model) ??
      `↑↓ choose · ${key("panelTake")} ${PANELS[model.panel.kind].verb} · ${key("panelClose")} back`
    );
  if (!offer) {
    if (model.focus === "controls") return controlHints(model);
    const mode = vim ? `${vim.mode.toUpperCase()}${vim.pending === "" ? "" : ` ${vim.pending}`} · ` : "";
    if (engine.status === "loading" && engine.doing !== undefined) return mode + engine.doing;
    return [`${mode}${key("continue")} continue`, `${key("rewrite")} rewrite`, ...ways(model)].join(" · ");
  }
  const stop = `${key("dismiss")} stop`;
  if (offer.running) {
    if (!offer.running.started)
      return model.engine.status === "loading" ? `${loadingWords(model)} · ${stop}` : `reading… · ${stop}`;
    if (offer.progress) return `${offer.progress.label} ${Math.round(offer.progress.done * 100)} % · ${stop}`;
    return `writing… ${offer.running.tokens} tokens · ${key("accept")} accept · ${stop}`;
  }
  if (remainingText(offer) === "") return `nothing left on offer · ${key("dismiss")}`;
  const word = offer.task === "continue" ? ` · ${key("acceptWord")} a word` : "";
  return `${key("accept")} accept${word} · ${key("nextChoice")} another · ${key("dismiss")} dismiss`;
}
