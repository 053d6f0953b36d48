import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Puts the files of a folder into a download cache as Hugging Face's tools do; returns the snapshot's folder. */
export function cacheModel(
  hub: string,
  repo: string,
  from: string,
  {
    revision = "main",
    commit = "a".repeat(40),
  }: { readonly revision?: string; readonly commit?: string } = {},
): string {
  const storage = join(hub, `models--${repo.replaceAll("/", "--")}`);
  const snapshot = join(storage, "snapshots", commit);
  for (const folder of [join(storage, "blobs"), join(storage, "refs"), snapshot]) {
    mkdirSync(folder, { recursive: true });
  }
  for (const name of readdirSync(from)) {
    const bytes = readFileSync(join(from, name));
    const large = name.endsWith(".safetensors");
    const hash = createHash(large ? "sha256" : "sha1");
    if (!large) hash.update(`blob ${bytes.length}\0`);
    const blob = hash.update(bytes).digest("hex");
    writeFileSync(join(storage, "blobs", blob), bytes);
    symlinkSync(join("..", "..", "blobs", blob), join(snapshot, name));
  }
  if (revision !== commit) writeFileSync(join(storage, "refs", revision), commit);
  return snapshot;
}
