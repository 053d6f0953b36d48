import { Box, Text } from "ink";
import { countStoryWords, countWordsBetween } from "../../story/counts.ts";
import { wordsOfDay } from "../../story/day.ts";
import { headingAt } from "../../story/headings.ts";
import { currentDocument } from "../../story/history.ts";
import { selectionRange } from "../../story/selection.ts";
import { describeKeys, hint } from "../bindings.ts";
import type { CommandName } from "../keymap.ts";
import type { Model } from "../model.ts";
import { remainingText } from "../offer.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** The last row: what is going on, and words, model and speed at the right. */
export function StatusLine({ model, theme }: { readonly model: Model; readonly theme: Theme }) {
  const { notice, columns } = model;
  const right = fitting(statusFacts(model), columns);
  return (
    <Box height={1} width={columns} justifyContent="space-between">
      <Text wrap="truncate" {...inkStyle(theme, notice?.kind === "warning" ? "warning" : "status")}>
        {` ${notice?.kind === "warning" ? "! " : ""}${notice?.text ?? activity(model)}`}
      </Text>
      <Box flexShrink={0} marginLeft={2}>
        <Text {...inkStyle(theme, "label")}>{`${right} `}</Text>
      </Box>
    </Box>
  );
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
  const name = card ? card.name : status === "loading" ? "loading the model…" : "no model";
  return [
    selected === "" ? counted(words) : `${selected}${words.toLocaleString("en")}`,
    name,
    ...(today > 0 ? [`${today.toLocaleString("en")} today`] : []),
    ...(chapter ? [`${chapter.words.toLocaleString("en")} in this chapter`] : []),
    ...(tokensPerSecond === null ? [] : [`${Math.round(tokensPerSecond)} tok/s`]),
  ];
}

/** Ways of showing the page that are on: `focus: sentence`, `typewriter`. */
function ways({ focusMode, typewriter }: Model): readonly string[] {
  return [...(focusMode === "off" ? [] : [`focus: ${focusMode}`]), ...(typewriter ? ["typewriter"] : [])];
}

/** As many of the facts as leave half of the row to what is going on; one at least. */
function fitting(facts: readonly string[], columns: number): string {
  let right = facts[0] ?? "";
  for (const fact of facts.slice(1)) {
    if (right.length + fact.length + 3 > columns / 2) break;
    right += ` · ${fact}`;
  }
  return right;
}

function counted(words: number): string {
  return `${words.toLocaleString("en")} ${words === 1 ? "word" : "words"}`;
}

/** What is going on and what the next key would do. */
export function activity(model: Model): string {
  const { offer, keymap, pendingKeys, vim, marking } = model;
  const key = (name: CommandName): string => hint(keymap, name);
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
  if (!offer) {
    if (model.focus === "controls") return `↑↓ choose · ←→ change · ${key("leaveControls")} back`;
    const mode = vim ? `${vim.mode.toUpperCase()}${vim.pending === "" ? "" : ` ${vim.pending}`} · ` : "";
    return [`${mode}${key("continue")} continue`, `${key("rewrite")} rewrite`, ...ways(model)].join(" · ");
  }
  const stop = `${key("dismiss")} stop`;
  if (offer.running) {
    if (!offer.running.started)
      return model.engine.status === "loading" ? `loading the model… · ${stop}` : `reading… · ${stop}`;
    if (offer.progress) return `${offer.progress.label} ${Math.round(offer.progress.done * 100)} % · ${stop}`;
    return `writing… ${offer.running.tokens} tokens · ${key("accept")} accept · ${stop}`;
  }
  if (remainingText(offer) === "") return `nothing left on offer · ${key("dismiss")}`;
  const word = offer.task === "continue" ? ` · ${key("acceptWord")} a word` : "";
  return `${key("accept")} accept${word} · ${key("nextChoice")} another · ${key("dismiss")} dismiss`;
}
