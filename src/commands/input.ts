import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { addAbortSignal } from "node:stream";
import { UserError } from "../errors.ts";
import { parseStory, readStory } from "../sessions/story-file.ts";
import type { CommandContext } from "./context.ts";

/** A text to work on, and where it came from. */
export interface Source {
  readonly text: string;
  /** Absolute path of the story; null for standard input. */
  readonly file: string | null;
}

/**
 * The text of `file`, of standard input for `-` and for a pipe without FILE, else of the last story. Throws a
 * UserError for what is no readable text; exit code 2 where there is nothing to read.
 */
export async function readSource(context: CommandContext, file: string | undefined): Promise<Source> {
  if (file !== undefined && file !== "-") return readStoryText(context, file);
  if (file === "-" || !context.stdin.isTTY) {
    return { text: parseStory(await readAll(context), "standard input").text, file: null };
  }
  const last = context.settings.values.last_story;
  if (last !== null) return readStoryText(context, last);
  throw new UserError("There is nothing to read: no FILE, no pipe, and no last story.", {
    hint: "Name a story, or send a text through a pipe.",
    exitCode: 2,
  });
}

/** The text of a story's file. Throws a UserError where there is none, or no text. */
async function readStoryText(context: CommandContext, file: string): Promise<Source> {
  const path = resolve(context.cwd, file);
  const found = await stat(path).catch(() => null);
  if (found && !found.isFile() && !found.isDirectory()) {
    // A pipe or a device, as in `continue <(…)`: it can be read once and has no session beside it.
    return { text: parseStory(await readFile(path), file).text, file: null };
  }
  const { exists, text } = await readStory(path);
  if (exists) return { text, file: path };
  throw new UserError(`There is no file ${file}.`, { hint: `inkwright write ${file} begins it.` });
}

/** Everything that comes through standard input. Rejects with an AbortError after an interruption. */
async function readAll(context: CommandContext): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of addAbortSignal(context.interrupted, context.stdin)) {
    chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  }
  return Buffer.concat(chunks);
}
