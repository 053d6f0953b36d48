import { copyFile, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorCode, UserError } from "../errors.ts";
import { sha256, writeFileAtomic } from "../files.ts";

/** An earlier state of a story's file, kept when it was saved over. */
export interface Backup {
  /** Path of the copy. */
  readonly file: string;
  /** Path of the story that it was. */
  readonly story: string;
  /** When it was saved over, in milliseconds since the epoch. */
  readonly at: number;
  /** In bytes. */
  readonly size: number;
}

/** Milliseconds between two backups of a story while it is saved again and again. */
const APART = 10 * 60 * 1000;
/** Backups of the last hours that are kept, and days of which one is kept besides: the newest of each. */
const NEWEST = 12;
const DAYS = 30;
const DAY = 24 * 60 * 60 * 1000;
/** Name of the file in a story's folder of backups that says which story it is. */
const NAME = "story";
/** Begins the names of texts that could not be saved. */
const RESCUED = "rescued ";

/** The folder of a story's backups below `root`: told by its path, in a form that no two paths share. */
export function backupFolder(root: string, story: string): string {
  return join(root, `${basename(story)} ${sha256(story).slice(0, 12)}`);
}

/**
 * Keeps a copy of the file of `story` as it is before it is saved over, unless the newest copy is the same. Besides the
 * newest, copies are ten minutes apart: the twelve newest of them stay, and one a day for a month. Does nothing where
 * there is no file yet.
 *
 * Throws the system's error where it cannot be kept: the story itself is untouched.
 */
export async function keepBackup(root: string, story: string, now: number): Promise<void> {
  const folder = backupFolder(root, story);
  const [newest, older] = await backupsIn(folder);
  let bytes: Buffer;
  try {
    bytes = await readFile(story);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  if (bytes.length === 0 || (newest && bytes.equals(await readFile(newest.file)))) return;
  await makeFolderOf(folder, story);
  await writeFileAtomic(join(folder, `${stamp(now)} ${basename(story)}`), bytes);
  const isBetween = newest && older && newest.at - older.at < APART && !isRescued(newest);
  if (isBetween) await rm(newest.file, { force: true });
  for (const old of thinned(await backupsIn(folder))) await rm(old.file, { force: true });
}

/**
 * Keeps a text of `story` that could not be saved, among its backups. Returns where. Throws the system's error where
 * it cannot be kept.
 */
export async function keepRescued(root: string, story: string, bytes: Buffer, now: number): Promise<string> {
  const folder = backupFolder(root, story);
  await makeFolderOf(folder, story);
  const file = join(folder, `${stamp(now)} ${RESCUED}${basename(story)}`);
  await writeFileAtomic(file, bytes);
  return file;
}

/** Whether a backup is a text that could not be saved. */
export function isRescued({ file }: Backup): boolean {
  return basename(file).replace(STAMP, "").startsWith(RESCUED);
}

async function makeFolderOf(folder: string, story: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileAtomic(join(folder, NAME), story);
}

/** The backups of a story, the newest first. */
export function listBackups(root: string, story: string): Promise<readonly Backup[]> {
  return backupsIn(backupFolder(root, story));
}

/** The backups of all stories, the newest first. */
export async function allBackups(root: string): Promise<readonly Backup[]> {
  const all: Backup[] = [];
  for (const name of await readdir(root).catch(() => [])) all.push(...(await backupsIn(join(root, name))));
  return all.sort((a, b) => b.at - a.at);
}

/** Copies a backup to `target`. Throws a UserError if there is something already, or it cannot be written. */
export async function restoreBackup({ file }: Backup, target: string): Promise<void> {
  try {
    await copyFile(file, target, 1);
  } catch (cause) {
    const there = errorCode(cause) === "EEXIST";
    throw new UserError(
      there ? `${target} exists already.` : `${target} cannot be written (${errorCode(cause)}).`,
      {
        hint: "Choose another name with --to.",
        cause,
      },
    );
  }
}

/** Those that are neither among the newest nor the newest of a day of the last month. */
export function thinned(backups: readonly Backup[]): readonly Backup[] {
  const days = new Set<number>();
  const last = backups[0]?.at ?? 0;
  return backups.filter(({ at }, index) => {
    const day = Math.floor(at / DAY);
    const isFirst = !days.has(day);
    days.add(day);
    return index >= NEWEST && !(isFirst && last - at < DAYS * DAY);
  });
}

const STAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z /u;

async function backupsIn(folder: string): Promise<readonly Backup[]> {
  const story = await readFile(join(folder, NAME), "utf8").catch(() => null);
  if (story === null) return [];
  const found: Backup[] = [];
  for (const name of await readdir(folder)) {
    const time = STAMP.exec(name);
    if (!time) continue;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = time
      .slice(1)
      .map(Number);
    const file = join(folder, name);
    const { size } = await stat(file);
    found.push({ file, story, at: Date.UTC(year, month - 1, day, hour, minute, second, ms), size });
  }
  return found.sort((a, b) => b.at - a.at);
}

function stamp(at: number): string {
  return new Date(at).toISOString().replaceAll(/[:.]/gu, "-");
}
