import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "../errors.ts";
import { writeFileAtomic } from "../files.ts";
import { asInDictionary } from "../story/spelling.ts";

/** Between a word and the story in which it is passed over; words of a story only have one. */
const TAB = "\t";

/**
 * The words of a list: one a line, lines that begin with `#` are for people.
 *
 * @param story path of a story: the words that are noted for it; without one, those that are for all
 */
export async function readWords(path: string, story: string | null = null): Promise<ReadonlySet<string>> {
  const words = new Set<string>();
  for (const line of (await textOf(path)).split(/\r?\n/u)) {
    const [word = "", of = null] = line.split(TAB);
    const read = asInDictionary(word.trim());
    if (read !== "" && !read.startsWith("#") && of === story) words.add(read);
  }
  return words;
}

/**
 * Puts a word at the end of a list, unless it is there: what people or another editor have written meanwhile stays.
 * Throws a UserError where the list cannot be written.
 */
export async function addWord(path: string, word: string, story: string | null = null): Promise<void> {
  if ((await readWords(path, story)).has(word)) return;
  const text = await textOf(path);
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, `${before}${word}${story === null ? "" : `${TAB}${story}`}\n`);
}

async function textOf(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).replace(/^\uFEFF/u, "");
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return "";
    throw error;
  }
}
