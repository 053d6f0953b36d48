import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openCheckpoint } from "../engine/gpt2/checkpoint.ts";
import { fingerprint } from "../engine/gpt2/fingerprint.ts";
import { type ModelFolders, namedModels } from "./library.ts";

/** Most of a card that is taken, in UTF-16 code units: some tell of every run. */
const LONGEST = 20_000;

/**
 * What the makers of the model in `folder` say of it, its model card: the README beside it without the fields at its
 * head. Null where there is none that can be read.
 */
export async function modelReadme(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, "README.md"), "utf8").catch(() => null);
  if (text === null) return null;
  const words = text
    .replaceAll("\r\n", "\n")
    .replace(/^---\n.*?\n---\n/su, "")
    .trim();
  if (words === "") return null;
  return words.length <= LONGEST ? words : `${words.slice(0, LONGEST)}…`;
}

/** The cards of the models that are here, by fingerprint; those without one, and damaged ones, are left out. */
export async function modelReadmes(folders: ModelFolders): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { folder } of await namedModels(folders)) {
    const readme = await modelReadme(folder);
    if (readme === null) continue;
    const mark = await openCheckpoint(folder)
      .then(fingerprint)
      .catch(() => null);
    if (mark !== null && !found.has(mark)) found.set(mark, readme);
  }
  return found;
}
