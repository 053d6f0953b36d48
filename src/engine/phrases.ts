/** Where a phrase stands in a text, in UTF-16 code units. */
export interface PhraseFound {
  readonly from: number;
  readonly to: number;
  /** The phrase as it was given. */
  readonly phrase: string;
}

/** Finds whole phrases in a text that grows. */
export interface PhraseFinder {
  /** Code units of a text's end that a phrase may take, and one before it. */
  readonly reach: number;
  /**
   * The first phrase in `text`, from `from` on, that nothing which follows can make part of a longer word; `ended`:
   * nothing follows.
   */
  find(text: string, ended: boolean, from?: number): PhraseFound | null;
  /** Where the end of `text` begins that may become a phrase; its length where none can. */
  pendingFrom(text: string): number;
}

/** One phrase, ready to be looked for. */
interface Pattern {
  readonly phrase: string;
  readonly whole: RegExp;
  readonly begun: RegExp;
  /** Ends with a letter or digit, so that what follows may belong to it. */
  readonly endsInWord: boolean;
}

const WORD = "[\\p{L}\\p{N}\\p{M}]";

/** White space that one blank of a phrase may stand for. */
const MOST_BLANKS = 8;

/**
 * A finder of `phrases`: whole words, in any casing unless `exact`, with any white space between them, and straight or
 * curly quotes alike.
 */
export function findPhrases(
  phrases: readonly { readonly text: string; readonly exact?: boolean }[],
): PhraseFinder {
  const patterns = phrases.map(patternOf);
  const reach = 1 + Math.max(0, ...phrases.map(({ text }) => MOST_BLANKS * text.trim().length));
  return {
    reach,
    find(text, ended, from = 0) {
      let first: PhraseFound | null = null;
      for (const { phrase, whole, endsInWord } of patterns) {
        for (const { index, 0: found } of text.matchAll(whole)) {
          const to = index + found.length;
          if (index < from || (to === text.length && endsInWord && !ended)) continue;
          if (first === null || index < first.from) first = { from: index, to, phrase };
          break;
        }
      }
      return first;
    },
    pendingFrom(text) {
      const places = patterns.map(({ begun }) => begun.exec(text)?.index ?? text.length);
      return Math.min(text.length, ...places);
    },
  };
}

function patternOf({ text, exact = false }: { readonly text: string; readonly exact?: boolean }): Pattern {
  const phrase = text.trim();
  const parts = (phrase.match(/\s+|[\s\S]/gu) ?? []).map(partOf);
  const flags = exact ? "u" : "iu";
  const isWord = new RegExp(WORD, "u");
  const [first = "", last = ""] = [[...phrase][0], [...phrase].at(-1)];
  const before = isWord.test(first) ? `(?<!${WORD})` : "";
  const after = isWord.test(last) ? `(?!${WORD})` : "";
  const begun = parts.reduceRight((rest, part) => (rest === "" ? part : `${part}(?:${rest})?`), "");
  return {
    phrase: text,
    whole: new RegExp(`${before}${parts.join("")}${after}`, `g${flags}`),
    begun: new RegExp(`${before}${begun}$`, flags),
    endsInWord: after !== "",
  };
}

function partOf(part: string): string {
  if (/^\s/u.test(part)) return `\\s{1,${MOST_BLANKS}}`;
  if (/['’‘]/u.test(part)) return "['’‘]";
  if (/["“”]/u.test(part)) return '["“”]';
  return part.replace(/[\\^$.*+?()[\]{}|/]/u, "\\$&");
}
