import { mkdir, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleepFor } from "node:timers/promises";
import { hubName } from "../../engine/gpt2/names.ts";
import { UserError } from "../../errors.ts";
import { checkEarly, checkWhole } from "./check-snapshot.ts";
import { type DownloadOptions, download } from "./download.ts";
import type { Fetch } from "./http.ts";
import { fetchListing, type HubFile, parseWanted } from "./listing.ts";
import { openHub } from "./open-hub.ts";
import { holdPull } from "./pull-lock.ts";
import { isThere, nameSnapshot, putIntoSnapshot, type Storage, storageOf } from "./snapshot.ts";

/** The world, as far as fetching a model touches it. */
export interface PullOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Folder of the download cache. */
  readonly cache: string;
  /** Hears how far it is, as a phrase. */
  readonly tell?: (text: string) => void;
  readonly signal?: AbortSignal;
  /** Only looks what would come. */
  readonly dryRun?: boolean;
  readonly fetch?: Fetch;
  readonly sleep?: DownloadOptions["sleep"];
  readonly stallMs?: number;
  /** Bytes that are free on the disk of a folder. */
  readonly freeSpace?: (folder: string) => Promise<number>;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** What came, or would. */
export interface Pulled {
  /** What `--model` calls it. */
  readonly name: string;
  readonly repo: string;
  readonly revision: string;
  readonly commit: string;
  readonly folder: string;
  readonly files: readonly (HubFile & { readonly status: "here" | "fetched" | "to fetch" })[];
  /** Bytes to come, or that came. */
  readonly bytes: number;
  /** Bytes that are free where it goes. */
  readonly free: number;
  /** Whether that is enough, with some to spare. */
  readonly enough: boolean;
}

/** Bytes that stay free on the disk. */
const SPARE = 50e6;

/**
 * Fetches a GPT-2 from the Hugging Face hub into Hugging Face's own cache, where other tools find it too. The model has
 * its name only once all of it is here; whatever goes wrong, what was here before stays as it is, and what came is kept
 * for the next time. Throws a UserError for all that the user can do something about, and the signal's reason.
 */
export async function pullModel(name: string, options: PullOptions): Promise<Pulled> {
  const { env, home, cache, signal, tell = () => {}, freeSpace = freeBytes } = options;
  const wanted = parseWanted(name);
  const hub = await openHub(env, home, options.fetch);
  tell("asking the hub …");
  const listing = await fetchListing(hub, wanted, signal);
  const storage = storageOf(cache, listing);
  const missing = await missingFiles(storage, listing.files);
  const bytes = (await Promise.all(missing.map((file) => bytesToCome(storage, file)))).reduce(
    (a, b) => a + b,
    0,
  );
  const free = await freeSpace(cache);
  const enough = bytes === 0 || bytes + SPARE <= free;
  const about = (status: "fetched" | "to fetch"): Pulled => ({
    name: hubName(wanted.repo, wanted.revision),
    repo: wanted.repo,
    revision: wanted.revision,
    commit: listing.commit,
    folder: storage.snapshot,
    files: listing.files.map((file) => ({ ...file, status: missing.includes(file) ? status : "here" })),
    bytes,
    free,
    enough,
  });
  if (options.dryRun) return about("to fetch");
  if (!enough) {
    throw new UserError(
      `${name} needs ${megabytes(bytes + SPARE)} on the disk of ${cache}, ${megabytes(SPARE)} of them to spare, and ${megabytes(free)} are free.`,
      {
        hint: "Make room, or let HF_HUB_CACHE name a folder on another disk.",
      },
    );
  }
  await mkdir(storage.blobs, { recursive: true });
  const release = await holdPull(storage.folder, name);
  try {
    const meter = progressMeter(bytes, tell, options.now ?? Date.now);
    const watched: DownloadOptions = {
      sleep: options.sleep ?? ((ms, abort) => sleepFor(ms, undefined, abort ? { signal: abort } : {})),
      onBytes: meter,
      onRetry: (why, ms) => tell(`${why} Again in ${Math.ceil(ms / 1000)} s …`),
      ...(signal ? { signal } : {}),
      ...(options.stallMs === undefined ? {} : { stallMs: options.stallMs }),
    };
    for (const file of missing) {
      if (!(await hasBlob(storage, file))) await download(hub, listing, file, storage.blobs, watched);
      await putIntoSnapshot(storage, file);
      await checkEarly(storage, listing, file);
    }
    await checkWhole(storage, listing).catch(async (error: unknown) => {
      // A snapshot that is whole would count as a model.
      for (const { path } of missing) await rm(join(storage.snapshot, path), { force: true });
      throw error;
    });
    await nameSnapshot(storage, listing, wanted.revision);
  } finally {
    await release();
  }
  return about("fetched");
}

async function missingFiles(storage: Storage, files: readonly HubFile[]): Promise<readonly HubFile[]> {
  const there = await Promise.all(files.map((file) => isThere(storage, file)));
  return files.filter((_, i) => !there[i]);
}

async function hasBlob({ blobs }: Storage, { hash, size }: HubFile): Promise<boolean> {
  return (await stat(join(blobs, hash)).catch(() => undefined))?.size === size;
}

async function bytesToCome(storage: Storage, file: HubFile): Promise<number> {
  if (await hasBlob(storage, file)) return 0;
  const partial = await stat(join(storage.blobs, `${file.hash}.incomplete`)).catch(() => undefined);
  return file.size - Math.min(file.size, partial?.size ?? 0);
}

/** Bytes that are free on the disk where `folder` is, or will be. */
async function freeBytes(folder: string): Promise<number> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await statfs(at).catch(() => null);
    if (found) return found.bavail * found.bsize;
    if (at === dirname(at)) return Number.POSITIVE_INFINITY;
  }
}

/** Tells a few times a second how much has come, how fast, and how long the rest will take. */
function progressMeter(
  total: number,
  tell: (text: string) => void,
  now: () => number,
): (bytes: number) => void {
  const begun = now();
  let [come, told] = [0, Number.NEGATIVE_INFINITY];
  return (bytes) => {
    come += bytes;
    const at = now();
    if (at - told < 200 && come < total) return;
    told = at;
    const rate = (1000 * come) / Math.max(1, at - begun);
    const left = rate > 0 ? (total - come) / rate : Number.POSITIVE_INFINITY;
    const percent = total === 0 ? 100 : Math.floor((100 * come) / total);
    tell(`${percent} % of ${megabytes(total)} · ${megabytes(rate)}/s · ${timeWords(left)} left`);
  };
}

function timeWords(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function megabytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return "unknown";
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
