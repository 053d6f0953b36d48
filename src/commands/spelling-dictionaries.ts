import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import type { SpellingTask } from "./spelling-protocol.ts";

/** Packages of the dictionaries in the box, by the names of the setting. */
const IN_BOX: Readonly<Record<string, readonly string[]>> = {
  en: ["dictionary-en", "dictionary-en-gb"],
  "en-us": ["dictionary-en"],
  "en-gb": ["dictionary-en-gb"],
};

/** The dictionaries that a key goes through: the one that is set, English, and the user's own. */
export async function dictionaryNames(folder: string, set: string): Promise<readonly string[]> {
  const files: readonly string[] = await readdir(folder).catch(() => []);
  const own = files
    .filter((name) => name.endsWith(".aff") && files.includes(name.replace(/aff$/u, "dic")))
    .map((name) => name.slice(0, -".aff".length))
    .sort();
  return [...new Set([...(set === "off" ? [] : [set]), "en", ...own])];
}

/**
 * Where the dictionary of a name is: one of the user's own in `folder`, or one in the box. Throws a UserError if there
 * is none.
 */
export async function dictionaryTask(folder: string, name: string): Promise<SpellingTask> {
  const foldAccents = /^en(?:[-_]|$)/iu.test(name);
  const files: readonly string[] = await readdir(folder).catch(() => []);
  if (files.includes(`${name}.aff`) && files.includes(`${name}.dic`)) {
    return { dictionaries: [pair(join(folder, name))], foldAccents };
  }
  const packages = Object.hasOwn(IN_BOX, name) ? IN_BOX[name] : undefined;
  if (!packages) {
    throw new UserError(`there is no dictionary “${name}”`, {
      hint: `Put ${name}.aff and ${name}.dic into ${folder}.`,
    });
  }
  const require = createRequire(import.meta.url);
  return {
    dictionaries: packages.map((found) => pair(join(dirname(require.resolve(found)), "index"))),
    foldAccents,
  };
}

function pair(path: string): SpellingTask["dictionaries"][number] {
  return { aff: `${path}.aff`, dic: `${path}.dic` };
}
