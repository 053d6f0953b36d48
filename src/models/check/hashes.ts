import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, readlink, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** A file of a model beside the hash that it should have. */
export interface HashedFile {
  readonly name: string;
  readonly path: string;
  readonly kind: "sha256" | "git";
  /** In hex. */
  readonly expected: string;
  /** Where it is from. */
  readonly source: string;
}

/** The name of a file in a checksum list, as `sha256sum` writes and reads it. */
const SUMS = "SHA256SUMS";

/**
 * The files in `folder` whose hashes are known: those of a `SHA256SUMS` beside them, and links into a Hugging Face
 * cache, whose files are named by the hub's hash: SHA-256 for large files, git's SHA-1 for the others.
 */
export async function hashedFiles(folder: string): Promise<readonly HashedFile[]> {
  const found: HashedFile[] = [];
  const sums = await readFile(join(folder, SUMS), "utf8").catch(() => "");
  for (const [, expected = "", name = ""] of sums.matchAll(/^([0-9a-f]{64}) [ *]([^\r\n/\\]+)\r?$/gmu)) {
    found.push({ name, path: join(folder, name), kind: "sha256", expected, source: SUMS });
  }
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    if (!(await lstat(path)).isSymbolicLink()) continue;
    const expected = basename(await readlink(path));
    const kind = /^[0-9a-f]{64}$/.test(expected) ? "sha256" : /^[0-9a-f]{40}$/.test(expected) ? "git" : null;
    if (kind !== null) found.push({ name, path, kind, expected, source: "the hub" });
  }
  return found;
}

/** The hash of a file, read in pieces; `onBytes` is told of each. Rejects where it cannot be read. */
export async function hashOf(
  { path, kind }: Pick<HashedFile, "path" | "kind">,
  {
    onBytes = () => {},
    signal,
  }: { readonly onBytes?: (bytes: number) => void; readonly signal?: AbortSignal } = {},
): Promise<string> {
  const hash = createHash(kind === "git" ? "sha1" : "sha256");
  if (kind === "git") hash.update(`blob ${(await stat(path)).size}\0`);
  for await (const piece of createReadStream(path, {
    highWaterMark: 2 ** 20,
    ...(signal ? { signal } : {}),
  })) {
    hash.update(piece);
    onBytes(piece.length);
  }
  return hash.digest("hex");
}
