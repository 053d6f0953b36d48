import { appendFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangeSet } from "@codemirror/state";
import { beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../src/files.ts";
import { openRecorder, sessionPath } from "../../src/sessions/recorder.ts";
import type { EditRecord, SessionRecord } from "../../src/sessions/records.ts";
import { openStory } from "../../src/sessions/restore.ts";
import { documentText } from "../../src/story/document.ts";
import { currentDocument, undo } from "../../src/story/history.ts";
import type { Origin } from "../../src/story/passages.ts";

const now = () => new Date("2026-01-02T03:04:05.000Z");
const at = now().toISOString();
let path = "";
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), "inkwright-")), "tale.md");
});

/** Inserts text at the end of a text of `length` units. */
const append = (length: number, insert: string, origin: Origin = { by: "writer" }): EditRecord => ({
  type: "edit",
  at,
  changes: ChangeSet.of({ from: length, insert }, length).toJSON(),
  origin,
});

/** Opens the story, does what an editor would record, and ends without saving unless told. */
async function work(records: readonly SessionRecord[], save: string | null): Promise<void> {
  const opened = await openStory(path, now);
  const recorder = openRecorder(sessionPath(path), { app: "inkwright test", story: "tale.md", now });
  for (const record of [...opened.records, ...records]) recorder.append(record);
  if (save !== null) {
    await writeFile(path, save);
    recorder.append({ type: "saved", at, sha256: sha256(save) });
  }
  await recorder.close();
}

async function reopen() {
  const opened = await openStory(path, now);
  const document = currentDocument(opened.tree);
  return { ...opened, text: documentText(document), passages: document.passages };
}

describe("opening a story again", () => {
  it("gives text, marks and past back", async () => {
    await writeFile(path, "one");
    await work([append(3, " two", { by: "model", generation: "g" })], "one two");
    const story = await reopen();
    expect(story).toMatchObject({ text: "one two", records: [], notices: [] });
    expect(story.passages).toEqual([{ from: 3, to: 7, generation: "g" }]);
    expect(story.savedText).toBe(currentDocument(story.tree).text);
    expect(documentText(currentDocument(undo(story.tree)))).toBe("one");
  });

  it("restores what a crash left unsaved, before the first save and after one", async () => {
    await writeFile(path, "one");
    await work([append(3, " two")], null);
    expect(await reopen()).toMatchObject({ text: "one two" });
    await work([], "one two");
    await work([append(7, " three")], null);
    const story = await reopen();
    expect(story.text).toBe("one two three");
    expect(story.notices[0]).toContain("restored");
    expect(story.savedText?.toString()).toBe("one two");
  });

  it("restores when the crash came between writing the file and recording it", async () => {
    await writeFile(path, "one");
    await work([append(3, " two")], null);
    await writeFile(path, "one two");
    await work([append(7, " three")], null);
    expect(await reopen()).toMatchObject({ text: "one two three" });
  });

  it("restores a story that was never saved at all", async () => {
    await work([append(0, "draft")], null);
    const story = await reopen();
    expect(story).toMatchObject({ text: "draft", sha256: null, savedText: null });
  });

  it("takes over what another program wrote, keeps the marks elsewhere, and the old text in the tree", async () => {
    await writeFile(path, "one");
    await work([append(3, " two", { by: "model", generation: "g" })], "one two");
    await writeFile(path, "ONE two");
    const story = await reopen();
    expect(story.text).toBe("ONE two");
    expect(story.passages).toEqual([{ from: 3, to: 7, generation: "g" }]);
    expect(story.notices[0]).toContain("another program");
    expect(story.records).toMatchObject([{ type: "edit", cause: "external" }, { type: "saved" }]);
    expect(documentText(currentDocument(undo(story.tree)))).toBe("one two");
    await work([], null);
    expect(await reopen()).toMatchObject({ text: "ONE two", records: [], notices: [] });
  });

  it("survives a torn last line and never rewrites it", async () => {
    await writeFile(path, "one");
    await work([append(3, " two")], "one two");
    await appendFile(sessionPath(path), '{"type":"edit","at":"2026-');
    const before = await readFile(sessionPath(path), "utf8");
    await work([append(7, "!")], "one two!");
    const after = await readFile(sessionPath(path), "utf8");
    expect(after.startsWith(`${before}\n`)).toBe(true);
    expect(await reopen()).toMatchObject({
      text: "one two!",
      notices: ["1 damaged lines of the session were passed over"],
    });
  });

  it("goes on from the file where the session cannot be followed", async () => {
    await writeFile(path, "one");
    await work([append(3, " two"), append(99, "stray")], "one two");
    const story = await reopen();
    expect(story.text).toBe("one two");
    expect(story.notices[0]).toContain("cannot be followed");
    await work([append(7, " three")], "one two three");
    expect(await reopen()).toMatchObject({ text: "one two three", records: [] });
  });
});
