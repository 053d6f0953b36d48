import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { installation } from "../../src/installation.ts";
import { FakeWorld } from "../commands/fake-world.ts";
import { childrenOf, isRunning } from "../processes.ts";

const CLI = join(installation().root, "dist", "cli.js");

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error(`${CLI} is missing: run npm run build first`);
});

/** The real program, serving on a port that was free, once it can be asked. */
async function serving(args: readonly string[] = [], env: Record<string, string> = {}) {
  const cwd = mkdtempSync(join(tmpdir(), "inkwright-serve-"));
  const folders = { INKWRIGHT_CONFIG_DIR: join(cwd, "c"), INKWRIGHT_DATA_DIR: join(cwd, "d") };
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    [CLI, "serve", "--port", "0", "--model", "fable", "--threads", "1", ...args],
    { cwd, env: { ...process.env, ...folders, ...env } },
  );
  onTestFinished(() => {
    child.kill("SIGKILL");
    rmSync(cwd, { recursive: true, force: true });
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await vi.waitFor(() => expect(said).toMatch(/is served at (\S+)/), 20_000);
  return { child, url: /is served at (\S+)/.exec(said)?.[1] ?? "", said: () => said };
}

function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

describe("serve", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("answers, logs, and ends within a second of %s, also while it writes", async (signal, code) => {
    const { child, url, said } = await serving();
    const answer = await post(url, { prompt: "The fox", max_tokens: 3 });
    expect(await answer.json()).toMatchObject({ model: "fable", usage: { completion_tokens: 3 } });
    await vi.waitFor(() => expect(said()).toMatch(/^\S+Z POST \/v1\/completions 200 \d+\+3 tokens \d+ ms$/m));
    const stream = await post(url, { prompt: "The fox", max_tokens: 400, n: 16, stream: true });
    const engines = childrenOf(child.pid);
    expect(engines).toHaveLength(1);
    const begun = Date.now();
    child.kill(signal);
    const [text, [exit]] = await Promise.all([stream.text(), once(child, "exit")]);
    expect(exit).toBe(code);
    expect(Date.now() - begun).toBeLessThan(1000);
    expect(text).toContain('"message":"The server is closing."');
    expect(engines.filter(isRunning)).toEqual([]);
    expect(said()).not.toContain("mistake");
  });

  test("starts its engine anew when that died, and tells whoever was waiting", async () => {
    const { child, url } = await serving(["--quiet"]);
    const stream = await post(url, { prompt: "The fox", max_tokens: 400, n: 16, stream: true });
    for (const pid of childrenOf(child.pid)) process.kill(pid, "SIGKILL");
    expect(await stream.text()).toMatch(/"type":"server_error".*\n\n$/);
    const next = await post(url, { prompt: "The fox", max_tokens: 2 });
    expect(next.status).toBe(200);
  });

  test("asks for the token that the environment has; the log holds neither it nor any text", async () => {
    const { url, said } = await serving(["--token-env", "MY_TOKEN"], { MY_TOKEN: "hush" });
    expect((await post(url, { prompt: "A secret story" })).status).toBe(401);
    const answer = await post(
      url,
      { prompt: "A secret story", max_tokens: 1 },
      { Authorization: "Bearer hush" },
    );
    expect(answer.status).toBe(200);
    await vi.waitFor(() => expect(said()).toContain(" 200 "));
    expect(said()).not.toMatch(/hush|secret story/);
  });
});

describe("serve refuses", () => {
  test("to be reached from other machines without a token", async () => {
    const world = new FakeWorld();
    for (const host of ["0.0.0.0", "::", "192.168.1.2"]) {
      const { code, stderr } = await world.run(["serve", "--host", host]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`At ${host} others can reach the server`)]);
      expect(stderr).toContain("INKWRIGHT_TOKEN");
    }
    world.env.INKWRIGHT_TOKEN = "  ";
    expect((await world.run(["serve", "--host", "0.0.0.0"])).code).toBe(2);
    world.env.INKWRIGHT_TOKEN = "hush";
    const short = await world.run(["serve", "--host", "0.0.0.0"]);
    expect([short.code, short.stderr]).toEqual([2, expect.stringContaining("a token of 4 characters")]);
    expect(short.stderr).not.toContain("hush");
    expect(world.opened).toEqual([]);
  });

  test("a port that is in use, before the model is opened", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const world = new FakeWorld();
    const { code, stderr } = await world.run(["serve", "--port", String(port)]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Port ${port} of 127.0.0.1 is in use.`)]);
    expect(stderr).toContain("--port");
    expect(world.opened).toEqual([]);
  });

  test.each([
    ["--port", "70000"],
    ["--max-concurrent", "0"],
    ["--allow-origin", "example"],
    ["--engine-url", "http://localhost:8000/v1"],
  ])("%s %s", async (...flags) => {
    const { code } = await new FakeWorld().run(["serve", ...flags]);
    expect(code).toBe(2);
  });

  test("a model that is not there, and lets go of the port", async () => {
    const world = new FakeWorld();
    const { code, stderr } = await world.run(["serve", "--port", "0", "--model", "nowhere"]);
    expect(code).not.toBe(0);
    expect(stderr).toContain("nowhere");
  });
});
