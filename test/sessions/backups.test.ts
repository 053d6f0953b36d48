import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  allBackups,
  isRescued,
  keepBackup,
  keepRescued,
  listBackups,
  restoreBackup,
  thinned,
} from "../../src/sessions/backups.ts";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 2, 4, 5, 6, 7, 890);
let home: string;
let story: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-backups-"));
  story = join(home, "my tale.md");
});
afterEach(() => rm(home, { recursive: true }));

const root = () => join(home, "backups");
const texts = async () =>
  Promise.all((await listBackups(root(), story)).map(({ file }) => readFile(file, "utf8")));

describe("backups", () => {
  it("keep what is saved over last, others ten minutes apart, and nothing twice", async () => {
    await keepBackup(root(), story, NOW);
    expect(await texts()).toEqual([]);
    await writeFile(story, "one");
    await keepBackup(root(), story, NOW);
    await writeFile(story, "two");
    await keepBackup(root(), story, NOW + MINUTE);
    expect(await texts()).toEqual(["two", "one"]);
    await writeFile(story, "three");
    await keepBackup(root(), story, NOW + 2 * MINUTE);
    expect(await texts()).toEqual(["three", "one"]);
    await writeFile(story, "four");
    await keepBackup(root(), story, NOW + 11 * MINUTE);
    await keepBackup(root(), story, NOW + 30 * MINUTE);
    expect(await texts()).toEqual(["four", "one"]);
    await writeFile(story, "five");
    await keepBackup(root(), story, NOW + 31 * MINUTE);
    expect(await texts()).toEqual(["five", "four", "one"]);
    expect(await listBackups(root(), story)).toMatchObject([
      { at: NOW + 31 * MINUTE, size: 4, story },
      { at: NOW + 11 * MINUTE },
      { at: NOW },
    ]);
  });

  it("hold what could not be saved, too, which the next save does not take away", async () => {
    await writeFile(story, "one");
    const kept = await keepRescued(root(), story, Buffer.from("rescued"), NOW);
    expect(await readFile(kept, "utf8")).toBe("rescued");
    await keepBackup(root(), story, NOW + MINUTE);
    await writeFile(story, "two");
    await keepBackup(root(), story, NOW + 2 * MINUTE);
    expect(await texts()).toEqual(["two", "rescued"]);
    expect((await listBackups(root(), story)).map(isRescued)).toEqual([false, true]);
  });

  it("of two stories of one name are told apart", async () => {
    await writeFile(story, "one");
    await keepBackup(root(), story, NOW);
    expect(await listBackups(root(), join(home, "other", "my tale.md"))).toEqual([]);
    expect(await allBackups(root())).toHaveLength(1);
    expect(await allBackups(join(home, "nowhere"))).toEqual([]);
  });

  it("come back as a file of their own, never over another", async () => {
    await writeFile(story, "one");
    await keepBackup(root(), story, NOW);
    const [backup] = await listBackups(root(), story);
    await restoreBackup(backup!, join(home, "again.md"));
    expect(await readFile(join(home, "again.md"), "utf8")).toBe("one");
    await expect(restoreBackup(backup!, story)).rejects.toThrow("exists already");
  });

  it("are thinned: the twelve newest stay, and one a day for a month", () => {
    const every = (hours: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        file: "",
        story: "",
        at: NOW - i * hours * 60 * MINUTE,
        size: 1,
      }));
    expect(thinned(every(1, 12))).toEqual([]);
    const dropped = thinned(every(1, 100));
    expect(dropped.every(({ at }) => at < NOW - 11 * 60 * MINUTE)).toBe(true);
    const kept = 100 - dropped.length;
    expect(kept).toBeGreaterThanOrEqual(12 + 3);
    expect(kept).toBeLessThanOrEqual(12 + 5);
    expect(thinned(every(24, 60))).toHaveLength(30);
  });

  it("leave nothing half written behind", async () => {
    await writeFile(story, "one");
    await keepBackup(root(), story, NOW);
    const [folder = ""] = await readdir(root());
    expect((await readdir(join(root(), folder))).sort()).toEqual([
      "2026-03-04T05-06-07-890Z my tale.md",
      "story",
    ]);
  });
});
