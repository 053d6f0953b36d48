import type { Text } from "@codemirror/state";
import { currentDocument } from "../../story/history.ts";
import { selectionRange } from "../../story/selection.ts";
import { storyWords } from "../../story/spelling-range.ts";
import { hint } from "../bindings.ts";
import { geometry } from "../geometry.ts";
import type { Layout } from "../layout.ts";
import type { Model } from "../model.ts";
import { pageDisplay, shownDocument } from "../page.ts";
import { isMisspelled, isSpellingOn, NO_DICTIONARY, type Spelling, unasked } from "../spelling.ts";
import type { Checked, SpellingMessage } from "../spelling-effects.ts";
import { seenWords } from "../spelling-marks.ts";
import { closeFind } from "./find.ts";
import { closePanel, togglePanel } from "./panel.ts";
import { type Step, warn } from "./step.ts";

/** Words that are remembered; more are forgotten as a whole. */
const MOST_VERDICTS = 60_000;

/** To the next dictionary, and behind the last one to none. */
export function nextDictionary(model: Model): Step {
  const { dictionary, dictionaries } = model.spelling;
  const next = dictionaries[dictionaries.indexOf(dictionary) + 1] ?? NO_DICTIONARY;
  const text = next === NO_DICTIONARY ? "spelling is not checked" : `spelling: ${next}`;
  return [
    { ...model, spelling: withDictionary(model.spelling, next), notice: { kind: "info", text } },
    [{ type: "remember", key: "spelling", value: next }],
  ];
}

/** What comes of the spell checker's messages. */
export function receiveSpelling(model: Model, message: SpellingMessage, layout: Layout): Step {
  switch (message.type) {
    case "proofread":
      return proofread(model, layout);
    case "spelled":
      return message.dictionary === model.spelling.dictionary ? [learn(model, message), []] : [model, []];
    case "suggested":
      return message.dictionary === model.spelling.dictionary
        ? suggested(learn(model, message.checked), message)
        : [model, []];
    case "misspelling":
      return goToMisspelling(model, message);
    case "spellingFailed":
      return message.dictionary === model.spelling.dictionary
        ? warn(dismiss(model), message.text)
        : [model, []];
  }
}

/** Looks for the next misspelled word behind the cursor. */
export function seekMisspelling(model: Model): Step {
  if (!isSpellingOn(model.spelling)) return isOff(model);
  const { dictionary } = model.spelling;
  const { text } = currentDocument(model.tree);
  const ready = inStory(model);
  return [ready, [{ type: "seekMisspelling", dictionary, text, from: selectionRange(ready.selection).to }]];
}

/** Asks what could stand in place of the word at the cursor. */
export function askSuggestions(model: Model): Step {
  if (model.panel?.kind === "spelling") return togglePanel(model, "spelling");
  if (!isSpellingOn(model.spelling)) return isOff(model);
  const { text } = currentDocument(model.tree);
  const ready = inStory(model);
  const { from, to } = selectionRange(ready.selection);
  const word = storyWords(text, from, to).find((one) => one.from <= from && to <= one.to);
  if (!word) return noMisspelling(ready);
  return [ready, [{ type: "suggest", dictionary: model.spelling.dictionary, text, word }]];
}

/** Asks about the words on the page that nobody was asked about yet. */
function proofread(model: Model, layout: Layout): Step {
  const { spelling } = model;
  if (!isSpellingOn(spelling)) return [model, []];
  const { page, textWidth } = geometry(model);
  const display = pageDisplay(model);
  const rows = layout.visibleRows(display.text, model.top, textWidth, page.height);
  const seen = { from: rows[0]?.from ?? 0, to: rows.at(-1)?.to ?? 0 };
  const words = unasked(
    seenWords(model, { text: shownDocument(model).text, display, seen }),
    spelling.verdicts,
  );
  if (words.length === 0) return [model, []];
  return [model, [{ type: "spell", dictionary: spelling.dictionary, words }]];
}

function learn(model: Model, { verdicts, own, ignored }: Checked): Model {
  const known = model.spelling.verdicts.size < MOST_VERDICTS ? model.spelling.verdicts : [];
  return {
    ...model,
    spelling: { ...model.spelling, verdicts: new Map([...known, ...verdicts]), own, ignored },
  };
}

/** Opens the list of suggestions, if the writer is still where they were wanted. */
function suggested(model: Model, { found }: Extract<SpellingMessage, { type: "suggested" }>): Step {
  if (!isUndisturbed(model, found.text)) return [model, []];
  if (!isMisspelled(found.word, model.spelling)) return noMisspelling(model);
  const [opened, effects] = togglePanel(
    { ...model, spelling: { ...model.spelling, suggested: found } },
    "spelling",
  );
  return [{ ...opened, selection: rangeOf(found.word), goalColumn: null }, effects];
}

function goToMisspelling(model: Model, message: Extract<SpellingMessage, { type: "misspelling" }>): Step {
  const { text, found } = message;
  if (!isUndisturbed(model, text)) return [model, []];
  if (!found) return [{ ...model, notice: { kind: "info", text: "no word is misspelled" } }, []];
  return [{ ...model, selection: rangeOf(found), goalColumn: null, notice: null }, []];
}

/** Whether nothing has come between a question and its answer. */
function isUndisturbed({ tree, dialog, panel, find }: Model, text: Text): boolean {
  return currentDocument(tree).text === text && !dialog && !panel && !find;
}

function rangeOf({ from, to }: { readonly from: number; readonly to: number }): Model["selection"] {
  return { anchor: from, head: to };
}

/** Lists and the search are closed: what is looked for is in the story. */
function inStory(model: Model): Model {
  const [closed] = closePanel(model);
  return closeFind({ ...closed, focus: "story" })[0];
}

/** A dictionary that cannot be used is given up; the key that goes through them comes to it last. */
function dismiss(model: Model): Model {
  const { dictionary, dictionaries } = model.spelling;
  const others = dictionaries.filter((name) => name !== dictionary);
  return {
    ...model,
    spelling: { ...withDictionary(model.spelling, NO_DICTIONARY), dictionaries: [...others, dictionary] },
  };
}

/** Another dictionary knows nothing of what the one before said. */
function withDictionary(spelling: Spelling, dictionary: string): Spelling {
  return { ...spelling, dictionary, verdicts: new Map(), suggested: null };
}

function isOff(model: Model): Step {
  const text = `spelling is not checked: ${hint(model.keymap, "spelling")} turns it on`;
  return [{ ...model, notice: { kind: "info", text } }, []];
}

function noMisspelling(model: Model): Step {
  const text = `no misspelled word here: ${hint(model.keymap, "nextMisspelling")} goes to the next one`;
  return [{ ...model, notice: { kind: "info", text } }, []];
}
