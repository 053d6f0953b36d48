import { watchLoops } from "../loops.ts";
import { findPhrases } from "../phrases.ts";
import type { SamplingSettings } from "../settings.ts";
import type { Steering } from "../types.ts";

/** What is to be said of a text that grows. */
export interface TextVerdict {
  /** Characters from its beginning that stay, whatever follows. */
  readonly sure: number;
  /** Where it must end, since a banned phrase or a repetition begins there; null where it may go on. */
  readonly end: { readonly at: number; readonly reason: "ban" | "loop" } | null;
}

/** Looks at the text so far; `ended`: nothing follows. */
export type TextGuard = (text: string, ended: boolean) => TextVerdict;

/** Characters of the prompt's end in which a repetition may have begun. */
const LEAD = 1_200;

/**
 * Sees to it that a text that goes on from `prompt` holds no banned phrase and does not repeat itself: it ends before.
 * What was written cannot be taken back on a server; loops are looked for among words, since tokens are not known.
 */
export function createTextGuard(
  { break_loops }: Pick<SamplingSettings, "break_loops">,
  { ban = [] }: Pick<Steering, "ban">,
  prompt: string,
): TextGuard {
  const finder = findPhrases(ban);
  const lead = ban.length > 0 ? prompt.slice(-finder.reach) : "";
  const front = break_loops ? wordsOf(prompt.slice(-LEAD)).map(({ word }) => word) : [];

  function phrases(text: string, ended: boolean): TextVerdict {
    const seen = lead + text;
    const found = finder.find(seen, ended, 0, lead.length);
    const at = (place: number): number => Math.max(0, place - lead.length);
    if (found) return { sure: at(found.from), end: { at: at(found.from), reason: "ban" } };
    return { sure: ended ? text.length : at(finder.pendingFrom(seen)), end: null };
  }

  function loops(text: string, ended: boolean): TextVerdict {
    const own = wordsOf(text);
    // The last one may still grow, and become one that repeats: it is not told before.
    const whole = ended ? own : own.slice(0, -1);
    const numbers = numbered([...front, ...whole.map(({ word }) => word)]);
    const { loop, unsure } = watchLoops(numbers);
    const startOf = (index: number): number => own[index]?.from ?? text.length;
    if (loop) {
      const at = startOf(Math.max(0, loop.keep - front.length));
      return { sure: at, end: { at, reason: "loop" } };
    }
    return { sure: ended ? text.length : startOf(Math.max(0, whole.length - unsure)), end: null };
  }

  return (text, ended) => {
    const verdicts = [
      ...(ban.length > 0 ? [phrases(text, ended)] : []),
      ...(break_loops ? [loops(text, ended)] : []),
    ];
    const ends = verdicts.flatMap(({ end }) => (end === null ? [] : [end]));
    const [first = null] = ends.toSorted((a, b) => a.at - b.at);
    return { sure: Math.min(text.length, ...verdicts.map(({ sure }) => sure)), end: first };
  };
}

/** The words of a text, and where the white space in front of each begins. */
function wordsOf(text: string): readonly { readonly word: string; readonly from: number }[] {
  return Array.from(text.matchAll(/\s*(\S+)/gu), (found) => ({ word: found[1] ?? "", from: found.index }));
}

/** Words as numbers: the same word, the same number. */
function numbered(words: readonly string[]): readonly number[] {
  const numbers = new Map<string, number>();
  return words.map((word) => {
    const number = numbers.get(word) ?? numbers.size;
    numbers.set(word, number);
    return number;
  });
}
