import {
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  unlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangeSet } from "@codemirror/state";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { lockPath, lockStory } from "../../src/sessions/lock.ts";
import { openRecorder, type SessionHandle, sessionPath } from "../../src/sessions/recorder.ts";
import type { EditRecord } from "../../src/sessions/records.ts";

const now = () => new Date("2026-01-02T03:04:05.000Z");
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkwright-"));
});

const typed = (at: number, insert: string, joins: boolean): EditRecord => ({
  type: "edit",
  at: now().toISOString(),
  changes: ChangeSet.of({ from: at, insert }, at).toJSON(),
  origin: { by: "writer" },
  ...(joins ? { joins: true } : {}),
});

/** The other functions of a file, for one that has a `write` of its own. */
function bound(disk: FileHandle): Omit<SessionHandle, "write"> {
  return {
    datasync: () => disk.datasync(),
    close: () => disk.close(),
    stat: disk.stat.bind(disk),
    read: disk.read.bind(disk),
  };
}

async function lines(path: string): Promise<Record<string, unknown>[]> {
  return (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("the recorder", () => {
  it.each([
    ["a/tale.md", "a/tale.session.jsonl"],
    ["a/tale.draft.md", "a/tale.draft.session.jsonl"],
    ["a.b/tale", "a.b/tale.session.jsonl"],
  ])("keeps the session of %s in %s", (story, session) => {
    expect(sessionPath(story)).toBe(session);
  });

  it("writes nothing until there is something to record, then a header first", async () => {
    const path = join(folder, "tale.session.jsonl");
    const recorder = openRecorder(path, { app: "inkwright 1", story: "tale.md", now });
    await recorder.flush();
    await expect(readFile(path)).rejects.toThrow("ENOENT");
    recorder.append(typed(0, "a", false));
    await recorder.close();
    expect(await lines(path)).toMatchObject([
      { type: "header", version: 1, story: "tale.md" },
      { type: "edit" },
    ]);
  });

  it("puts typing of one revision into one line", async () => {
    const path = join(folder, "tale.session.jsonl");
    const recorder = openRecorder(path, { app: "inkwright 1", story: "tale.md", now });
    recorder.append(typed(0, "a", false));
    recorder.append(typed(1, "b", true));
    recorder.append(typed(2, " ", false));
    recorder.append(typed(3, "c", true));
    await recorder.close();
    const records = await lines(path);
    expect(records.map(({ changes }) => changes)).toEqual([undefined, [[0, "ab"]], [2, [0, " c"]]]);
    expect(records.map(({ joins }) => joins)).toEqual([undefined, undefined, undefined]);
  });

  it("is on the disk within the second, without being asked", async () => {
    const path = join(folder, "tale.session.jsonl");
    const recorder = openRecorder(path, { app: "inkwright 1", story: "tale.md", now });
    recorder.append(typed(0, "a", false));
    await expect.poll(() => readFile(path, "utf8").catch(() => ""), { timeout: 1000 }).toContain('"a"');
    await recorder.close();
  });

  it("keeps records that the disk refuses, tells it once, and writes them when it can", async () => {
    const path = join(folder, "tale.session.jsonl");
    let full = true;
    const problems: string[] = [];
    const recorder = openRecorder(path, {
      app: "inkwright 1",
      story: "tale.md",
      now,
      onProblem: (error) => problems.push(error.message),
      async openFile(file): Promise<SessionHandle> {
        if (full) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
        return open(file, "a+");
      },
    });
    recorder.append(typed(0, "a", false));
    await expect(recorder.flush()).rejects.toThrow("the disk is full");
    recorder.append(typed(1, "b", false));
    await expect.poll(() => problems.length, { timeout: 2000 }).toBe(1);
    full = false;
    await recorder.close();
    expect((await lines(path)).map(({ type }) => type)).toEqual(["header", "edit", "edit"]);
    expect(problems).toHaveLength(1);
  });

  it("goes on exactly where a full disk stopped it, with nothing twice and nothing torn", async () => {
    const sizes = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(fc.nat({ max: 300 }), { maxLength: 8 }), async (texts, room) => {
        const path = join(await mkdtemp(join(tmpdir(), "inkwright-")), "tale.session.jsonl");
        const left = [...room];
        const recorder = openRecorder(path, {
          app: "inkwright 1",
          story: "tale.md",
          now,
          openFile: async (file) => {
            const disk = await open(file, "a+");
            const write = async (bytes: Buffer) => {
              const most = left.shift();
              if (most === 0) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
              return disk.write(bytes.subarray(0, most));
            };
            return { ...bound(disk), write: write as SessionHandle["write"] };
          },
        });
        for (const [index, size] of texts.entries()) {
          recorder.append(typed(index, "é".repeat(size + 1), false));
          if (index % 3 === 0) await recorder.flush().catch(() => {});
        }
        for (const _ of room) await recorder.flush().catch(() => {});
        await recorder.close();
        const inserted = (await lines(path)).slice(1).map(({ changes }) => JSON.stringify(changes));
        expect(inserted).toEqual(
          texts.map((size, index) => JSON.stringify(typed(index, "é".repeat(size + 1), false).changes)),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("writes on while a slow disk syncs", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "inkwright-")), "tale.session.jsonl");
    let release = (): void => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const recorder = openRecorder(path, {
      app: "inkwright 1",
      story: "tale.md",
      now,
      openFile: async (file) => {
        const disk = await open(file, "a+");
        return {
          ...bound(disk),
          write: disk.write.bind(disk) as SessionHandle["write"],
          datasync: () => slow,
        };
      },
    });
    recorder.append(typed(0, "a", false));
    await expect.poll(async () => (await lines(path).catch(() => [])).length, { timeout: 2000 }).toBe(2);
    recorder.append(typed(1, "b", false));
    await expect.poll(async () => (await lines(path)).length, { timeout: 2000 }).toBe(3);
    release();
    await recorder.close();
    expect(await lines(path)).toHaveLength(3);
  });

  it("makes a deleted session anew with all that was in it", async () => {
    const path = join(folder, "tale.session.jsonl");
    const recorder = openRecorder(path, { app: "inkwright 1", story: "tale.md", now });
    recorder.append(typed(0, "a", false));
    await recorder.flush();
    await unlink(path);
    recorder.append(typed(1, "b", false));
    await recorder.close();
    expect((await lines(path)).map(({ changes }) => changes)).toEqual([undefined, [[0, "a"]], [1, [0, "b"]]]);
  });

  it("writes nothing into a file that another program put in its place", async () => {
    const path = join(folder, "tale.session.jsonl");
    const recorder = openRecorder(path, { app: "inkwright 1", story: "tale.md", now });
    recorder.append(typed(0, "a", false));
    await recorder.flush();
    await unlink(path);
    await writeFile(path, "theirs\n");
    recorder.append(typed(1, "b", false));
    await expect(recorder.close()).rejects.toThrow("was replaced by another program");
    expect(await readFile(path, "utf8")).toBe("theirs\n");
  });

  it("waits for a folder that is away", async () => {
    const path = join(folder, "sub", "tale.session.jsonl");
    const recorder = openRecorder(path, { app: "inkwright 1", story: "tale.md", now });
    recorder.append(typed(0, "a", false));
    await expect(recorder.flush()).rejects.toThrow("its folder is not there");
    await mkdir(join(folder, "sub"));
    await recorder.close();
    expect(await lines(path)).toHaveLength(2);
  });
});

describe("the lock of a story", () => {
  const options = {
    pid: 10,
    host: "desk",
    since: now().toISOString(),
    isRunning: (pid: number) => pid === 10,
  };

  it("lets one editor in and names it to the next", async () => {
    const story = join(folder, "tale.md");
    const first = await lockStory(story, options);
    const second = await lockStory(story, { ...options, pid: 11, isRunning: () => true });
    expect(second).toMatchObject({ held: false, by: { pid: 10, host: "desk" } });
    if (first.held) await first.release();
    expect(await lockStory(story, { ...options, pid: 11 })).toMatchObject({ held: true });
  });

  it("takes over from an editor that died, but not from another machine", async () => {
    const story = join(folder, "tale.md");
    await lockStory(story, { ...options, pid: 99 });
    expect(await lockStory(story, options)).toMatchObject({ held: true });
    const other = join(folder, "other.md");
    await lockStory(other, { ...options, pid: 99, host: "laptop" });
    expect(await lockStory(other, options)).toMatchObject({ held: false });
  });

  it("takes over from before the machine started, whoever has that number now", async () => {
    const story = join(folder, "tale.md");
    await lockStory(story, { ...options, since: "2026-01-01T00:00:00.000Z" });
    const next = { ...options, pid: 11, isRunning: () => true };
    const bootedAt = Date.parse("2026-01-02T00:00:00.000Z");
    expect(await lockStory(story, { ...next, bootedAt: 0 })).toMatchObject({ held: false });
    expect(await lockStory(story, { ...next, bootedAt })).toMatchObject({ held: true });
  });

  it("goes to one of many that find a dead one at the same time", async () => {
    const story = join(folder, "tale.md");
    for (let round = 0; round < 40; round++) {
      await writeFile(lockPath(story), JSON.stringify({ pid: 99, host: "desk", since: options.since }));
      const isRunning = (pid: number) => pid !== 99;
      const pids = [1, 2, 3, 4, 5];
      const locks = await Promise.all(pids.map((pid) => lockStory(story, { ...options, pid, isRunning })));
      expect(locks.filter((lock) => lock.held)).toHaveLength(1);
      for (const lock of locks) if (lock.held) await lock.release();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("gives a lock that is just being made the time to be written", async () => {
    const story = join(folder, "tale.md");
    await writeFile(lockPath(story), "");
    const waiting = lockStory(story, { ...options, pid: 11 });
    await writeFile(lockPath(story), JSON.stringify({ pid: 10, host: "desk", since: options.since }));
    expect(await waiting).toMatchObject({ held: false, by: { pid: 10 } });
  });

  it("is a file that says who and since when", async () => {
    const story = join(folder, "tale.md");
    await lockStory(story, options);
    expect(JSON.parse(await readFile(lockPath(story), "utf8"))).toEqual({
      pid: 10,
      host: "desk",
      since: options.since,
    });
  });
});
