import type { SamplingSettings } from "../../engine/settings.ts";
import type { GenerationRequest } from "../../engine/types.ts";
import { replaceRange } from "../../story/edit.ts";
import { bodyStart } from "../../story/front-matter.ts";
import { currentDocument } from "../../story/history.ts";
import type { GenerationId } from "../../story/passages.ts";
import { blanksAfter, continuePrompt, rewritePrompt, storySteering } from "../../story/prompt.ts";
import { selectionRange } from "../../story/selection.ts";
import { sentenceAt } from "../../story/sentence.ts";
import { type StyleTemplate, styled } from "../../story/template.ts";
import type { Model } from "../model.ts";
import { emptyOffer, jointAt, nextOfferedWord, type Offer, remainingText } from "../offer.ts";
import { checkOf, choiceNews } from "./choice-news.ts";
import { dropOffer, outcomes, stopRunning, withoutOffer } from "./drop.ts";
import { changeStory } from "./edit.ts";
import { andThen, type Step, warn } from "./step.ts";

/** Candidates that a rewrite offers. */
export const REWRITE_CHOICES = 3;

/** How many choices a continuation is asked for: greedy ones would all be the same. */
export function choicesOf({ choices, settings }: Pick<Model, "choices" | "settings">): number {
  return settings.greedy ? 1 : choices;
}

/** Asks the model to go on at the cursor. */
export function proposeContinuation(model: Model, id: GenerationId, at: number): Step {
  return proposeAt(model, selectionRange(model.selection).to, id, at);
}

function proposeAt(model: Model, place: number, id: GenerationId, at: number): Step {
  const { text } = currentDocument(model.tree);
  return andThen(dropOffer(model, at), (next) =>
    ask({ ...next, offer: emptyOffer("continue", place, place, jointAt(text, place)) }, id, choicesOf(model)),
  );
}

/**
 * Asks the model to go on at a place from a beginning, which is offered with what it writes; up to `to`, in the stead of
 * what stands there.
 */
export function proposeFrom(
  model: Model,
  place: number,
  begin: string,
  id: GenerationId,
  at: number,
  to: number = place,
): Step {
  const { text } = currentDocument(model.tree);
  return andThen(dropOffer(model, at), (next) =>
    ask(
      { ...next, offer: { ...emptyOffer("continue", place, to, jointAt(text, to)), begin } },
      id,
      choicesOf(model),
    ),
  );
}

/** Asks the model for other words for the selection, or for the sentence at the cursor, in a style if one is given. */
export function proposeRewrite(
  model: Model,
  id: GenerationId,
  at: number,
  style: StyleTemplate | null = null,
): Step {
  const { text } = currentDocument(model.tree);
  const selected = selectionRange(model.selection);
  const passage = selected.from < selected.to ? selected : sentenceAt(text, selected.from);
  // What the front matter says is the writer's own business.
  const { from, to } = { from: Math.max(passage.from, bodyStart(text)), to: passage.to };
  if (from > to) {
    const notice = {
      kind: "info",
      text: "this is the story's front matter, which the model does not write",
    } as const;
    return [{ ...model, notice }, []];
  }
  if (text.sliceString(from, to).trim() === "") {
    return [
      { ...model, notice: { kind: "info", text: "there is no sentence here: select what to rewrite" } },
      [],
    ];
  }
  return andThen(dropOffer(model, at), (next) =>
    ask({ ...next, offer: { ...emptyOffer("rewrite", from, to), style } }, id, REWRITE_CHOICES),
  );
}

/** Shows the next or previous choice; beyond the last one, asks for another. */
export function showChoice(model: Model, by: 1 | -1, id: GenerationId, at: number): Step {
  const { offer } = model;
  if (!offer) return [model, []];
  // Words of this choice are in the story: another one goes on behind them.
  if (offer.taken > 0) return by > 0 ? proposeAt(model, offer.from, id, at) : [model, []];
  const shown = offer.shown + by;
  if (shown >= 0 && shown < offer.choices.length) {
    const other = { ...offer, shown };
    const choice = offer.choices[shown];
    const check = checkOf(choice);
    return [{ ...model, offer: other, notice: choiceNews(model, other) }, check];
  }
  if (by < 0 || offer.running) return [model, []];
  if (offer.task === "continue" && model.settings.greedy && offer.choices.length > 0) {
    const text = "greedy writes the same every time: for another choice, turn it off in the controls";
    return [{ ...model, notice: { kind: "info", text } }, []];
  }
  const asked = ask(model, id, offer.task === "rewrite" ? REWRITE_CHOICES : 1);
  return andThen(asked, (next) => [
    next.offer?.running ? { ...next, offer: { ...next.offer, shown: offer.choices.length } } : next,
    [],
  ]);
}

/** Takes the whole of what is still offered into the story, as the model's text. */
export function acceptOffer(model: Model, at: number): Step {
  const { offer } = model;
  if (!offer) return [model, []];
  const text = remainingText(offer);
  if (text === "") return [{ ...model, notice: { kind: "info", text: "nothing has arrived yet" } }, []];
  return andThen(stopRunning(model), (next) => take(next, offer, text, at, true));
}

/** Takes the next word of what is offered; a rewrite is taken whole, since it replaces a passage. */
export function acceptWord(model: Model, at: number): Step {
  const { offer } = model;
  const word = offer ? nextOfferedWord(offer) : "";
  if (!offer || word === "") return [model, []];
  if (offer.task === "rewrite") return acceptOffer(model, at);
  const last = !offer.running && word.trimEnd() === remainingText(offer).trimEnd();
  return last ? acceptOffer(model, at) : take(model, offer, word, at, false);
}

/** Stops the stream; where none runs, takes the offer off the page. */
export function stopOrDismiss(model: Model, at: number): Step {
  // One that was told to stop may take a moment: whoever asks again does not want it at all.
  if (model.offer?.running && !model.offer.running.stopping) return stopRunning(model);
  // What was said of its choices goes with it.
  return dropOffer(model.offer ? { ...model, notice: null } : model, at);
}

function take(model: Model, offer: Offer, text: string, at: number, whole: boolean): Step {
  const shown = offer.choices[offer.shown];
  if (!shown) return [model, []];
  const document = currentDocument(model.tree);
  const origin = { by: "model", generation: shown.generation } as const;
  const edit = replaceRange(document, offer.from, offer.to, text, origin);
  const edited = changeStory({ ...model, offer: null }, edit, at);
  const place = offer.from + text.length;
  const rest: Offer = { ...offer, from: place, to: place, taken: offer.taken + text.length };
  if (!whole) return andThen(edited, (next) => [{ ...next, offer: rest }, []]);
  return andThen(edited, (next) => [withoutOffer(next, offer), outcomes(rest, at)]);
}

/** In the middle of a story a take ends where a sentence does: what follows stands right behind it. */
export function inMiddle(settings: SamplingSettings, after: string | false): SamplingSettings {
  return after && after.trim() !== "" ? { ...settings, finish_sentence: true } : settings;
}

function ask(model: Model, id: GenerationId, choices: number): Step {
  const { offer } = model;
  if (!offer) return [model, []];
  if (model.file.readOnly)
    return warn({ ...model, offer: null }, "the story is open elsewhere: F2 saves a copy to work on");
  const document = currentDocument(model.tree);
  const prompt =
    offer.task === "rewrite"
      ? rewritePrompt(document, { from: offer.from, to: offer.to })
      : continuePrompt(document, offer.from);
  const { before: written, steering, ...kept } = prompt;
  const before = written + offer.begin;
  const { style } = offer;
  const selected = document.text.sliceString(offer.from, offer.to);
  const as = style ? styled(style, selected, model.settings) : null;
  const settings = as?.settings ?? inMiddle(model.settings, offer.task === "continue" && prompt.after);
  const templates = as ? { templates: as.templates } : {};
  const request: GenerationRequest = {
    id,
    task: offer.task,
    ...prompt,
    before,
    choices,
    settings,
    ...templates,
  };
  const running = {
    id,
    request: {
      ...(offer.task === "rewrite" ? kept : {}),
      ...templates,
      ...blanksAfter(before),
      ...(offer.begin === "" ? {} : { begin: offer.begin }),
    },
    settings,
    ...(steering ? { steering } : {}),
    count: choices,
    started: null,
    arrived: [],
    tokens: 0,
  };
  const [problem] = storySteering(document.text).problems;
  const notice =
    problem === undefined ? null : ({ kind: "warning", text: `front matter: ${problem}` } as const);
  return [
    { ...model, offer: { ...offer, running, progress: null }, notice },
    [{ type: "generate", request }],
  ];
}
