import { TextDecoder } from "node:util";
import { createHunspellFromStrings } from "hunspell-wasm";
import { errorMessage } from "../errors.ts";

/** The bytes of a Hunspell dictionary: its rules (`.aff`) and its words (`.dic`). */
export interface DictionaryBytes {
  readonly aff: Uint8Array;
  readonly dic: Uint8Array;
}

/** What can be asked of dictionaries. */
export interface Checker {
  isRight(word: string): boolean;
  /** Words that could be meant, the likeliest of each dictionary first. */
  suggest(word: string): readonly string[];
}

/** Scripts by which is told whether a word is of a dictionary's language. */
const SCRIPTS =
  "Latin Cyrillic Greek Armenian Georgian Hebrew Arabic Devanagari Bengali Tamil Telugu Hangul Ethiopic".split(
    " ",
  );

/**
 * A checker for which a word is right if one of the dictionaries has it. Words of scripts in which these have none are
 * always right: they are of another language.
 *
 * Rejects with an Error that says in words what is wrong with a dictionary.
 *
 * @param options.foldAccents whether a word may have accents that the dictionary's one has not: `café`, in English
 */
export async function createChecker(
  found: readonly DictionaryBytes[],
  options: { readonly foldAccents: boolean },
): Promise<Checker> {
  const texts = found.map(decode);
  const dictionaries = await Promise.all(texts.map(({ aff, dic }) => createHunspellFromStrings(aff, dic)));
  const scripts = SCRIPTS.filter((script) =>
    texts.some(({ dic }) => new RegExp(`\\p{Script=${script}}`, "u").test(dic)),
  );
  const known = new RegExp(scripts.map((script) => `\\p{Script=${script}}`).join("|") || ".", "u");
  const has = (word: string): boolean => dictionaries.some((dictionary) => dictionary.testSpelling(word));

  return {
    isRight(word) {
      if (has(word) || !known.test(word)) return true;
      if (!options.foldAccents) return false;
      const plain = withoutAccents(word);
      return plain !== word && has(plain);
    },
    suggest: (word) => [
      ...new Set(dictionaries.flatMap((dictionary) => dictionary.getSpellingSuggestions(word))),
    ],
  };
}

function withoutAccents(word: string): string {
  return word.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("æ", "ae").replaceAll("œ", "oe");
}

const ENCODING = /^SET[ \t]+(\S+)/mu;

/**
 * The texts of the two files, from the encoding that the first one names; without a name it is ISO 8859-1 (hunspell(5)).
 * What they say of it is changed to UTF-8, in which they are handed on; so are flags that were a byte each.
 */
function decode({ aff, dic }: DictionaryBytes): { readonly aff: string; readonly dic: string } {
  const named = ENCODING.exec(new TextDecoder("latin1").decode(aff))?.[1] ?? "ISO8859-1";
  const decoder = decoderOf(named);
  const [rules, words] = [decoder.decode(aff), decoder.decode(dic)];
  if (!/\n\s*\S/u.test(words.trimStart())) throw new Error("it has no words");
  if (/^utf-?8$/iu.test(named)) return { aff: rules, dic: words };
  const flags = /^FLAG[ \t]/mu.test(rules) ? "" : "FLAG UTF-8\n";
  return { aff: `SET UTF-8\n${flags}${rules.replace(ENCODING, "")}`, dic: words };
}

function decoderOf(name: string): TextDecoder {
  try {
    return new TextDecoder(
      name.replace(/^iso-?8859-?/iu, "iso-8859-").replace(/^(?:microsoft-)?cp-?(?=125\d$)/iu, "windows-"),
    );
  } catch (cause) {
    throw new Error(`its encoding ${name} is not known (${errorMessage(cause)})`, { cause });
  }
}
