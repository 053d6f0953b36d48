import { readdir, readFile, readlink, rm, rmdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseConfig } from "../../engine/gpt2/config.ts";
import { hubName } from "../../engine/gpt2/names.ts";

/** A whole GPT-2 in Hugging Face's download cache. */
export interface CachedModel {
  /** `gpt2`, or `OWNER/REPO`, with `@REVISION` where that is not `main`. */
  readonly name: string;
  /** `OWNER/REPO`. */
  readonly repo: string;
  readonly revision: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** The snapshot: links to the files. */
  readonly folder: string;
  /** All of the repository's: `models--OWNER--REPO`. */
  readonly storage: string;
}

/** A commit's name. */
export const COMMIT = /^[0-9a-f]{40}$/;

/** The folder of a repository in the cache. */
export function storageName(repo: string): string {
  return `models--${repo.replaceAll("/", "--")}`;
}

/** The GPT-2s in a cache that are whole, by name; none where there is no such folder. */
export async function cachedModels(cacheFolder: string): Promise<readonly CachedModel[]> {
  const found: CachedModel[] = [];
  for (const entry of await entries(cacheFolder)) {
    const repo = /^models--(.+)$/.exec(entry)?.[1]?.replace("--", "/");
    if (repo === undefined) continue;
    const storage = join(cacheFolder, entry);
    for (const { revision, commit } of await refs(storage)) {
      const folder = join(storage, "snapshots", commit);
      if (await isWhole(folder)) {
        found.push({ name: hubName(repo, revision), repo, revision, commit, folder, storage });
      }
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Branches and tags of a repository that were downloaded, with their commits; a snapshot without a name is its commit. */
async function refs(
  storage: string,
): Promise<readonly { readonly revision: string; readonly commit: string }[]> {
  const found: { revision: string; commit: string }[] = [];
  for (const revision of await entries(join(storage, "refs"))) {
    const commit = (await readFile(join(storage, "refs", revision), "utf8").catch(() => "")).trim();
    if (COMMIT.test(commit)) found.push({ revision, commit });
  }
  for (const commit of await entries(join(storage, "snapshots"))) {
    const isNamed = found.some((ref) => ref.commit === commit);
    if (COMMIT.test(commit) && !isNamed) found.push({ revision: commit, commit });
  }
  return found;
}

/** Whether a snapshot is a GPT-2 with a configuration, a tokenizer and all its weights. */
export async function isWhole(folder: string): Promise<boolean> {
  try {
    parseConfig(await readFile(join(folder, "config.json"), "utf8"), folder);
    const there = new Set<string>();
    for (const name of await readdir(folder)) {
      // A link whose file is gone does not count.
      if ((await stat(join(folder, name)).catch(() => undefined))?.isFile()) there.add(name);
    }
    if (!there.has("tokenizer.json") && !(there.has("vocab.json") && there.has("merges.txt"))) return false;
    if (there.has("model.safetensors")) return true;
    const index: unknown = JSON.parse(await readFile(join(folder, "model.safetensors.index.json"), "utf8"));
    const map = typeof index === "object" && index !== null && "weight_map" in index ? index.weight_map : {};
    const shards = Object.values(map ?? {});
    return shards.length > 0 && shards.every((shard) => typeof shard === "string" && there.has(shard));
  } catch {
    return false;
  }
}

/**
 * Deletes a downloaded model: its snapshot, its name, and the files that no other snapshot has. Returns how many bytes
 * that freed. Rejects where something cannot be deleted.
 */
export async function removeCached({ storage, folder, revision }: CachedModel): Promise<number> {
  await rm(join(storage, "refs", revision), { force: true });
  const commit = basename(folder);
  const isNamed = (await refs(storage)).some((ref) => ref.commit === commit && ref.revision !== commit);
  if (isNamed) return 0;
  await rm(folder, { recursive: true, force: true });
  const used = new Set<string>();
  for (const snapshot of await entries(join(storage, "snapshots"))) {
    for (const file of await files(join(storage, "snapshots", snapshot))) {
      const target = await readlink(file).catch(() => null);
      if (target !== null) used.add(basename(target));
    }
  }
  let freed = 0;
  for (const blob of await entries(join(storage, "blobs"))) {
    if (used.has(blob)) continue;
    freed += (await stat(join(storage, "blobs", blob))).size;
    await rm(join(storage, "blobs", blob));
  }
  if ((await entries(join(storage, "snapshots"))).length === 0) {
    await rm(storage, { recursive: true, force: true });
    await rmdir(join(storage, "..", ".locks", basename(storage))).catch(() => {});
  }
  return freed;
}

/** All files below a folder. */
async function files(folder: string): Promise<readonly string[]> {
  const all: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) all.push(...(await files(path)));
    else all.push(path);
  }
  return all;
}

async function entries(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
