import { readFile, stat } from "node:fs/promises";
import { UserError } from "../errors.ts";

/**
 * The whole of a small file that a stranger may have made, of at most `most` bytes. Throws a UserError for a larger
 * one and for a pipe or a device, which may never end; rejects with the system's error where it cannot be read, such as
 * for a folder.
 */
export async function readBounded(path: string, most: number): Promise<Buffer> {
  const found = await stat(path);
  if (!found.isFile() && !found.isDirectory()) {
    throw new UserError(`${path} is neither a file nor a link to one.`, {
      hint: "Download the model again.",
    });
  }
  if (found.size > most) {
    throw new UserError(
      `${path} has ${(found.size / 1e6).toFixed(0)} MB; a model's has at most ${(most / 1e6).toFixed(0)} MB.`,
      { hint: "Download the model again." },
    );
  }
  return readFile(path);
}
