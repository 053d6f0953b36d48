import { mkdtemp, open, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangeSet } from "@codemirror/state";
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
