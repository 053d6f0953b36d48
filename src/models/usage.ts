import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { writeFileAtomic } from "../files.ts";

/** What is remembered of a model between runs. */
export interface ModelUsage {
  /** ISO 8601 time at which it last wrote. */
  readonly lastUsed: string;
  /** The last speed that was seen, by precision. */
  readonly speed: Readonly<Record<string, Speed>>;
}

/** Tokens a second while writing, all choices together, and how many choices there were. */
export interface Speed {
  readonly tokensPerSecond: number;
  readonly choices: number;
}

const usages = z.record(
  z.string().regex(/^[0-9a-f]{16}$/),
  z.object({
    lastUsed: z.iso.datetime(),
    speed: z.record(
      z.string(),
      z.object({ tokensPerSecond: z.number().positive(), choices: z.int().positive() }),
    ),
  }),
);

/** What is remembered of all models, by fingerprint. A file that is missing or damaged holds nothing: it is no one's text. */
export async function readUsage(path: string): Promise<ReadonlyMap<string, ModelUsage>> {
  try {
    return new Map(Object.entries(usages.parse(JSON.parse(await readFile(path, "utf8")))));
  } catch {
    return new Map();
  }
}

/** Remembers that a model wrote, and how fast if that is known; the other models stay as they are. */
export async function noteUsage(
  path: string,
  fingerprint: string,
  lastUsed: string,
  speed: ModelUsage["speed"] = {},
): Promise<void> {
  const all = await readUsage(path);
  const before = all.get(fingerprint);
  const usage = { lastUsed, speed: { ...before?.speed, ...speed } };
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(
    path,
    `${JSON.stringify(Object.fromEntries([...all, [fingerprint, usage]]), null, 1)}\n`,
  );
}
