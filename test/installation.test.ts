import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { cacheFolder, dataFolder, installation } from "../src/installation.ts";

it("finds this project from its sources", () => {
  const found = installation();
  const own: unknown = JSON.parse(readFileSync(join(found.root, "package.json"), "utf8"));
  expect(own).toMatchObject({ name: "inkwright", version: found.version });
  expect(found.models).toBe(join(found.root, "models"));
});

it("walks up past the packages of others", () => {
  const root = mkdtempSync(join(tmpdir(), "inkwright-installation-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "dist", "deep"), { recursive: true });
  writeFileSync(join(root, "package.json"), '{"name": "inkwright", "version": "9.8.7"}');
  writeFileSync(join(root, "dist", "package.json"), '{"name": "other", "version": "1.0.0"}');
  writeFileSync(join(root, "dist", "deep", "package.json"), "not JSON");
  const found = installation(pathToFileURL(join(root, "dist", "deep", "cli.js")).href);
  expect(found).toMatchObject({ root, version: "9.8.7", engineHost: join(root, "dist", "engine-host.js") });
  rmSync(join(root, "package.json"));
  expect(() => installation(pathToFileURL(join(root, "dist", "deep", "cli.js")).href)).toThrow("above");
});

it.each([
  ["linux", {}, "/h/.local/share/inkwright"],
  ["linux", { XDG_DATA_HOME: "/x" }, "/x/inkwright"],
  ["darwin", { XDG_DATA_HOME: "/x" }, "/h/Library/Application Support/inkwright"],
  ["linux", { XDG_DATA_HOME: "/x", INKWRIGHT_DATA_DIR: "/d" }, "/d"],
])("keeps data where %s has it, with %j", (platform, env, folder) => {
  expect(dataFolder({ platform, env, home: "/h" })).toBe(folder);
});

it.each([
  ["linux", {}, "/h/.cache/inkwright"],
  ["linux", { XDG_CACHE_HOME: "/x" }, "/x/inkwright"],
  ["darwin", { XDG_CACHE_HOME: "/x" }, "/h/Library/Caches/inkwright"],
  ["linux", { XDG_CACHE_HOME: "/x", INKWRIGHT_CACHE_DIR: "/c" }, "/c"],
])("keeps what can be made again where %s has it, with %j", (platform, env, folder) => {
  expect(cacheFolder({ platform, env, home: "/h" })).toBe(folder);
});
