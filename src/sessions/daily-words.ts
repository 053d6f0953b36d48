import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { writeFileAtomic } from "../files.ts";

/** Words written less those deleted, on each day in each story: by the day (`2026-03-04`), by the story's path. */
export type DailyWords = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Days that are kept. */
const KEPT = 400;
const FILE = z.object({
  version: z.literal(1),
  days: z.record(z.string(), z.record(z.string(), z.int())),
});

/** Reads what is kept; nothing where there is no such file or it cannot be understood. */
export async function readDailyWords(path: string): Promise<DailyWords> {
  try {
    return FILE.parse(JSON.parse(await readFile(path, "utf8"))).days;
  } catch {
    return {};
  }
}

/**
 * Keeps the words of a day in a story beside those that are kept: another editor may have written its own meanwhile.
 * Throws a UserError where the file cannot be written.
 */
export async function keepDailyWords(path: string, day: string, story: string, words: number): Promise<void> {
  const known = await readDailyWords(path);
  const all = { ...known, [day]: { ...known[day], [story]: words } };
  const days = Object.fromEntries(
    Object.entries(all)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(-KEPT),
  );
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify({ version: 1, days }, null, 1)}\n`);
}
