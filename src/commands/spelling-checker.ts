import nspell from "nspell";
import { errorMessage } from "../errors.ts";
import { spellingDistance } from "../story/spelling-order.ts";

/** The bytes of a Hunspell dictionary: its rules (`.aff`) and its words (`.dic`). */
export interface DictionaryBytes {
  readonly aff: Uint8Array;
  readonly dic: Uint8Array;
}

/** What can be asked of dictionaries. */
export interface Checker {
  isRight(word: string): boolean;
  /** Words that could be meant, in no order that matters. */
  suggest(word: string): readonly string[];
}

/** One dictionary, and every word form that it makes with its flags. */
interface Dictionary {
  readonly spell: ReturnType<typeof nspell>;
  readonly forms: Readonly<Record<string, readonly string[]>>;
  /** Flag of words that are right but not to be suggested. */
  readonly unsuggested: string | null;
}

/** Scripts by which is told whether a word is of a dictionary's language. */
const SCRIPTS =
  "Latin Cyrillic Greek Armenian Georgian Hebrew Arabic Devanagari Bengali Tamil Telugu Hangul Ethiopic".split(
    " ",
  );
/** A word that is suggested although it takes more than one edit: how far it may be, and how many. */
const FAR = { distance: 2.4, most: 4 } as const;

/**
 * A checker for which a word is right if one of the dictionaries has it. Words of scripts in which these have none are
 * always right: they are of another language.
 *
 * Throws an Error that says in words what is wrong with a dictionary.
 *
 * @param options.foldAccents whether a word may have accents that the dictionary's one has not: `café`, in English
 */
export function createChecker(
  found: readonly DictionaryBytes[],
  options: { readonly foldAccents: boolean },
): Checker {
  const texts = found.map(decode);
  const dictionaries = texts.map(open);
  const scripts = SCRIPTS.filter((script) =>
    texts.some(({ dic }) => new RegExp(`\\p{Script=${script}}`, "u").test(dic)),
  );
  const known = new RegExp(scripts.map((script) => `\\p{Script=${script}}`).join("|") || ".", "u");
  const has = (word: string): boolean => dictionaries.some(({ spell }) => spell.correct(word));

  return {
    isRight(word) {
      if (has(word) || !known.test(word)) return true;
      if (!options.foldAccents) return false;
      const plain = withoutAccents(word);
      return plain !== word && has(plain);
    },
    suggest(word) {
      const near = new Set(dictionaries.flatMap(({ spell }) => spell.suggest(word)));
      return [...(near.size > 0 ? near : new Set(dictionaries.flatMap((one) => farWords(one, word))))];
    },
  };
}

function open({ aff, dic }: { readonly aff: string; readonly dic: string }): Dictionary {
  const spell = nspell(aff, dic);
  const data: unknown = "data" in spell ? spell.data : null;
  const flags: unknown = "flags" in spell ? spell.flags : null;
  const unsuggested =
    typeof flags === "object" && flags !== null && "NOSUGGEST" in flags ? String(flags.NOSUGGEST) : null;
  const isFilled = typeof data === "object" && data !== null && Object.keys(data).length > 0;
  if (!isFilled) throw new Error("it has no words");
  return { spell, forms: data as Dictionary["forms"], unsuggested };
}

/** Words that begin alike and take two edits or so; the library gives up on those where a word is long. */
function farWords({ forms, unsuggested }: Dictionary, word: string): readonly string[] {
  const found: { readonly form: string; readonly distance: number }[] = [];
  const first = word.charAt(0).toLowerCase();
  for (const form in forms) {
    if (form.charAt(0).toLowerCase() !== first || Math.abs(form.length - word.length) > 2) continue;
    const distance = spellingDistance(word, form);
    if (distance > FAR.distance || (unsuggested !== null && forms[form]?.includes(unsuggested))) continue;
    found.push({ form, distance });
  }
  return found
    .sort((a, b) => a.distance - b.distance)
    .slice(0, FAR.most)
    .map(({ form }) => form);
}

function withoutAccents(word: string): string {
  return word.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("æ", "ae").replaceAll("œ", "oe");
}

/** The texts of the two files, in the encoding that the first one names; without a name it is UTF-8. */
function decode({ aff, dic }: DictionaryBytes): { readonly aff: string; readonly dic: string } {
  const named = /^SET\s+(\S+)/mu.exec(new TextDecoder("latin1").decode(aff))?.[1] ?? "UTF-8";
  const label = named.replace(/^iso-?8859-?/iu, "iso-8859-").replace(/^microsoft-cp/iu, "windows-");
  try {
    const decoder = new TextDecoder(label);
    return { aff: decoder.decode(aff), dic: decoder.decode(dic) };
  } catch (cause) {
    throw new Error(`its encoding ${named} is not known (${errorMessage(cause)})`, { cause });
  }
}
