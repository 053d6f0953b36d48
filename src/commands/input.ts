import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { errorCode, errorMessage, UserError } from "../errors.ts";
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
    return { text: decodeText(await readAll(context), "standard input"), file: null };
  }
  const last = context.settings.values.last_story;
  if (last !== null) return readStoryText(context, last);
  throw new UserError("There is nothing to read: no FILE, no pipe, and no last story.", {
    hint: "Name a story, or send a text through a pipe.",
    exitCode: 2,
  });
}

/** The text of a story's file. Throws a UserError where it cannot be read as text. */
export async function readStoryText(
  context: CommandContext,
  file: string,
): Promise<Source & { file: string }> {
  const path = resolve(context.cwd, file);
  try {
    if ((await stat(path)).isDirectory()) {
      throw new UserError(`${file} is a folder.`, { hint: "Name a text file in it." });
    }
    return { text: decodeText(await readFile(path), file), file: path };
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    if (errorCode(cause) === "ENOENT") {
      throw new UserError(`There is no file ${file}.`, { hint: `inkwright write ${file} begins it.`, cause });
    }
    throw new UserError(`${file} cannot be read (${errorMessage(cause)}).`, { cause });
  }
}

async function readAll(context: CommandContext): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of context.stdin) {
    chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    if (context.interrupted.aborted) break;
  }
  return Buffer.concat(chunks);
}

/**
 * UTF-8 bytes as text, without a byte order mark. Throws a UserError that says where the bytes stop being text;
 * `name` is what the message calls them.
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  if (bytes.includes(0)) {
    throw new UserError(`${name} is no text: it holds zero bytes.`, { hint: "Inkwright reads UTF-8 text." });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UserError(`${name} is not UTF-8 near byte ${invalidAt(bytes)}.`, {
      hint: "Convert it first, for example with iconv -f latin1 -t utf-8.",
      cause,
    });
  }
}

/** About where the bytes stop being UTF-8: where decoding with U+FFFD and encoding again first differs. */
function invalidAt(bytes: Uint8Array): number {
  const again = new TextEncoder().encode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  return again.findIndex((byte, index) => byte !== bytes[index]);
}
