import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { makeFolder } from "../../../src/engine/weights/folder.ts";

const made: string[] = [];

async function home(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "inkwright-folder-"));
  made.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true });
});

test("folders are made down to the one that is wanted, as often as it is asked for", async () => {
  const folder = await home();
  const wanted = join(folder, "a", "b", "c");
  await Promise.all([makeFolder(wanted), makeFolder(wanted), makeFolder(join(folder, "a", "b"))]);
  await makeFolder(wanted);
  expect(await readdir(join(folder, "a", "b"))).toEqual(["c"]);
});

test("a file in the way is told", async () => {
  const folder = await home();
  await writeFile(join(folder, "a"), "");
  await expect(makeFolder(join(folder, "a"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolder(join(folder, "a", "b"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test.runIf(process.platform === "linux")("a place that takes no folder is told, too", async () => {
  await expect(makeFolder("/proc/nowhere/below")).rejects.toMatchObject({ code: "ENOENT" });
});
