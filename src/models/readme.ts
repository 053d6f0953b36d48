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

/** The licence in a model card's fields (`license: mit`), as on the Hugging Face hub; null where none is. */
export async function licence(folder: string): Promise<string | null> {
  const card = await readFile(join(folder, "README.md"), "utf8").catch(() => "");
  const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card)?.[1] ?? "";
  return /^licen[cs]e:\s*["']?([^"'\r\n]+?)["']?\s*$/m.exec(front)?.[1] ?? null;
}

/** What a heading of a card calls the things that a model should not be trusted with. */
const LIMITS = /limit|bias|risk|good (?:and bad )?(?:for|at)|out.of.scope|caveat|warning/iu;

/**
 * What a card says of a model's limits: the parts under headings that say so, else the lines that do; null where
 * nothing does. Markdown as it is, shortened to `most` UTF-16 code units.
 */
export function statedLimits(card: string, most: number = 1500): string | null {
  const parts = card.split(/^(?=#{1,6} )/mu);
  const under = parts.filter((part) => LIMITS.test(/^#{1,6} (.*)$/mu.exec(part)?.[1] ?? ""));
  const lines = card.split("\n").filter((line) => !line.startsWith("#") && LIMITS.test(line));
  const text = (under.length > 0 ? under.map((part) => part.replace(/^#{1,6} .*\n/u, "").trim()) : lines)
    .join("\n\n")
    .trim();
  if (text === "") return null;
  return text.length <= most ? text : `${text.slice(0, text.lastIndexOf(" ", most))} …`;
}
