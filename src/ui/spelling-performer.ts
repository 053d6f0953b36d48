import { orderSuggestions } from "../story/spelling-order.ts";
import type { SpellingEffect, SpellingMessage, SpellingServices } from "./spelling-effects.ts";
import { findMisspelling } from "./spelling-search.ts";

/** Suggestions that are worth walking through. */
const MOST_SUGGESTIONS = 9;

/**
 * Does what `update` asked for of the spell checker. Every outcome comes back as a message; nothing is thrown.
 *
 * @param describe a failure in words
 */
export function createSpeller(
  services: SpellingServices,
  dispatch: (
    message: SpellingMessage | { readonly type: "notice"; readonly kind: "warning"; readonly text: string },
  ) => void,
  describe: (error: unknown) => string,
): (effect: SpellingEffect) => void {
  let busy = false;

  async function spell({ dictionary, words }: Extract<SpellingEffect, { type: "spell" }>): Promise<void> {
    // The same words are asked for again until they are answered.
    if (busy) return;
    busy = true;
    try {
      const checked = await services.check(dictionary, words);
      busy = false;
      dispatch({ type: "spelled", dictionary, ...checked });
    } finally {
      busy = false;
    }
  }

  async function suggest({
    dictionary,
    text,
    word,
  }: Extract<SpellingEffect, { type: "suggest" }>): Promise<void> {
    const checked = await services.check(dictionary, word.forms);
    const suggestions = await services.suggest(dictionary, word.text);
    const ordered = orderSuggestions(word.text, suggestions, checked.own).slice(0, MOST_SUGGESTIONS);
    dispatch({ type: "suggested", dictionary, checked, found: { text, word, suggestions: ordered } });
  }

  async function seek(effect: Extract<SpellingEffect, { type: "seekMisspelling" }>): Promise<void> {
    const { dictionary, text, from } = effect;
    const found = await findMisspelling(text, from, (words) => services.check(dictionary, words));
    dispatch({ type: "misspelling", text, found });
  }

  async function keep({ word, list, story }: Extract<SpellingEffect, { type: "keepWord" }>): Promise<void> {
    try {
      await services.keep(word, list, story);
    } catch (error) {
      dispatch({ type: "notice", kind: "warning", text: describe(error) });
    }
  }

  function perform(effect: SpellingEffect): Promise<void> {
    switch (effect.type) {
      case "spell":
        return spell(effect);
      case "suggest":
        return suggest(effect);
      case "seekMisspelling":
        return seek(effect);
      case "keepWord":
        return keep(effect);
    }
  }

  return (effect) => {
    perform(effect).catch((error: unknown) => {
      if (effect.type === "keepWord") throw error;
      dispatch({ type: "spellingFailed", dictionary: effect.dictionary, text: describe(error) });
    });
  };
}
