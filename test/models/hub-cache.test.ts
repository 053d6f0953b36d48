import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { modelName } from "../../src/engine/gpt2/names.ts";
import { hubCacheFolder } from "../../src/installation.ts";
import { cachedModels, removeCached } from "../../src/models/hub/cache.ts";
import { namedModels, resolveModel } from "../../src/models/library.ts";
import { cacheModel } from "./hub-shelf.ts";

const PLAIN = fileURLToPath(new URL("../fixtures/checkpoints/plain", import.meta.url));
const SHARDED = fileURLToPath(new URL("../fixtures/checkpoints/sharded", import.meta.url));
const OTHER = "b".repeat(40);

let hub: string;
beforeEach(() => {
  hub = mkdtempSync(join(tmpdir(), "inkwright-hub-"));
  onTestFinished(() => rmSync(hub, { recursive: true, force: true }));
});

describe("Hugging Face's download cache", () => {
  it.each([
    [{}, "/home/ann/.cache/huggingface/hub"],
    [{ XDG_CACHE_HOME: "/x" }, "/x/huggingface/hub"],
    [{ XDG_CACHE_HOME: "/x", HF_HOME: "/hf" }, "/hf/hub"],
    [{ HF_HOME: "/hf", HF_HUB_CACHE: "/c" }, "/c"],
  ])("is where the environment %j says", (env, folder) => {
    expect(hubCacheFolder(env, "/home/ann").replaceAll("\\", "/")).toBe(folder);
  });

  it("shows official models by their short names, others by owner and name, with revisions", async () => {
    cacheModel(hub, "openai-community/gpt2", PLAIN);
    cacheModel(hub, "ann/tales", PLAIN);
    cacheModel(hub, "ann/tales", SHARDED, { revision: "v2", commit: OTHER });
    cacheModel(hub, "bob/poems", PLAIN, { revision: OTHER, commit: OTHER });
    const names = (await cachedModels(hub)).map(({ name }) => name);
    expect(names).toEqual(["ann/tales", "ann/tales@v2", `bob/poems@${OTHER}`, "gpt2"]);
  });

  it("finds whole models only, and nothing where there is no cache", async () => {
    const folder = cacheModel(hub, "ann/tales", SHARDED);
    expect(await cachedModels(hub)).toHaveLength(1);
    const shard = readdirSync(folder).find((name) => name.endsWith(".safetensors")) ?? "";
    rmSync(join(folder, shard));
    expect(await cachedModels(hub)).toEqual([]);
    const plain = cacheModel(hub, "ann/other", PLAIN);
    rmSync(join(plain, "config.json"));
    writeFileSync(join(plain, "config.json"), '{"model_type": "llama"}');
    expect(await cachedModels(hub)).toEqual([]);
    expect(await cachedModels(join(hub, "nowhere"))).toEqual([]);
  });

  it("is part of the library, behind the user's own; a model is called by its repository", async () => {
    const folder = cacheModel(hub, "openai-community/gpt2", PLAIN);
    const folders = { inBox: join(hub, "none"), own: join(hub, "none"), hub };
    expect(await namedModels(folders)).toMatchObject([{ name: "gpt2", folder, where: "downloaded" }]);
    expect(await resolveModel("gpt2", folders, { cwd: hub, home: hub })).toBe(folder);
    expect(modelName(folder)).toBe("gpt2");
    expect(modelName(join("somewhere", "mine"))).toBe("mine");
    await expect(resolveModel("gpt2-xl", folders, { cwd: hub, home: hub })).rejects.toMatchObject({
      hint: "To fetch it: inkwright models pull gpt2-xl",
    });
  });

  it("gives up a model's files, as far as no other snapshot has them", async () => {
    cacheModel(hub, "ann/tales", PLAIN);
    cacheModel(hub, "ann/tales", SHARDED, { revision: "v2", commit: OTHER });
    const storage = join(hub, "models--ann--tales");
    const before = readdirSync(join(storage, "blobs")).length;
    const [main] = await cachedModels(hub);
    expect(await removeCached(main!)).toBeGreaterThan(0);
    const [left, ...none] = await cachedModels(hub);
    expect(none).toEqual([]);
    expect(left).toMatchObject({ name: "ann/tales@v2" });
    expect(readdirSync(join(storage, "blobs")).length).toBeLessThan(before);
    await removeCached(left!);
    expect(existsSync(storage)).toBe(false);
  });
});
