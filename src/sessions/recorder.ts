import { type FileHandle, open } from "node:fs/promises";
import { ChangeSet } from "@codemirror/state";
import { UserError } from "../errors.ts";
import { writeError } from "../files.ts";
import { type EditRecord, type HeaderRecord, SESSION_VERSION, type SessionRecord } from "./records.ts";

/** The part of a file that the recorder uses; a test gives one that fails. */
export type SessionHandle = Pick<FileHandle, "write" | "datasync" | "close" | "stat" | "read">;

/** What a recorder is made from. */
export interface RecorderOptions {
  /** Program and version, for the header. */
  readonly app: string;
  /** The story's file name; null for generations from a pipe. */
  readonly story: string | null;
  readonly now: () => Date;
  /** Told once when writing begins to fail, and again after it worked in between. Records are kept and tried again. */
  readonly onProblem?: (error: Error) => void;
  readonly openFile?: (path: string) => Promise<SessionHandle>;
}

/** The one writer of a session. */
export interface Recorder {
  readonly path: string;
  /** Takes a record; it is on its way to the disk within a quarter of a second. Never throws. */
  append(record: SessionRecord): void;
  /** Resolves when everything taken so far is written and synced; rejects with a UserError if that is impossible. */
  flush(): Promise<void>;
  /** Flushes and closes the file. */
  close(): Promise<void>;
}

/** Milliseconds between two writes. */
const WRITE_MS = 250;
/** Milliseconds between two syncs to the disk. */
const SYNC_MS = 1000;

/** The session of a story: `tale.md` has `tale.session.jsonl` beside it. */
export function sessionPath(story: string): string {
  return `${story.replace(/\.[^./\\]+$/u, "")}.session.jsonl`;
}

/**
 * Opens a session for appending, making it if need be. Nothing in the file is ever changed: where a crash tore the
 * last line, a new line is begun.
 *
 * The file is opened with the first record, so that a story that is only looked at leaves nothing behind.
 */
export function openRecorder(path: string, options: RecorderOptions): Recorder {
  const openFile = options.openFile ?? ((file) => open(file, "a+"));
  let handle: SessionHandle | null = null;
  let waiting: SessionRecord[] = [];
  /** Bytes of records that are on their way: where a write stops short, the next one goes on with the rest. */
  let unwritten = Buffer.alloc(0);
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> = Promise.resolve();
  let lastSync = 0;
  let unsynced = false;
  /** The sync under way: a slow disk takes a second, and the next write does not wait for it. */
  let syncing: Promise<void> | null = null;
  let failing = false;

  /** The open file; made anew, with all that was in it, where someone deleted it. */
  async function opened(): Promise<SessionHandle> {
    const old = handle;
    if (old && (await old.stat()).nlink > 0) return old;
    const file = await openFile(path);
    try {
      const start = old ? await contents(old, file, path) : await beginning(file, options);
      unwritten = Buffer.concat([start, unwritten]);
    } catch (error) {
      await file.close();
      throw error;
    }
    handle = file;
    await syncing?.catch(() => {});
    await old?.close();
    return file;
  }

  async function write(): Promise<void> {
    if (waiting.length > 0 || unwritten.length > 0) {
      const file = await opened();
      const lines = waiting.map((record) => `${JSON.stringify(record)}\n`).join("");
      waiting = [];
      unwritten = Buffer.concat([unwritten, Buffer.from(lines)]);
      unsynced = true;
      while (unwritten.length > 0) {
        const { bytesWritten } = await file.write(unwritten);
        unwritten = unwritten.subarray(bytesWritten);
      }
    }
    if (unsynced && handle && Math.abs(options.now().getTime() - lastSync) >= SYNC_MS) {
      // Nothing waits for it: what is written meanwhile survives the program's death, if not the machine's.
      beginSync(handle).catch(failed);
    }
    failing = false;
  }

  /** Syncs what was written so far, unless that is under way already. */
  function beginSync(file: SessionHandle): Promise<void> {
    if (syncing) return syncing;
    lastSync = options.now().getTime();
    unsynced = false;
    syncing = file
      .datasync()
      .catch((error: unknown) => {
        unsynced = true;
        throw error;
      })
      .finally(() => {
        syncing = null;
      });
    return syncing;
  }

  function failed(cause: unknown): void {
    if (!failing) options.onProblem?.(writeError(path, cause));
    failing = true;
    later();
  }

  function attempt(): Promise<void> {
    const done = working.then(write);
    working = done.catch(() => {});
    return done;
  }

  function later(): void {
    timer ??= setTimeout(() => {
      timer = null;
      attempt().then(() => {
        if (unsynced || waiting.length > 0) later();
      }, failed);
    }, WRITE_MS);
    timer.unref();
  }

  function stopTimer(): void {
    if (timer) clearTimeout(timer);
    timer = null;
  }

  async function flush(): Promise<void> {
    stopTimer();
    try {
      await attempt();
      // A sync under way may not have all of it.
      await syncing?.catch(() => {});
      if (unsynced && handle) await beginSync(handle);
    } catch (cause) {
      later();
      throw writeError(path, cause);
    }
  }

  return {
    path,
    append(record) {
      const last = waiting.at(-1);
      const composed = last?.type === "edit" && record.type === "edit" ? compose(last, record) : null;
      if (composed) waiting[waiting.length - 1] = composed;
      else waiting.push(record);
      later();
    },
    flush,
    async close() {
      try {
        await flush();
      } finally {
        stopTimer();
        await syncing?.catch(() => {});
        await handle?.close();
        handle = null;
      }
    },
  };
}

/** What has to be written before the first record: the header, or the end of a line that a crash tore. */
async function beginning(file: SessionHandle, { app, story, now }: RecorderOptions): Promise<Buffer> {
  const { size } = await file.stat();
  if (size === 0) {
    const at = now().toISOString();
    const header: HeaderRecord = { type: "header", version: SESSION_VERSION, app, story, at };
    return Buffer.from(`${JSON.stringify(header)}\n`);
  }
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return Buffer.from(last[0] === 0x0a ? "" : "\n");
}

/** All that is in `old`, which has no name any more. Throws a UserError if `anew`, of its old name, is not empty. */
async function contents(old: SessionHandle, anew: SessionHandle, path: string): Promise<Buffer> {
  if ((await anew.stat()).size > 0) {
    throw new UserError(`${path} was replaced by another program`, {
      hint: "Open the story again to record what you write.",
    });
  }
  const { size } = await old.stat();
  const bytes = Buffer.alloc(size);
  let read = 0;
  while (read < size) {
    const { bytesRead } = await old.read(bytes, read, size - read, read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

/** Two edits of one revision as one, while neither is written yet; null where the second begins a revision. */
function compose(first: EditRecord, second: EditRecord): EditRecord | null {
  if (!second.joins || first.cause || second.cause) return null;
  const changes = ChangeSet.fromJSON(first.changes).compose(ChangeSet.fromJSON(second.changes));
  const { joins: _, ...edit } = second;
  return { ...edit, changes: changes.toJSON(), ...(first.joins ? { joins: true } : {}) };
}
