import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, errorMessage, UserError } from "../../errors.ts";
import { hashOf } from "../check/hashes.ts";
import { type Hub, refused, request, unreachable } from "./http.ts";
import type { HubFile, Listing } from "./listing.ts";

/** What a download needs of the world besides the hub and the disk. */
export interface DownloadOptions {
  /** Told of bytes that arrived; less than 0 for those that have to come again. */
  readonly onBytes?: (bytes: number) => void;
  /** Told why a try came to nothing, and that there will be another in `ms`. */
  readonly onRetry?: (why: string, ms: number) => void;
  readonly signal?: AbortSignal;
  /** Waits some milliseconds; rejects with the signal's reason. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Milliseconds without a byte after which a connection is taken to be dead. */
  readonly stallMs?: number;
}

/** Tries in a row that bring nothing, before it is given up. */
const TRIES = 6;

/** Milliseconds before the second try; it doubles with each, up to the second. */
const WAIT = { first: 500, most: 30_000 } as const;

const STALL_MS = 30_000;

/**
 * Fetches one file into the folder of blobs, under its hash, from where an earlier try has left off. It bears that name
 * only once it is whole and its hash is right. A connection that breaks is made again, as long as each brings
 * something. Throws a UserError for what cannot be mended, and the signal's reason; what came stays for the next time.
 */
export async function download(
  hub: Hub,
  listing: Listing,
  file: HubFile,
  blobs: string,
  options: DownloadOptions,
): Promise<void> {
  const whole = join(blobs, file.hash);
  const partial = `${whole}.incomplete`;
  let failures = 0;
  let wrong = false;
  while (true) {
    options.signal?.throwIfAborted();
    const before = await sizeOf(partial);
    if (before > file.size) await rm(partial);
    if (before === file.size && (await isRight(partial, file, options.signal))) break;
    if (before >= file.size) {
      options.onBytes?.(-file.size);
      await rm(partial, { force: true });
      if (wrong) throw mismatch(listing, file);
      wrong = before === file.size && file.size > 0;
      if (!wrong && file.size === 0) throw mismatch(listing, file);
      continue;
    }
    const outcome = await fetchRest(hub, listing, file, partial, before, options);
    if (outcome === "whole") continue;
    failures = outcome.brought > 0 ? 0 : failures + 1;
    if (failures >= TRIES) throw outcome.error;
    const wait = outcome.wait ?? Math.min(WAIT.most, WAIT.first * 2 ** failures);
    options.onRetry?.(outcome.error.message, wait);
    await options.sleep(wait, options.signal);
  }
  await rename(partial, whole);
}

function mismatch({ repo }: Listing, { path }: HubFile): UserError {
  return new UserError(`${path} of ${repo} arrived twice with another hash than the hub names.`, {
    hint: "Something between here and the hub changes it, or the hub's own file is damaged. Nothing was kept; try again later.",
  });
}

/** What came of a try: all, or how much, why no more, and for how long the hub wants to be left alone. */
type Outcome = "whole" | { readonly brought: number; readonly error: UserError; readonly wait?: number };

async function fetchRest(
  hub: Hub,
  { repo, commit }: Listing,
  file: HubFile,
  partial: string,
  before: number,
  { onBytes = () => {}, signal, stallMs = STALL_MS }: DownloadOptions,
): Promise<Outcome> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`nothing came for ${stallMs / 1000} s`)), stallMs);
  const either = AbortSignal.any([stalled.signal, ...(signal ? [signal] : [])]);
  let brought = 0;
  let handle: FileHandle | null = null;
  try {
    const path = file.path.split("/").map(encodeURIComponent).join("/");
    const response = await request(hub, `${hub.endpoint}/${repo}/resolve/${commit}/${path}`, {
      headers: before > 0 ? { range: `bytes=${before}-` } : {},
      signal: either,
    });
    if (response.status !== 200 && response.status !== 206) {
      await response.body?.cancel();
      const error = refused(hub, repo, response.status, { file: file.path });
      // The rest may be there under another name by now: from the beginning again.
      if (response.status === 416) await rm(partial, { force: true });
      else if (response.status < 500 && response.status !== 429 && response.status !== 408) throw error;
      const wait = retryAfter(response.headers.get("retry-after"));
      return { brought: 0, error, ...(wait === null ? {} : { wait }) };
    }
    const from = response.status === 206 ? rangeStart(response.headers.get("content-range"), file.size) : 0;
    if (from !== before && from !== 0) {
      await response.body?.cancel();
      await rm(partial, { force: true });
      onBytes(-before);
      return { brought: 0, error: unreachable(hub, new Error("another part came than was asked for")) };
    }
    if (from === 0 && before > 0) onBytes(-before);
    handle = await open(partial, from === 0 ? "w" : "a");
    let size = from;
    for await (const part of response.body ?? []) {
      timer.refresh();
      if (size + part.length > file.size) {
        await handle.close();
        handle = null;
        await rm(partial, { force: true });
        throw new UserError(`${file.path} of ${repo} is longer than the hub says.`, {
          hint: "Nothing of it was kept. See whether HF_ENDPOINT is right; else try again later.",
        });
      }
      await handle.write(part);
      size += part.length;
      brought += part.length;
      onBytes(part.length);
    }
    await handle.sync();
    if (size === file.size) return "whole";
    return { brought, error: unreachable(hub, new Error("the connection broke off")) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    if (errorCode(error) === "ENOSPC" || errorCode(error) === "EDQUOT") throw full(partial, error);
    if (["EACCES", "EPERM", "EROFS", "EIO"].includes(errorCode(error) ?? "")) {
      throw new UserError(`${partial} cannot be written (${errorMessage(error)}).`, {
        hint: "HF_HUB_CACHE names another folder.",
        cause: error,
      });
    }
    return { brought, error: unreachable(hub, stalled.signal.aborted ? stalled.signal.reason : error) };
  } finally {
    clearTimeout(timer);
    await handle?.close();
  }
}

function full(path: string, cause: unknown): UserError {
  return new UserError(`The disk of ${path} is full.`, {
    hint: "Make room, or let HF_HUB_CACHE name a folder on another disk. What came is kept: the same command goes on from there.",
    cause,
  });
}

/** The first byte of `bytes 5-9/10`; -1 where the whole is not of the size that it should be. */
function rangeStart(header: string | null, size: number): number {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/u.exec(header ?? "") ?? [];
  if (from === undefined || (total !== "*" && Number(total) !== size)) return -1;
  return Number(from);
}

/** Milliseconds of a `Retry-After`, a minute at most; null without one. */
function retryAfter(header: string | null): number | null {
  const seconds = Number.parseInt(header ?? "", 10);
  return Number.isNaN(seconds) ? null : Math.min(60, Math.max(0, seconds)) * 1000;
}

async function isRight(path: string, { hash }: HubFile, signal?: AbortSignal): Promise<boolean> {
  const kind = hash.length === 64 ? "sha256" : "git";
  return (await hashOf({ path, kind }, signal ? { signal } : {})) === hash;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
