import { currentDocument } from "../../story/history.ts";
import type { Model } from "../model.ts";
import type { Step } from "./step.ts";

/** Shows the passage and the rewrite on the page side by side, with what differs in brackets. */
export function compareChoice(model: Model): Step {
  const { offer } = model;
  const choice = offer?.choices[offer.shown];
  if (!offer || !choice || offer.task !== "rewrite") {
    const text = "only a rewrite can be compared: with the words that it would replace";
    return [{ ...model, notice: { kind: "info", text } }, []];
  }
  const passage = currentDocument(model.tree).text.sliceString(offer.from, offer.to);
  const left = { title: "Your words", text: passage };
  const right = { title: `Other words ${offer.shown + 1}`, text: choice.text };
  return [{ ...model, dialog: { kind: "takes", left, right, top: 0 } }, []];
}
