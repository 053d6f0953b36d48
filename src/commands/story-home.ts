import { unwatchFile, watchFile } from "node:fs";
import { rename } from "node:fs/promises";
import { basename } from "node:path";
import type { Text } from "@codemirror/state";
import { UserError } from "../errors.ts";
import { resolvePath } from "../files.ts";
import { keepBackup } from "../sessions/backups.ts";
import type { Lock } from "../sessions/lock.ts";
import { openRecorder, type Recorder, sessionPath } from "../sessions/recorder.ts";
import type { SessionRecord } from "../sessions/records.ts";
import { type OpenedStory, openStory } from "../sessions/restore.ts";
import { readStory, saveStory, serializeStory } from "../sessions/story-file.ts";
import { type TakeTree, takesOf } from "../sessions/takes.ts";
import type { UndoTree } from "../story/history.ts";
import type { SaveOutcome, Services } from "../ui/perform.ts";
import { backupsFolder } from "./backups.ts";
import type { CommandContext } from "./context.ts";
import { asideOf, copyAside, isFile, keepCopy, rescuedNews } from "./story-copies.ts";
import { takeStory } from "./story-lock.ts";
import { isHomeAgain, leaveRefuge, openSessionFile, readRefuge } from "./story-refuge.ts";
import { askForStory, watchForAsking } from "./story-takeover.ts";

/** What the editor saves. */
type Save = Parameters<Services["save"]>[0];

/** A story's place on the disk while it is open: file, session, lock. It moves when the story gets another name. */
export interface StoryHome {
  readonly opened: OpenedStory;
  /** The process that has the story open already; null where it is ours. */
  readonly otherPid: number | null;
  record(record: SessionRecord): void;
  /** All that was generated for the story, in this sitting and before; `tree` is its past. */
  takes(tree: UndoTree): TakeTree;
  save(save: Save): Promise<SaveOutcome>;
  read(path: string): Promise<{ readonly text: string; readonly sha256: string }>;
  /** Tells of a file that another program changed, from now on until the story is closed. */
  watch(changed: (file: { readonly text: string; readonly sha256: string }) => void): void;
  /**
   * Saves the story where it is and completes its session, as far as possible; never rejects. Gives where it is kept
   * if neither could be written; null otherwise.
   */
  rescue(text: Text, expectedSha256: string | null, dirty: boolean): Promise<string | null>;
  /**
   * Keeps a text that could not be saved: among the story's backups, or where the system keeps temporary files.
   * Returns where; throws a UserError if there is no such place.
   */
  keepElsewhere(text: Text): Promise<string>;
  /** Takes the story over from the editor that has it. Throws a UserError where that one does not answer. */
  takeOver(): Promise<OpenedStory>;
  /** Tells when another editor asks for the story; {@link StoryHome.letGo} answers. */
  onAsked(asked: () => void): void;
  /** Completes the session and gives the story free; from now on it is only read. */
  letGo(): Promise<void>;
  /** Completes the session and gives the story free. */
  close(): Promise<void>;
}

/** How a story is opened. */
export interface HomeOptions {
  /** False: no session is written. */
  readonly record: boolean;
  readonly app: string;
  /** Told when the session cannot be written. */
  readonly onProblem: (text: string) => void;
  /** Told when the story has moved to another file. */
  readonly onMove: (path: string) => void;
}

/** Milliseconds between two looks at the file. */
const WATCH_MS = 1000;

/** Opens the story at `path` and takes its lock. Throws a UserError where it cannot be read. */
export async function openHome(
  path: string,
  context: CommandContext,
  options: HomeOptions,
): Promise<StoryHome> {
  const { now } = context;
  const { record, app } = options;
  const { dataFolder } = context;
  const backups = backupsFolder(dataFolder);
  const recorderOf = (story: string): Recorder =>
    openRecorder(sessionPath(story), {
      app,
      story: basename(story),
      now,
      onProblem: (error) => options.onProblem(error.message),
      openFile: () => openSessionFile(dataFolder, story),
    });

  let lock = await takeStory(path, now);
  const otherPid = lock.held ? null : lock.by.pid;
  let opened: OpenedStory;
  try {
    const refuge = await readRefuge(dataFolder, path);
    opened = await openStory(path, now, refuge);
    if (refuge.length > 0 && record && lock.held && (await isHomeAgain(path))) {
      const returning = recorderOf(path);
      for (const line of refuge) returning.append(line);
      await returning.close().then(() => leaveRefuge(dataFolder, path));
    }
    opened = { ...opened, notices: [...opened.notices, ...(await rescuedNews(backups, path))] };
  } catch (error) {
    if (lock.held) await lock.release();
    throw error;
  }
  let recorder = record && lock.held ? recorderOf(path) : null;
  for (const line of opened.records) recorder?.append(line);
  /** What the session held when the story became ours. */
  let base = opened;
  let { format } = opened;
  /** What was recorded since the story was opened. */
  const sitting: SessionRecord[] = [];
  let home = path;

  async function save({ path: asked, text, expectedSha256, overwrite }: Save): Promise<SaveOutcome> {
    const target = resolvePath(asked, context);
    // The session goes first, so that after a crash it is never behind the file.
    await recorder?.flush().catch(() => {});
    const newLock = target === home ? null : await takeStory(target, now);
    if (newLock && !newLock.held) {
      throw new UserError(`${target} is open in another Inkwright`, { hint: "Choose another name." });
    }
    try {
      if (overwrite) await copyAside(target, now());
      // A backup that fails must not keep the story from being saved.
      if (record) await keepBackup(backups, target, now().getTime()).catch(() => {});
      const expected = overwrite ? "any" : expectedSha256;
      const sha256 = await saveStory(target, text.toString(), format, expected);
      known = sha256;
      if (newLock) await move(target, newLock);
      return { path: target, sha256 };
    } catch (error) {
      if (newLock?.held && lock !== newLock) await newLock.release();
      throw error;
    }
  }

  /** SHA-256 of what the file holds as far as is known here, and the save under way. */
  let known = opened.sha256;
  let saving: Promise<unknown> = Promise.resolve();
  /** Watches the file that is now the story's. */
  let watched: (() => void) | null = null;
  let stopWatching = (): void => {};
  let stopListening = (): void => {};

  async function look(changed: Parameters<StoryHome["watch"]>[0]): Promise<void> {
    await saving.catch(() => {});
    const found = await readStory(home).catch(() => null);
    if (found?.sha256 == null || found.sha256 === known) return;
    known = found.sha256;
    format = found.format;
    changed({ text: found.text, sha256: found.sha256 });
  }

  /** From now on the story is the one at `target`, and its session goes on there with the whole past. */
  async function move(target: string, newLock: Lock): Promise<void> {
    await recorder?.close().catch(() => {});
    recorder = null;
    if (record) {
      const session = sessionPath(target);
      if (await isFile(session)) await rename(session, asideOf(session, now())).catch(() => {});
      recorder = recorderOf(target);
      // From memory: the old session may lack what its disk had no room for, or be gone.
      for (const line of [...base.past, ...base.records, ...sitting]) {
        if (line.type !== "header") recorder.append(line);
      }
    }
    if (lock.held) await lock.release();
    lock = newLock;
    home = target;
    watched?.();
    options.onMove(target);
  }

  function keepElsewhere(text: Text): Promise<string> {
    return keepCopy(backups, home, serializeStory(text.toString(), format), now());
  }

  return {
    opened,
    otherPid,
    watch(changed) {
      let file = home;
      const listener = (): void => void look(changed);
      const begin = (): void => {
        unwatchFile(file, listener);
        file = home;
        watchFile(file, { persistent: false, interval: WATCH_MS }, listener);
      };
      begin();
      watched = begin;
      stopWatching = () => unwatchFile(file, listener);
    },
    record(line) {
      sitting.push(line);
      recorder?.append(line);
    },
    takes: (tree) => takesOf([...base.past, ...base.records, ...sitting], tree),
    save(effect) {
      const done = save(effect);
      saving = done;
      return done;
    },
    async read(story) {
      const found = await readStory(story);
      if (found.sha256 === null) {
        throw new UserError(`${story} is not there any more`, { hint: "Save it to make it anew." });
      }
      format = found.format;
      known = found.sha256;
      return { text: found.text, sha256: found.sha256 };
    },
    async rescue(text, expectedSha256, dirty) {
      const recorded = await (recorder?.flush() ?? Promise.reject()).then(
        () => true,
        () => false,
      );
      if (!dirty || !lock.held) return null;
      try {
        const { sha256 } = await save({
          type: "save",
          path: home,
          text,
          expectedSha256,
          overwrite: false,
          byItself: true,
        });
        recorder?.append({ type: "saved", at: now().toISOString(), sha256 });
        await recorder?.flush();
        return null;
      } catch {
        // The session holds what the file does not; where it could not be written either, a copy is kept.
        return recorded ? null : keepElsewhere(text).catch(() => null);
      }
    },
    keepElsewhere,
    async takeOver() {
      const asked = await askForStory(home, () => takeStory(home, now));
      if (!asked.held) {
        throw new UserError(`The Inkwright that has this story (process ${asked.by.pid}) does not answer`, {
          hint: "Quit it, or end it, and try again.",
        });
      }
      lock = asked;
      base = await openStory(home, now, await readRefuge(dataFolder, home));
      ({ format } = base);
      known = base.sha256;
      recorder = record ? recorderOf(home) : null;
      for (const line of base.records) recorder?.append(line);
      return base;
    },
    onAsked(asked) {
      stopListening = watchForAsking(home, () => {
        if (lock.held) asked();
      });
    },
    async letGo() {
      await recorder?.close().catch(() => {});
      recorder = null;
      if (lock.held) await lock.release();
      lock = { held: false, by: { pid: 0, host: "", since: "" } };
    },
    async close() {
      stopListening();
      stopWatching();
      await recorder?.close().catch((error: Error) => options.onProblem(error.message));
      if (lock.held) await lock.release();
    },
  };
}
