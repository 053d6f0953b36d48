import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode, errorMessage, UserError } from "../errors.ts";
import { type FileSystem, sha256, writeError, writeFileAtomic } from "../files.ts";

/** How a story's text stands in its file. */
export interface StoryFormat {
  /** `\r\n` only where every line of the file ends so; in mixed files a `\r` is part of the text. */
  readonly lineBreak: "\n" | "\r\n";
  /** The file begins with a byte order mark. */
  readonly bom: boolean;
}

/** A story as it was read from its file. */
export interface StoredStory {
  /** False where there is no file yet; the text is empty then. */
  readonly exists: boolean;
  /** With `\n` between lines. */
  readonly text: string;
  readonly format: StoryFormat;
  /** Of the file's bytes, hex; null without a file. */
  readonly sha256: string | null;
}

/** The file holds something that was not there when it was last read or written. Nothing was overwritten. */
export class ChangedOnDiskError extends UserError {
  override readonly name = "ChangedOnDiskError";
  readonly changedOnDisk = true;

  constructor(path: string) {
    super(`${path} was changed by another program`, { hint: "Look at it before you overwrite it." });
  }
}

const PLAIN: StoryFormat = { lineBreak: "\n", bom: false };

/**
 * Reads a story. A missing file is a new, empty story.
 *
 * Throws a UserError for a folder, a missing folder, a binary file, and bytes that are not UTF-8; nothing on disk is changed.
 */
export async function readStory(path: string): Promise<StoredStory> {
  let bytes: Buffer;
  try {
    if ((await stat(path)).isDirectory()) {
      throw new UserError(`${path} is a folder`, { hint: "Name a text file in it." });
    }
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    if (errorCode(cause) === "ENOENT" && (await isFolder(dirname(path)))) {
      return { exists: false, text: "", format: PLAIN, sha256: null };
    }
    if (errorCode(cause) === "ENOENT" || errorCode(cause) === "ENOTDIR") {
      const hint = "Make the folder first, or name a story in another one.";
      throw new UserError(`${path} cannot be opened: its folder is not there`, { hint, cause });
    }
    throw new UserError(`${path} cannot be read: ${errorMessage(cause)}`, { cause });
  }
  return { exists: true, ...parseStory(bytes, path), sha256: sha256(bytes) };
}

/** The text of a story's bytes. Throws a UserError as {@link readStory} does; `name` is what it calls the file. */
export function parseStory(
  bytes: Uint8Array,
  name: string,
): { readonly text: string; readonly format: StoryFormat } {
  if (bytes.includes(0)) {
    throw new UserError(`${name} is a binary file, not a text`, { hint: "Inkwright opens UTF-8 text." });
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new UserError(`${name} is not UTF-8: byte ${invalidAt(bytes)} does not fit`, {
      hint: "Convert it first, for example with iconv -f latin1 -t utf-8.",
      cause,
    });
  }
  const bom = text.startsWith("\ufeff");
  if (bom) text = text.slice(1);
  const breaks = text.match(/\r?\n/gu) ?? [];
  const windows = breaks.length > 0 && breaks.every((found) => found === "\r\n") && !/\r(?!\n)/u.test(text);
  return windows
    ? { text: text.replaceAll("\r\n", "\n"), format: { lineBreak: "\r\n", bom } }
    : { text, format: { lineBreak: "\n", bom } };
}

/** The exact reverse of {@link parseStory}. */
export function serializeStory(text: string, format: StoryFormat): Buffer {
  const lines = format.lineBreak === "\n" ? text : text.replaceAll("\n", "\r\n");
  return Buffer.from(format.bom ? `\ufeff${lines}` : lines, "utf8");
}

/**
 * Writes a story atomically and returns the SHA-256 of its bytes.
 *
 * @param expectedSha256 of the file as it was last seen, null where there was none; "any" overwrites whatever is there
 * @throws ChangedOnDiskError if the file holds something else; UserError if it cannot be written
 */
export async function saveStory(
  path: string,
  text: string,
  format: StoryFormat,
  expectedSha256: string | null,
  disk?: FileSystem,
): Promise<string> {
  const bytes = serializeStory(text, format);
  const wanted = sha256(bytes);
  if (expectedSha256 !== "any") {
    const present = await presentSha256(path);
    if (present === wanted) return wanted;
    if (present !== null && present !== expectedSha256) throw new ChangedOnDiskError(path);
  }
  await writeFileAtomic(path, bytes, disk);
  return wanted;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

async function presentSha256(path: string): Promise<string | null> {
  try {
    return sha256(await readFile(path));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw writeError(path, error);
  }
}

/** Index of the first byte that is no UTF-8. */
function invalidAt(bytes: Uint8Array): number {
  const again = new TextEncoder().encode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  const at = again.findIndex((byte, index) => byte !== bytes[index]);
  return at < 0 ? bytes.length : at;
}
