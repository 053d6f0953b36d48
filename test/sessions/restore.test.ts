import { appendFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangeSet } from "@codemirror/state";
import { beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../src/files.ts";
import { openRecorder, sessionPath } from "../../src/sessions/recorder.ts";
import type { EditRecord, SessionRecord } from "../../src/sessions/records.ts";
import { openStory } from "../../src/sessions/restore.ts";
import { serializeStory } from "../../src/sessions/story-file.ts";
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

  it("restores what was typed while the last save ran", async () => {
    await writeFile(path, "one");
    // The save took “one two”; its record comes when it has ended.
    await work([append(3, " two"), append(7, " three")], "one two");
    const story = await reopen();
    expect(story).toMatchObject({ text: "one two three", records: [] });
    expect(story.savedText?.toString()).toBe("one two");
    expect(story.notices[0]).toMatch(/restored/);
  });

  it("takes over an older text that another program brought back", async () => {
    await writeFile(path, "one");
    await work([append(3, " two")], "one two");
    await work([append(7, " three")], "one two three");
    await writeFile(path, "one");
    const story = await reopen();
    expect(story).toMatchObject({ text: "one" });
    expect(documentText(currentDocument(undo(story.tree)))).toBe("one two three");
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

  it("believes the file when the session lost records before the last save, as on a full disk", async () => {
    await writeFile(path, "one");
    await work([append(3, " two")], "one two, three and four");
    const story = await reopen();
    expect(story.text).toBe("one two, three and four");
    expect(story.notices[0]).toContain("lacks a part");
    await work([], null);
    expect(await reopen()).toMatchObject({ text: "one two, three and four", records: [] });
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
      notices: ["1 damaged line was passed over in the session"],
    });
  });

  it("goes on from the file where the session cannot be followed", async () => {
    await writeFile(path, "one");
    await work([append(3, " two"), append(99, "stray")], "one two");
    const story = await reopen();
    expect(story.text).toBe("one two");
    expect(story.notices[0]).toContain("cannot be followed");
    await work([append(7, " three")], "one two three");
    const again = await reopen();
    expect(again).toMatchObject({ text: "one two three", records: [], notices: [] });
    expect(documentText(currentDocument(undo(again.tree)))).toBe("one two");
  });

  it("does not let undo empty the story behind the text that the file had first", async () => {
    await writeFile(path, "one");
    const fresh = await openStory(path, now);
    expect(undo(fresh.tree)).toBe(fresh.tree);
    await work([append(3, " two")], null);
    const { tree } = await reopen();
    expect(documentText(currentDocument(undo(undo(undo(tree)))))).toBe("one");
  });

  it("keeps the marks between two places that another program changed", async () => {
    await writeFile(path, "one\n");
    await work([append(4, "two", { by: "model", generation: "g" }), append(7, "\nthree")], "one\ntwo\nthree");
    await writeFile(path, "ONE!\ntwo\n\nTHREE");
    const story = await reopen();
    expect(story.text).toBe("ONE!\ntwo\n\nTHREE");
    expect(story.passages).toEqual([{ from: 5, to: 8, generation: "g" }]);
  });

  it("keeps what was not saved in the tree when another program changed the file too", async () => {
    await writeFile(path, "one");
    await work([], "one");
    await work([append(3, " unsaved")], null);
    await writeFile(path, "theirs");
    const story = await reopen();
    expect(story.text).toBe("theirs");
    expect(documentText(currentDocument(undo(story.tree)))).toBe("one unsaved");
  });

  it("reads a file whose last odd line end was mended as the session does", async () => {
    await writeFile(path, "a\r\nb\nc");
    const mend: EditRecord = { ...append(6, ""), changes: [4, [0, "\r"], 2] };
    await work([mend], "a\r\nb\r\nc");
    const story = await reopen();
    expect(story).toMatchObject({ text: "a\r\nb\r\nc", records: [], notices: [] });
    expect(serializeStory(story.text, story.format).toString()).toBe("a\r\nb\r\nc");
  });

  it("keeps line ends and byte order mark", async () => {
    await writeFile(path, "\ufeffa\r\nb\r\n");
    const story = await reopen();
    expect(story.text).toBe("a\nb\n");
    expect(serializeStory(story.text, story.format).toString()).toBe("\ufeffa\r\nb\r\n");
  });

  it("is quick after ten thousand edits", async () => {
    const line = `${"word ".repeat(60)}\n`;
    await writeFile(path, line.repeat(500));
    let { length } = line.repeat(500);
    const edits = Array.from({ length: 10_000 }, () => {
      const record = append(length, "again ");
      length += 6;
      return record;
    });
    await work(edits, null);
    const start = performance.now();
    const story = await reopen();
    expect(performance.now() - start).toBeLessThan(2000);
    expect(story.text.length).toBe(length);
    expect(story.tree.revisions.length).toBe(10_002);
  });
});
