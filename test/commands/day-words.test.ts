import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openDayWords } from "../../src/commands/day-words.ts";
import { keepDailyWords, readDailyWords } from "../../src/sessions/daily-words.ts";
import { dayOf } from "../../src/story/day.ts";

const NOW = new Date(2026, 2, 4, 12);
const { day } = dayOf(NOW.getTime());
let dataFolder = "";
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "inkwright-day-"));
});
afterEach(() => rm(dataFolder, { recursive: true, force: true }));

const open = () => openDayWords({ dataFolder, now: () => NOW }, "/a.md", 100);
const kept = () => readDailyWords(join(dataFolder, "words.json"));

it("goes on with what was written today, here and elsewhere", async () => {
  const path = join(dataFolder, "words.json");
  await keepDailyWords(path, "2026-03-03", "/a.md", 900);
  await keepDailyWords(path, day, "/a.md", 12);
  await keepDailyWords(path, day, "/b.md", 30);
  await keepDailyWords(path, day, "/c.md", 3);
  expect((await open()).today).toMatchObject({ day, here: 12, elsewhere: 33, counted: 100 });
});

it("writes the newest numbers, all that wait at once", async () => {
  const words = await open();
  words.keep(day, "/a.md", 1);
  words.keep(day, "/a.md", 5);
  await words.write();
  expect(await kept()).toEqual({ [day]: { "/a.md": 5 } });
  await words.write();
});

it("does not count a story twice that got another name", async () => {
  const words = await open();
  words.keep(day, "/a.md", 5);
  words.keep(day, "/b.md", 7);
  await words.write();
  expect(await kept()).toEqual({ [day]: { "/a.md": 0, "/b.md": 7 } });
});

it("lets the writer write where nothing can be kept", async () => {
  const words = await openDayWords({ dataFolder: "/dev/null/nowhere", now: () => NOW }, "/a.md", 1);
  words.keep(day, "/a.md", 5);
  await expect(words.write()).resolves.toBeUndefined();
});
