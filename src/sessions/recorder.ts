import { type FileHandle, open } from "node:fs/promises";
import { ChangeSet } from "@codemirror/state";
import { writeError } from "../files.ts";
import { type EditRecord, type HeaderRecord, SESSION_VERSION, type SessionRecord } from "./records.ts";

/** The part of a file that the recorder uses; a test gives one that fails. */
export type SessionHandle = Pick<FileHandle, "appendFile" | "datasync" | "close" | "stat" | "read">;

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
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> = Promise.resolve();
  let lastSync = 0;
  let unsynced = false;
  let failing = false;

  async function opened(): Promise<SessionHandle> {
    if (handle) return handle;
    const file = await openFile(path);
    const { size } = await file.stat();
    if (size === 0) {
      const { app, story, now } = options;
      const header: HeaderRecord = {
        type: "header",
        version: SESSION_VERSION,
        app,
        story,
        at: now().toISOString(),
      };
      await file.appendFile(`${JSON.stringify(header)}\n`);
    } else {
      const last = Buffer.alloc(1);
      await file.read(last, 0, 1, size - 1);
      if (last[0] !== 0x0a) await file.appendFile("\n");
    }
    handle = file;
    return file;
  }

  async function write(sync: boolean): Promise<void> {
    if (waiting.length > 0) {
      const file = await opened();
      const records = waiting;
      waiting = [];
      try {
        await file.appendFile(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
        unsynced = true;
      } catch (error) {
        waiting = [...records, ...waiting];
        throw error;
      }
    }
    const now = options.now().getTime();
    if (unsynced && handle && (sync || now - lastSync >= SYNC_MS)) {
      await handle.datasync();
      lastSync = now;
      unsynced = false;
    }
    failing = false;
  }

  function attempt(sync: boolean): Promise<void> {
    const done = working.then(() => write(sync));
    working = done.catch(() => {});
    return done;
  }

  function later(): void {
    timer ??= setTimeout(() => {
      timer = null;
      attempt(false).then(
        () => {
          if (unsynced || waiting.length > 0) later();
        },
        (cause: unknown) => {
          if (!failing) options.onProblem?.(writeError(path, cause));
          failing = true;
          later();
        },
      );
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
      await attempt(true);
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
        await handle?.close();
        handle = null;
      }
    },
  };
}

/** Two edits of one revision as one, while neither is written yet; null where the second begins a revision. */
function compose(first: EditRecord, second: EditRecord): EditRecord | null {
  if (!second.joins || first.cause || second.cause) return null;
  const changes = ChangeSet.fromJSON(first.changes).compose(ChangeSet.fromJSON(second.changes));
  const { joins: _, ...edit } = second;
  return { ...edit, changes: changes.toJSON(), ...(first.joins ? { joins: true } : {}) };
}
