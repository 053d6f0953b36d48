import { readFile } from "node:fs/promises";
import * as z from "zod";
import { errorCode, errorMessage, UserError } from "../errors.ts";
import { SESSION_VERSION, type SessionRecord } from "./records.ts";

/** A session as it was read. */
export interface Session {
  readonly records: readonly SessionRecord[];
  /** Lines that are no records: torn by a crash, or written by something else. */
  readonly damagedLines: number;
}

const numbers = z.array(z.number());
const at = z.string();
const origin = z.union([
  z.object({ by: z.literal("writer") }),
  z.object({ by: z.literal("model"), generation: z.string() }),
]);
const choice = z.object({
  text: z.string(),
  tokens: numbers,
  logprobs: numbers,
  finish_reason: z.enum(["length", "stop", "end", "cancelled"]),
  fit: z.number().optional(),
  logprob: z.number().optional(),
});
const settings = z.object({
  temperature: z.number(),
  top_k: z.number(),
  top_p: z.number(),
  min_p: z.number(),
  typical_p: z.number(),
  repetition_penalty: z.number(),
  no_repeat_ngram_size: z.number(),
  // Sessions of version 0.1.0 have none.
  listen: z.number().default(0),
  guidance_scale: z.number().default(1),
  closeness: z.number().default(0),
  shortest: z.number().default(0.6),
  longest: z.number().default(1.5),
  length: z.number(),
  greedy: z.boolean(),
  finish_sentence: z.boolean(),
  exact_length: z.boolean().default(false),
  break_loops: z.boolean().default(false),
  infill: z.boolean().default(false),
  seed: z.number().nullable(),
  stop: z.array(z.string()),
});
const steering = z.object({
  ban: z.array(z.object({ text: z.string(), exact: z.boolean().optional() })).optional(),
  bias: z.array(z.object({ text: z.string(), weight: z.number() })).optional(),
  include: z.array(z.string()).optional(),
});

const RECORD = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("header"),
    version: z.number(),
    app: z.string(),
    story: z.string().nullable(),
    at,
  }),
  z.object({
    type: z.literal("edit"),
    at,
    changes: z.array(z.unknown()),
    origin,
    selection: z.tuple([z.number(), z.number()]).optional(),
    joins: z.literal(true).optional(),
    cause: z.enum(["opened", "external"]).optional(),
  }),
  z.object({ type: z.literal("jump"), at, to: z.number() }),
  z.object({
    type: z.literal("generation"),
    at,
    id: z.string(),
    task: z.enum(["continue", "rewrite"]),
    place: z.object({ from: z.number(), to: z.number() }).nullable(),
    selected: z.string().optional(),
    after: z.string().optional(),
    model: z.object({ name: z.string(), fingerprint: z.string(), parameters: z.number() }),
    runtime: z.string(),
    settings,
    seed: z.number(),
    count: z.number(),
    prompt: z.object({ tokens: numbers, text: z.string(), against: numbers.optional() }),
    steering: steering.optional(),
    templates: z
      .array(z.object({ name: z.string(), prompt: z.string(), stop: z.array(z.string()) }))
      .optional(),
    blanks: z.string().optional(),
    begin: z.string().optional(),
    choices: z.array(choice),
    timing: z.object({
      prefillMs: z.number(),
      prefillTokens: z.number(),
      decodeMs: z.number(),
      decodeTokens: z.number(),
    }),
    cancelled: z.literal(true).optional(),
  }),
  z.object({
    type: z.literal("outcome"),
    at,
    generation: z.string(),
    outcome: z.enum(["accepted", "rejected", "kept"]),
    choice: z.number().optional(),
    text: z.string().optional(),
  }),
  z.object({
    type: z.literal("take"),
    at,
    generation: z.string(),
    choice: z.number(),
    name: z.string().optional(),
    marked: z.boolean().optional(),
  }),
  z.object({ type: z.literal("saved"), at, sha256: z.string() }),
]);

/**
 * Reads a session file; one that is not there is empty.
 *
 * Throws a UserError where it cannot be read or was made by a newer version.
 */
export async function readSession(path: string): Promise<Session> {
  try {
    return parseSession(await readFile(path, "utf8"), path);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    if (errorCode(cause) === "ENOENT") return { records: [], damagedLines: 0 };
    throw new UserError(`${path} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}

/** The records in a session's text. Throws a UserError for one made by a newer version; `name` is what it calls it. */
export function parseSession(text: string, name: string): Session {
  const records: SessionRecord[] = [];
  let damagedLines = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const record = parseRecord(line);
    if (!record) damagedLines++;
    else if (record.type === "header" && record.version > SESSION_VERSION) {
      throw new UserError(`${name} was made by a newer version (${record.app})`, {
        hint: "Update Inkwright to open it.",
      });
    } else records.push(record);
  }
  return { records, damagedLines };
}

function parseRecord(line: string): SessionRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const checked = RECORD.safeParse(value);
  // zod writes optional properties as possibly undefined; they are absent instead.
  return checked.success ? (checked.data as SessionRecord) : null;
}
