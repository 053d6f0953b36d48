import { hasUnspaced } from "./unspaced.ts";

/** A word of a paragraph that is to be checked, in UTF-16 code units of the paragraph. */
export interface SpelledWord {
  readonly from: number;
  readonly to: number;
  /** As a dictionary writes it: straight apostrophes, composed accents, no soft hyphens. */
  readonly text: string;
  /** It is right if a dictionary has one of these; the first is `text`. */
  readonly forms: readonly string[];
}

/**
 * What is no prose: code, addresses, tags, paths, names of files, abbreviations with dots, @names. Nothing in it is
 * checked. All repetitions are bounded, or end at the first blank: a line of any kind is read in linear time.
 */
const NOT_PROSE = new RegExp(
  [
    "(`{1,3})[^`]{1,400}\\1",
    "\\b[A-Za-z][A-Za-z\\d+.-]{1,15}://\\S+",
    "\\bwww\\.\\S+",
    "(?<!\\S)[^\\s@]{1,64}@[^\\s@]{1,64}\\.[^\\s@]{2,24}",
    '(?<=\\])\\([^()\\s]{1,400}(?:\\s"[^"]{0,200}")?\\)',
    "</?[A-Za-z!][^<>]{0,200}>",
    "&#?\\w{2,10};",
    "\\b[A-Za-z]:\\\\[\\w.\\\\-]+",
    "(?<![\\p{L}\\p{N}])(?:~|\\.{0,2})/[\\w./-]+",
    "(?<![\\p{L}\\p{N}])[\\w.-]{1,64}(?:[/\\\\][\\w.-]{1,64}){2,16}",
    "(?<![\\p{L}\\p{N}])(?:[\\p{L}\\p{N}_-]{1,64}\\.){1,16}(?=[\\p{Ll}\\p{N}])[\\p{L}\\p{N}]{1,64}",
    "[@#$][\\p{L}\\p{N}_]+",
  ].join("|"),
  "gu",
);

/** Letters, digits, apostrophes and single hyphens without a blank between them. */
const STRETCH = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}\u00AD'’ʼ]|_+(?=[\p{L}\p{N}])|[-‐‑](?![-‐‑]))*/gu;
const PART = /[^-‐‑]+/gu;
const CODE = /[\p{N}_]|\p{Ll}\p{M}*\p{Lu}/u;
const EDGES = /^['’ʼ]+|['’ʼ]+$/gu;
/** What is said in short behind any word of English, a name too: `Ansel’s`, `Mary’d've`. */
const CLITICS = /(?:['’ʼ](?:s|d|ll|ve|re))+$/iu;
/** Names in capitals, and more than one of them: `NASA`, `TVs`. */
const CAPITALS = /^\p{Lu}[\p{Lu}\p{M}'’ʼ]+s?$/u;

/**
 * The words of a paragraph that a dictionary is asked about, in order. Left out are single letters, names in capitals,
 * words with digits, underscores or capitals inside, words of scripts without spaces, and all that is no prose.
 */
export function wordsToCheck(paragraph: string): readonly SpelledWord[] {
  const prose = paragraph.replaceAll(NOT_PROSE, (found) => " ".repeat(found.length));
  const words: SpelledWord[] = [];
  for (const { 0: stretch, index } of prose.matchAll(STRETCH)) {
    if (/[\p{N}_]/u.test(stretch) || hasUnspaced(stretch)) continue;
    const parts = [...stretch.matchAll(PART)];
    // `vis-à-vis` is one word, `lamp-lit` two.
    const whole = parts.length > 1 ? [asInDictionary(stretch.replaceAll(/[-‐‑]$/gu, ""))] : [];
    for (const { 0: part, index: at } of parts) {
      const word = wordOf(part, index + at, prose[index - 1] ?? "", whole);
      if (word) words.push(word);
    }
  }
  return words;
}

/** A word as dictionaries write it, see {@link SpelledWord.text}. */
export function asInDictionary(word: string): string {
  return word
    .normalize("NFC")
    .replaceAll("\u00AD", "")
    .replaceAll(/[’ʼ]/gu, "'")
    .replaceAll(/[‐‑]/gu, "-")
    .replaceAll(EDGES, "");
}

/** The word that a part of a stretch is; null for what is not checked. `outside` stands before the stretch. */
function wordOf(given: string, place: number, outside: string, whole: readonly string[]): SpelledWord | null {
  // Behind a hyphen a part may begin with an apostrophe: `ne'er-’twas`.
  const lead = /^[^\p{L}]*/u.exec(given)?.[0] ?? "";
  const [part, at, before] = [given.slice(lead.length), place + lead.length, lead.at(-1) ?? outside];
  const ending = /['’ʼ]+$/u.exec(part)?.[0] ?? "";
  const trimmed = part.slice(0, part.length - ending.length);
  const base = trimmed.replace(CLITICS, "");
  if ((base.match(/\p{L}/gu) ?? []).length < 2 || CAPITALS.test(base) || CODE.test(base)) return null;
  const text = asInDictionary(base);
  const forms = new Set([text]);
  if (base !== trimmed) forms.add(asInDictionary(trimmed));
  // An apostrophe at an edge is a quote, or stands for letters: `goin'`, `'tis`, `po'`.
  if (ending !== "") {
    forms.add(`${text}'`);
    if (/in$/iu.test(text)) forms.add(`${text}g`);
  }
  if (/['’ʼ‘]/u.test(before)) forms.add(`'${text}`);
  for (const form of whole) forms.add(form);
  return { from: at, to: at + base.length, text, forms: [...forms] };
}
