import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { installation } from "../../src/installation.ts";
import { listModels, namedModels, resolveModel } from "../../src/models/library.ts";

const box = installation().models;

/** A user's folder with a copy of the model in the box under the name `mine`, and things that are no models. */
function shelf(): { cwd: string; folders: { inBox: string; own: string; hub: string } } {
  const cwd = mkdtempSync(join(tmpdir(), "inkwright-library-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const own = join(cwd, "models");
  cpSync(join(box, "fable"), join(own, "mine"), { recursive: true });
  mkdirSync(join(own, "empty"));
  writeFileSync(join(own, "notes.txt"), "not a model");
  return { cwd, folders: { inBox: box, own, hub: join(cwd, "hub") } };
}

it("names the folders that hold a configuration, those in the box first", async () => {
  const { folders } = shelf();
  symlinkSync(join(box, "fable"), join(folders.own, "linked"));
  expect((await namedModels(folders)).map(({ name, where }) => `${name}: ${where}`)).toEqual([
    "fable: in the box",
    "linked: your own",
    "mine: your own",
  ]);
});

it("needs no folder of the user's", async () => {
  const models = await namedModels({ inBox: box, own: join(box, "nowhere"), hub: join(box, "nowhere") });
  expect(models.map(({ name }) => name)).toEqual(["fable"]);
});

it("lists what the files say, and what is wrong with them", async () => {
  const { folders } = shelf();
  writeFileSync(join(folders.own, "mine", "model.safetensors"), "cut");
  const [fable, mine] = await listModels(folders);
  expect(fable?.checkpoint).toMatchObject({
    parameters: 7_098_368,
    dtype: "float16",
    config: { n_positions: 1024 },
  });
  expect(fable?.size).toBeGreaterThan(13_941_080);
  expect(mine?.problem).toContain("model.safetensors is damaged");
});

it("resolves names first, then paths", async () => {
  const { cwd, folders } = shelf();
  mkdirSync(join(cwd, "fable"));
  const base = { cwd, home: join(cwd, "models") };
  expect(await resolveModel("fable", folders, base)).toBe(join(box, "fable"));
  expect(await resolveModel("./fable", folders, base)).toBe(join(cwd, "fable"));
  expect(await resolveModel("mine", folders, base)).toBe(join(folders.own, "mine"));
  expect(await resolveModel("models/mine", folders, base)).toBe(join(folders.own, "mine"));
  expect(await resolveModel("~/mine", folders, base)).toBe(join(folders.own, "mine"));
});

it("lists the names where a model is unknown", async () => {
  const { cwd, folders } = shelf();
  await expect(resolveModel("tales", folders, { cwd, home: cwd })).rejects.toMatchObject({
    message: 'There is no model "tales": neither a name nor a folder.',
    hint: expect.stringContaining("The models here are fable, mine;"),
  });
});
