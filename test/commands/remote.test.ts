import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { remoteOf } from "../../src/commands/open-remote.ts";
import { piece, startImitation } from "../engine/remote/imitation.ts";
import { FakeWorld } from "./fake-world.ts";

/** All that a world has on disk, as one text. */
function everything(folder: string): string {
  if (!existsSync(folder)) return "";
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

const PLAIN = new URL("../fixtures/checkpoints/plain", import.meta.url).pathname;
const KEY = "sk-nobody-may-read-this";

describe("the setting engine.url", () => {
  it("is kept as it is typed, and goes with unset", async () => {
    const world = new FakeWorld();
    const url = "http://localhost:8000/v1/";
    expect(await world.run(["config", "set", "engine.url", url])).toMatchObject({ code: 0, stderr: "" });
    expect((await world.run(["config", "get", "engine.url"])).stdout).toBe(`${url}\n`);
    expect(JSON.parse(readFileSync(join(world.cwd, "config", "config.json"), "utf8"))).toEqual({
      "engine.url": url,
    });
    expect((await world.run(["config", "unset", "engine.url"])).code).toBe(0);
    expect((await world.run(["config", "get", "engine.url"])).stdout).toBe("null\n");
  });

  it.each([
    "localhost:8000",
    "ftp://localhost/v1",
    "http://",
    `http://me:${KEY}@localhost/v1`,
    "http://x/v1?a=1",
  ])("refuses %s", async (url) => {
    const world = new FakeWorld();
    expect((await world.run(["config", "set", "engine.url", url])).code).toBe(2);
  });

  it("gives way to flags", () => {
    const values = { "engine.url": "http://a/v1", "engine.model": "big" };
    expect(remoteOf({}, values)).toEqual({ url: "http://a/v1", model: "big" });
    expect(remoteOf({ model: "fable" }, values)).toBeNull();
    expect(remoteOf({ engineUrl: "http://b/v1" }, values)).toEqual({ url: "http://b/v1", model: "big" });
    expect(remoteOf({ engineUrl: "http://b/v1", model: "m" }, values)).toEqual({
      url: "http://b/v1",
      model: "m",
    });
    expect(remoteOf({}, { "engine.url": null, "engine.model": "big" })).toBeNull();
  });
});

describe("commands on a server", () => {
  it("continue a story there, say so, and record it without the key", async () => {
    const server = await startImitation();
    const world = new FakeWorld();
    world.env.INKWRIGHT_API_KEY = KEY;
    writeFileSync(join(world.cwd, "tale.md"), "Once upon a time");
    await world.run(["config", "set", "engine.url", server.url]);
    const outcome = await world.run(["continue", "tale.md", "--seed", "7"]);
    expect(outcome).toMatchObject({ code: 0, stdout: " and so it went.\n" });
    const { host } = new URL(server.url);
    expect(outcome.stderr).toContain(`is sent to ${host}, where storyteller runs`);
    expect(outcome.stderr).not.toContain("unencrypted");
    expect(outcome.stderr).toContain("storyteller writes here for the first time");
    const again = await world.run(["continue", "tale.md", "--seed", "7", "--no-record"]);
    expect(again.stderr).toContain("storyteller runs");
    expect(again.stderr).not.toContain("first time");
    expect(world.opened).toEqual([]);
    expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    const session = readFileSync(join(world.cwd, "tale.session.jsonl"), "utf8");
    const generation = session
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .find(({ type }) => type === "generation");
    expect(generation).toMatchObject({
      model: { name: "storyteller", parameters: 0, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) },
      runtime: expect.stringContaining(`vllm at ${host}`),
      seed: 7,
      prompt: { tokens: [], text: "Once upon a time" },
      choices: [{ text: " and so it went.", tokens: [], finish_reason: "end" }],
    });
    expect(everything(world.cwd)).not.toContain(KEY);
    expect(outcome.stderr).not.toContain(KEY);
    const replay = await world.run(["sessions", "replay", "tale.md", "--verify"]);
    expect(replay.stdout).toContain("not run");
    expect(replay.code).toBe(1);
  });

  it("keep what had come of a stream that breaks", async () => {
    const server = await startImitation();
    server.faults.push((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(piece(" and so"));
      setTimeout(() => response.destroy(), 20);
    });
    const world = new FakeWorld();
    writeFileSync(join(world.cwd, "tale.md"), "Once upon a time");
    const outcome = await world.run(["continue", "tale.md", "--engine-url", server.url]);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toContain(" and so");
    expect(outcome.stderr).toContain("broke off");
    expect(readFileSync(join(world.cwd, "tale.session.jsonl"), "utf8")).toContain('" and so"');
  });

  it("rewrite, and print what the server sees", async () => {
    const write = () => [" He", " went", " home", "."];
    const server = await startImitation({ write });
    const world = new FakeWorld();
    writeFileSync(join(world.cwd, "tale.md"), "It rained. She came back. The end.");
    const rewritten = await world.run([
      "rewrite",
      "tale.md",
      "--select",
      "She came back.",
      "--engine-url",
      server.url,
      "--json",
    ]);
    expect(rewritten.code).toBe(0);
    expect(JSON.parse(rewritten.stdout).candidates[0]).toMatchObject({ text: "He went home." });
    const context = await world.run(["context", "tale.md", "--engine-url", server.url]);
    expect(context.stdout).toBe("It rained. She came back. The end.\n");
  });

  it("tell what the server cannot do", async () => {
    const server = await startImitation({ echo: "refuses" });
    const world = new FakeWorld();
    writeFileSync(join(world.cwd, "tale.md"), "It rained.");
    const outcome = await world.run(["score", "tale.md", "--engine-url", server.url]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("does not tell how likely a text is");
    const steered = await world.run(["continue", "tale.md", "--listen", "1", "--engine-url", server.url]);
    expect(steered.code).toBe(0);
    expect(steered.stderr).toContain(" listen works otherwise");
  });

  it("use this machine's model where one is named", async () => {
    const world = new FakeWorld();
    await world.run(["config", "set", "engine.url", "http://127.0.0.1:9/v1"]);
    world.engine.enqueue(" one");
    writeFileSync(join(world.cwd, "tale.md"), "Once");
    const outcome = await world.run(["continue", "tale.md", "--model", PLAIN]);
    expect(outcome).toMatchObject({ code: 0, stdout: " one\n" });
    expect(world.opened).toEqual([PLAIN]);
  });

  it("say that the server is not there", async () => {
    const world = new FakeWorld();
    writeFileSync(join(world.cwd, "tale.md"), "Once");
    const outcome = await world.run(["continue", "tale.md", "--engine-url", "http://nobody.invalid/v1"]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/No machine is called nobody\.invalid|cannot be reached/);
  });
});
