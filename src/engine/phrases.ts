/** Where a phrase stands in a text, in UTF-16 code units. */
export interface PhraseFound {
  readonly from: number;
  readonly to: number;
}

/** Finds whole phrases in a text that grows. */
export interface PhraseFinder {
  /** Code units of a text's end that a phrase may take, and one before it. */
  readonly reach: number;
  /**
   * The first phrase in `text` that begins at `from` or later, ends behind `beyond`, and that nothing which follows can
   * make part of a longer word; `ended`: nothing follows.
   */
  find(text: string, ended: boolean, from?: number, beyond?: number): PhraseFound | null;
  /** Where the end of `text` begins that may become a phrase; its length where none can. */
  pendingFrom(text: string): number;
}

const WORD = "[\\p{L}\\p{N}\\p{M}]";
const IS_WORD = new RegExp(WORD, "u");
const ENDS_IN_WORD = new RegExp(`${WORD}$`, "u");

/** White space that one blank of a phrase may stand for. */
const MOST_BLANKS = 8;

/**
 * A finder of `phrases`: whole words, in any casing unless `exact`, with any white space between them, and straight or
 * curly quotes alike.
 */
export function findPhrases(
  phrases: readonly { readonly text: string; readonly exact?: boolean }[],
): PhraseFinder {
  const kinds = [false, true]
    .map((exact) => ({ exact, texts: phrases.filter((one) => (one.exact ?? false) === exact) }))
    .filter(({ texts }) => texts.length > 0);
  const patterns = kinds.map(({ exact, texts }) => {
    const parts = texts.map(({ text }) => patternOf(text.trim()));
    const flags = exact ? "u" : "iu";
    return {
      whole: new RegExp(parts.map(({ whole }) => whole).join("|"), `g${flags}`),
      begun: new RegExp(`(?:${parts.map(({ begun }) => begun).join("|")})$`, flags),
    };
  });
  return {
    reach: 1 + Math.max(0, ...phrases.map(({ text }) => MOST_BLANKS * text.trim().length)),
    find(text, ended, from = 0, beyond = 0) {
      let first: PhraseFound | null = null;
      for (const { whole } of patterns) {
        whole.lastIndex = from;
        for (let match = whole.exec(text); match !== null; match = whole.exec(text)) {
          const [{ index }, to] = [match, match.index + match[0].length];
          // One that may be longer hides no other that begins in it.
          whole.lastIndex = index + 1;
          if (to <= beyond) continue;
          if (to === text.length && !ended && ENDS_IN_WORD.test(match[0])) continue;
          if (first === null || index < first.from) first = { from: index, to };
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

/** What matches a phrase, and any beginning of it. */
function patternOf(phrase: string): { readonly whole: string; readonly begun: string } {
  const parts = (phrase.match(/\s+|[\s\S]/gu) ?? []).map(partOf);
  const [first = "", last = ""] = [[...phrase][0], [...phrase].at(-1)];
  const before = IS_WORD.test(first) ? `(?<!${WORD})` : "";
  const after = IS_WORD.test(last) ? `(?!${WORD})` : "";
  const begun = parts.reduceRight((rest, part) => (rest === "" ? part : `${part}(?:${rest})?`), "");
  return { whole: before + parts.join("") + after, begun: before + begun };
}

function partOf(part: string): string {
  if (/^\s/u.test(part)) return `\\s{1,${MOST_BLANKS}}`;
  if (/['’‘]/u.test(part)) return "['’‘]";
  if (/["“”]/u.test(part)) return '["“”]';
  return part.replace(/[\\^$.*+?()[\]{}|/]/u, "\\$&");
}
