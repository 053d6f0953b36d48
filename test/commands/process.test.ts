import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { installation } from "../../src/installation.ts";
import { readSession } from "../../src/sessions/read.ts";
import { childrenOf, isRunning } from "../processes.ts";

const { root, models, version } = installation();
const CLI = join(root, "dist", "cli.js");

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error(`${CLI} is missing: run npm run build first`);
});

/** A folder with settings and data of its own, in which the real program runs. */
/** All that stderr says of a model that writes for the first time. */
const FIRST_USE =
  /^inkwright: fable writes here for the first time\..*\n(?:inkwright: Its makers say: .*\n)?$/;

class RealWorld {
  readonly cwd: string = mkdtempSync(join(tmpdir(), "inkwright-process-"));

  constructor() {
    onTestFinished(() => rmSync(this.cwd, { recursive: true, force: true }));
  }

  start(args: readonly string[]): ChildProcessWithoutNullStreams {
    const env = {
      ...process.env,
      INKWRIGHT_CONFIG_DIR: join(this.cwd, "c"),
      INKWRIGHT_DATA_DIR: join(this.cwd, "d"),
    };
    return spawn(process.execPath, [CLI, ...args], { cwd: this.cwd, env });
  }

  async run(args: readonly string[], stdin = ""): Promise<{ code: number; stdout: string; stderr: string }> {
    const child = this.start(args);
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const [code] = await once(child, "close");
    return { code, stdout: stdout(), stderr: stderr() };
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

const PROMPT = "The old man looked at the sea and";

describe("the program itself", () => {
  it("tells its version", async () => {
    expect(await new RealWorld().run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("streams what the JSON holds, and the same seed gives the same text", async () => {
    const world = new RealWorld();
    const flags = ["continue", "--length", "25", "--seed", "11"];
    const plain = await world.run(flags, PROMPT);
    const json = JSON.parse((await world.run([...flags, "--json"], PROMPT)).stdout);
    expect(plain.code).toBe(0);
    expect(plain.stdout).toBe(`${json.choices[0].text}\n`);
    expect(json).toMatchObject({ model: { name: "fable", parameters: 7_098_368 }, seed: 11 });
    expect(json.choices[0].tokens).toHaveLength(25);
    expect(json.choices[0].logprobs).toHaveLength(25);
    expect(json.timing.load_ms).toBeGreaterThan(0);
    expect(json.timing.decode_tokens).toBeGreaterThan(0);
  });

  it("records, and proves its records by running the model again", async () => {
    const world = new RealWorld();
    writeFileSync(join(world.cwd, "tale.md"), `${PROMPT} said nothing. It was late. They went home. `);
    await world.run(["continue", "tale.md", "--length", "12", "--count", "2"]);
    const { stdout } = await world.run([
      "rewrite",
      "tale.md",
      "--select",
      "It was late.",
      "--count",
      "2",
      "--json",
    ]);
    const { candidates } = JSON.parse(stdout);
    expect(candidates.length).toBeGreaterThan(0);
    for (const { fit, kept } of candidates) expect([typeof fit, typeof kept]).toEqual(["number", "number"]);
    const replay = await world.run(["sessions", "replay", "tale.md", "--verify"]);
    expect(replay).toMatchObject({ code: 0, stderr: "" });
    expect(replay.stdout.match(/: the same \d+ tokens/g)).toHaveLength(2);
    const path = join(world.cwd, "tale.session.jsonl");
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace(/("tokens":\[)(\d+)(,[\d,]+\],"logprobs")/, "$17$3"),
    );
    expect((await world.run(["sessions", "replay", "tale.md", "--verify"])).code).toBe(1);
  });

  it("tells what a model cannot do when it first writes, not when it is only tried or reads", async () => {
    const world = new RealWorld();
    expect(await world.run(["models", "verify", "fable"])).toMatchObject({ code: 0, stderr: "" });
    expect(await world.run(["score"], PROMPT)).toMatchObject({ code: 0, stderr: "" });
    expect((await world.run(["continue", "--length", "3"], PROMPT)).stderr).toMatch(FIRST_USE);
    expect(await world.run(["continue", "--length", "3"], PROMPT)).toMatchObject({ code: 0, stderr: "" });
  });

  it("scores a text by itself", async () => {
    const { code, stdout } = await new RealWorld().run(["score", "--json"], PROMPT);
    const { tokens, nll, perplexity, bits_per_character } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(tokens.map(({ text }: { text: string }) => text).join("")).toBe(PROMPT);
    const logprobs = tokens.slice(1).map(({ logprob }: { logprob: number }) => logprob);
    expect(tokens[0].logprob).toBeNull();
    expect(nll).toBeCloseTo(-logprobs.reduce((sum: number, one: number) => sum + one, 0), 6);
    expect(perplexity).toBeCloseTo(Math.exp(nll / logprobs.length), 6);
    expect(bits_per_character).toBeCloseTo(nll / Math.LN2 / PROMPT.length, 6);
  });

  it("passes on what is wrong with a checkpoint", async () => {
    const world = new RealWorld();
    cpSync(join(models, "fable"), join(world.cwd, "cut"), { recursive: true });
    truncateSync(join(world.cwd, "cut", "model.safetensors"), 5_000_000);
    const outcome = await world.run(["continue", "--model", "cut"], PROMPT);
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/^inkwright: .*model\.safetensors.*\n.+\n$/);
    expect(outcome.stderr).not.toContain("    at ");
  });
});

describe.skipIf(process.platform !== "linux")("a program that is ended early", () => {
  it("keeps what it printed at Ctrl+C, exits with 130 and leaves no process behind", async () => {
    const world = new RealWorld();
    const child = world.start(["continue", "--length", "100000", "--seed", "1"]);
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    child.stdin.end(PROMPT);
    await once(child.stdout, "data");
    const engines = childrenOf(child.pid);
    child.kill("SIGINT");
    const [code] = await once(child, "close");
    expect({ code, stderr: stderr() }).toEqual({ code: 130, stderr: expect.stringMatching(FIRST_USE) });
    expect(stdout()).toMatch(/\S[\s\S]*\n$/);
    expect(engines).toHaveLength(1);
    expect(engines.filter(isRunning)).toEqual([]);
    const day = new Date().toISOString().slice(0, 10);
    const { records } = await readSession(join(world.cwd, "d", "sessions", `pipe-${day}.session.jsonl`));
    const [choice] = records.flatMap((record) => (record.type === "generation" ? record.choices : []));
    expect(choice).toMatchObject({ finish_reason: "cancelled" });
    expect(stdout().startsWith(choice?.text.slice(0, 5) ?? "nothing")).toBe(true);
  });

  it("ends at Ctrl+C while it waits for a pipe or loads the model", async () => {
    const world = new RealWorld();
    const child = world.start(["continue"]);
    // Nothing tells from outside that it has come so far; it takes a tenth of a second on an idle machine.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([130, null]);
  });

  it("ends quietly when its reader goes away", async () => {
    const world = new RealWorld();
    const child = world.start(["continue", "--length", "100000", "--seed", "1"]);
    const stderr = collect(child.stderr);
    child.stdin.end(PROMPT);
    await once(child.stdout, "data");
    const engines = childrenOf(child.pid);
    child.stdout.destroy();
    const [code] = await once(child, "close");
    expect({ code, stderr: stderr() }).toEqual({ code: 0, stderr: expect.stringMatching(FIRST_USE) });
    expect(engines.filter(isRunning)).toEqual([]);
  });

  it("prints as much of a listing as is read", async () => {
    const child = new RealWorld().start(["config", "list"]);
    const stderr = collect(child.stderr);
    child.stdout.destroy();
    expect(await once(child, "close")).toEqual([0, null]);
    expect(stderr()).toBe("");
  });
});
