import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Faults, serveHub } from "../models/hub/imitation.ts";
import { cacheModel } from "../models/hub-shelf.ts";
import { FakeWorld } from "./fake-world.ts";

const PLAIN = fileURLToPath(new URL("../fixtures/checkpoints/plain", import.meta.url));
const FABLE = fileURLToPath(new URL("../../models/fable", import.meta.url));

/** A world whose home has a download cache, and which can reach a hub on loopback. */
async function online(faults: Faults = {}) {
  const world = new FakeWorld();
  const hub = await serveHub({ "openai-community/gpt2": PLAIN, "ann/tales": PLAIN }, faults);
  onTestFinished(() => hub.close());
  world.env.HF_ENDPOINT = hub.url;
  world.env.HF_HUB_CACHE = join(world.cwd, "hub");
  return { world, hub, cache: world.env.HF_HUB_CACHE };
}

const json = async (world: FakeWorld, ...args: string[]) =>
  JSON.parse((await world.run([...args, "--json"])).stdout) as Record<string, unknown>;

describe("models pull", () => {
  it("shows what would come, fetches it, and tells how to use it", async () => {
    const { world, cache } = await online();
    const dry = await world.run(["models", "pull", "gpt2", "--dry-run"]);
    expect(dry.stdout).toMatch(/^model\.safetensors +2,930,660 +to fetch$/mu);
    expect(dry.stdout).toContain("3.5 MB would come");
    expect(existsSync(cache)).toBe(false);
    const first = await world.run(["models", "pull", "gpt2"]);
    expect(first).toMatchObject({ code: 0, stdout: "" });
    expect(first.stderr).toContain("gpt2 is here (3.5 MB came)");
    expect(await json(world, "models", "pull", "gpt2")).toMatchObject({ name: "gpt2", downloaded_bytes: 0 });
    expect((await world.run(["models", "list"])).stdout).toMatch(/^gpt2 .* downloaded$/mu);
    expect((await world.run(["models", "use", "gpt2"])).code).toBe(0);
    expect((await world.run(["config", "get", "model"])).stdout).toBe("gpt2\n");
  });

  it("says what to do where it fails: 1, or 2 for a name that is none; stdout stays empty", async () => {
    const { world } = await online();
    const unknown = await world.run(["models", "pull", "ann/nobody"]);
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toContain("OWNER/REPO");
    expect((await world.run(["models", "pull", "../x"])).code).toBe(2);
  });

  it("ends with 130 after Ctrl+C and keeps what came", async () => {
    const { world, hub, cache } = await online({
      stallAfter: (name) => (name === "model.safetensors" ? 1_000_000 : null),
    });
    const running = world.run(["models", "pull", "gpt2"]);
    const blobs = join(cache, "models--openai-community--gpt2", "blobs");
    await vi.waitFor(() => {
      const partial = readdirSync(blobs).find((name) => name.endsWith(".incomplete")) ?? "none";
      expect(statSync(join(blobs, partial)).size).toBe(1_000_000);
    }, 20_000);
    world.interrupt("SIGINT");
    const { code, stderr } = await running;
    expect(code).toBe(130);
    expect(stderr).toContain("the same command goes on from there");
    world.interruption = new AbortController();
    hub.faults = {};
    expect((await world.run(["models", "pull", "gpt2"])).code).toBe(0);
    expect(hub.requests.at(-1)?.from).toBe(1_000_000);
  });
});

describe("models remove", () => {
  it("deletes what was downloaded, only the link of a link, and a folder with --force alone", async () => {
    const { world, cache } = await online();
    const own = join(world.cwd, "data", "models");
    mkdirSync(own, { recursive: true });
    cacheModel(cache, "ann/tales", PLAIN);
    symlinkSync(PLAIN, join(own, "linked"));
    mkdirSync(join(own, "mine"));
    writeFileSync(join(own, "mine", "config.json"), "{}");
    expect(await json(world, "models", "remove", "ann/tales")).toMatchObject({
      freed_bytes: expect.any(Number),
    });
    expect(existsSync(join(cache, "models--ann--tales"))).toBe(false);
    expect((await world.run(["models", "remove", "linked"])).code).toBe(0);
    expect(existsSync(join(PLAIN, "config.json"))).toBe(true);
    const refused = await world.run(["models", "remove", "mine"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("--force");
    expect((await world.run(["models", "remove", "mine", "--force"])).code).toBe(0);
    expect(existsSync(join(own, "mine"))).toBe(false);
  });

  it("leaves the model in the box, and resets the setting that named a removed one", async () => {
    const { world, cache } = await online();
    expect((await world.run(["models", "remove", "fable"])).stderr).toContain("stays");
    cacheModel(cache, "ann/tales", PLAIN);
    await world.run(["models", "use", "ann/tales"]);
    expect((await world.run(["models", "remove", "ann/tales"])).stderr).toContain("now that is fable");
    expect((await world.run(["config", "get", "model"])).stdout).toBe("fable\n");
    expect((await world.run(["models", "remove", "nothing"])).stderr).toContain("none");
  });
});

describe("models verify", () => {
  it("passes the model in the box where it writes what is known of it", async () => {
    const { world } = await online();
    world.engine.enqueue(
      ', and the rest of the party were all ready to go.\n\n"I am going to the station," said the',
    );
    const report = await json(world, "models", "verify", "fable");
    expect(report).toMatchObject({ name: "fable", passed: true });
    expect(report.checks).toContainEqual({
      check: "hashes",
      passed: true,
      told: expect.stringContaining("SHA256SUMS"),
    });
    expect(report.checks).toContainEqual({ check: "continuation", passed: true, told: expect.any(String) });
    world.engine.enqueue("It was a dark night");
    const other = await world.run(["models", "verify", "fable"]);
    expect(other.code).toBe(1);
    expect(other.stdout).toMatch(/^continuation +WRONG/mu);
  });

  it("tells of damage, and does not open what is damaged", async () => {
    const { world, cache } = await online();
    const folder = cacheModel(cache, "ann/tales", PLAIN);
    rmSync(join(folder, "tokenizer.json"));
    writeFileSync(join(folder, "tokenizer.json"), "{}");
    const { code, stdout } = await world.run(["models", "verify", folder]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^tokenizer +WRONG/mu);
    expect(stdout).toMatch(/^continuation +- +not tried/mu);
    expect(world.opened).toEqual([]);
  });
});

describe("models info", () => {
  it("tells the memory that each precision needs, and what the makers warn of", async () => {
    const { world } = await online();
    const about = await json(world, "models", "info", "fable");
    const memory = about.memory_bytes as Record<string, number>;
    expect(memory.fp32).toBeGreaterThan(memory.int8 ?? 0);
    expect(about).toMatchObject({
      folder: FABLE.replace(/\/$/u, ""),
      licence: "mit",
      last_used: null,
      speed: [],
    });
    expect(about.limits).toContain("prejudices of its texts");
    expect((await world.run(["models", "info", "fable"])).stdout).toContain(
      "What its makers say of its limits:",
    );
  });
});
