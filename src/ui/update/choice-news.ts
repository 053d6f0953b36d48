import { Text } from "@codemirror/state";
import { copiedFromStory } from "../../story/copying.ts";
import { currentDocument } from "../../story/history.ts";
import type { Effect } from "../effects.ts";
import { steeredWords } from "../figures.ts";
import type { Model, Notice } from "../model.ts";
import type { Offer, OfferedChoice } from "../offer.ts";

/** Most of a copied run that is quoted, in UTF-16 code units. */
const QUOTED = 60;

/**
 * What the writer should know of the choice on the page before taking it: that it copies the story, and what was taken
 * back while it was written. Null for most.
 */
export function choiceNews(model: Model, offer: Offer): Notice | null {
  const choice = offer.choices[offer.shown];
  if (!choice?.finished) return null;
  const { text } = currentDocument(model.tree);
  // A rewrite may have as much as it likes of what it takes the place of.
  const others = text.replace(offer.from, offer.to, Text.empty);
  const copied = copiedFromStory(choice.text, others);
  if (copied) {
    const quoted = copied.text.replaceAll(/\s+/gu, " ");
    const words = quoted.length <= QUOTED ? quoted : `${quoted.slice(0, QUOTED)}…`;
    return { kind: "warning", text: `copies ${copied.words} words from your story: “${words}”` };
  }
  const steered = steeredWords(choice.finished);
  return steered === "" ? null : { kind: "info", text: steered };
}

/** Has the choice on the page looked up, once it is whole. */
export function checkOf(choice: OfferedChoice | undefined): readonly Effect[] {
  const { text, logprobs } = choice?.finished ?? {};
  return text === undefined || logprobs === undefined
    ? []
    : [{ type: "checkTake", take: { text, logprobs } }];
}
