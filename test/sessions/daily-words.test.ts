import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keepDailyWords, readDailyWords } from "../../src/sessions/daily-words.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkwright-words-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("keeps each story's words of each day, beside what others keep", async () => {
  const path = join(folder, "data", "words.json");
  await keepDailyWords(path, "2026-03-04", "/a.md", 10);
  await keepDailyWords(path, "2026-03-04", "/b.md", -5);
  await keepDailyWords(path, "2026-03-05", "/a.md", 7);
  await keepDailyWords(path, "2026-03-04", "/a.md", 12);
  expect(await readDailyWords(path)).toEqual({
    "2026-03-04": { "/a.md": 12, "/b.md": -5 },
    "2026-03-05": { "/a.md": 7 },
  });
});

it("keeps the newest days only", async () => {
  const path = join(folder, "words.json");
  const days = Object.fromEntries(
    Array.from({ length: 400 }, (_, i) => [`${1000 + i}-01-01`, { "/a.md": i }]),
  );
  await writeFile(path, JSON.stringify({ version: 1, days }));
  await keepDailyWords(path, "2026-03-04", "/a.md", 1);
  const kept = Object.keys(await readDailyWords(path));
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([400, "1001-01-01", "2026-03-04"]);
});

it("begins anew where the file cannot be understood", async () => {
  const path = join(folder, "words.json");
  await writeFile(path, '{"version":1,"days":{"2026-03-04":{"/a.md":-1');
  expect(await readDailyWords(path)).toEqual({});
  await keepDailyWords(path, "2026-03-04", "/a.md", 3);
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
    version: 1,
    days: { "2026-03-04": { "/a.md": 3 } },
  });
});
