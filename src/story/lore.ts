import { RE2JS } from "re2js";

/** Something that the model is told of where its keys are met. */
export interface LoreEntry {
  readonly name: string;
  readonly text: string;
  /** One of these must be met; `/…/` is a regular expression, anything else whole words in any casing. */
  readonly keys: readonly string[];
  /** All of these must be met too. */
  readonly all: readonly string[];
  /** None of these may be met. */
  readonly not: readonly string[];
  /** Where not all entries fit, those of greater priority come first. */
  readonly priority: number;
  /** How many of the last paragraphs are looked through. */
  readonly depth: number;
  /** It is told whatever is met. */
  readonly always: boolean;
}

const REGEX = /^\/(.+)\/([a-z]*)$/su;

/** What tells whether a text has a key. */
export interface KeyPattern {
  test(text: string): boolean;
}

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  s: RE2JS.DOTALL,
  m: RE2JS.MULTILINE,
};

/**
 * What a key looks for. Regular expressions are RE2's: they take time in proportion to the text, whatever they are, and
 * so know neither look-around nor references back. Throws an error for one that is none.
 */
export function keyPattern(key: string): KeyPattern {
  const regex = REGEX.exec(key.trim());
  if (regex) {
    const flags = [...(regex[2] ?? "")].reduce((all, flag) => all | (FLAGS[flag] ?? 0), 0);
    const compiled = RE2JS.compile(regex[1] ?? "", flags);
    return { test: (text) => compiled.matcher(text).find() };
  }
  const escaped = key
    .trim()
    .replaceAll(/[\\^$.*+?()[\]{}|/]/gu, "\\$&")
    .replaceAll(/['’‘]/gu, "['’‘]")
    .replaceAll(/\s+/gu, "\\s+");
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, "iu");
}

/** The entries that the end of `text` calls for, in the order in which they were given. */
export function activeLore(lore: readonly LoreEntry[], text: string): readonly LoreEntry[] {
  const met = (keys: readonly string[], part: string) => keys.filter((key) => keyPattern(key).test(part));
  return lore.filter(({ keys, all, not, depth, always }) => {
    if (always) return true;
    const part = lastParagraphs(text, depth);
    if (met(not, part).length > 0 || met(all, part).length < all.length) return false;
    return keys.length === 0 ? all.length > 0 : met(keys, part).length > 0;
  });
}

/** The last `count` paragraphs of a text that are not blank. */
function lastParagraphs(text: string, count: number): string {
  let found = 0;
  let end = text.length;
  while (end > 0) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    if (text.slice(start, end).trim() !== "" && ++found === count) return text.slice(start);
    end = start - 1;
  }
  return text;
}
