import { UserError } from "../errors.ts";
import { findPhrases } from "./phrases.ts";
import type { ContextEntry, Steering } from "./types.ts";

/** A bias that bends the odds no further: e¹⁰⁰ is more than any logit can make up for. */
const MOST_BIAS = 100;

/**
 * Refuses steering that means nothing. Throws a RangeError or TypeError that quotes the value, and a UserError for a
 * phrase that is demanded and banned.
 */
export function checkSteering(steering: Steering): void {
  for (const entry of steering.entries ?? []) checkEntry(entry);
  for (const phrase of steering.ban ?? []) {
    if (typeof phrase.text !== "string" || phrase.text.trim() === "") {
      throw new RangeError(`a banned phrase must have words, got ${JSON.stringify(phrase.text)}`);
    }
  }
  for (const text of steering.include ?? []) {
    if (typeof text !== "string" || text.trim() === "") {
      throw new RangeError(`a text to include must have words, got ${JSON.stringify(text)}`);
    }
    const banned = (steering.ban ?? []).find((phrase) => findPhrases([phrase]).find(text, true) !== null);
    if (banned) {
      throw new UserError(`What must be included, "${text}", holds what is banned: "${banned.text}".`, {
        hint: "Leave one of them out.",
      });
    }
  }
  for (const { text, weight } of steering.bias ?? []) {
    if (typeof text !== "string" || text.trim() === "") {
      throw new RangeError(`a biased phrase must have words, got ${JSON.stringify(text)}`);
    }
    if (!(Math.abs(weight) <= MOST_BIAS)) {
      throw new RangeError(`a bias must be from -${MOST_BIAS} to ${MOST_BIAS}, got ${weight}`);
    }
  }
}

function checkEntry({ text, priority, paragraphs }: ContextEntry): void {
  if (typeof text !== "string") throw new TypeError(`an entry must have a text, got ${String(text)}`);
  if (!Number.isFinite(priority)) throw new RangeError(`a priority must be a number, got ${priority}`);
  if (paragraphs === undefined) return;
  if (!(Number.isInteger(paragraphs) && paragraphs >= 1)) {
    throw new RangeError(`a note stands 1 or more paragraphs from the end, got ${paragraphs}`);
  }
}
