import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSession } from "../../src/sessions/read.ts";
import { promptView } from "../fake-engine.ts";
import { FakeWorld } from "./fake-world.ts";

function worldWith(story: string): FakeWorld & { file: string } {
  const world = new FakeWorld();
  const file = join(world.cwd, "tale.md");
  writeFileSync(file, story);
  return Object.assign(world, { file });
}

it("tells what a model cannot do before it writes for the first time", async () => {
  const world = new FakeWorld();
  rmSync(join(world.cwd, "data"), { recursive: true });
  world.engine.enqueue(" a time");
  const first = await world.run(["continue"], { stdin: "Once upon" });
  expect(first).toMatchObject({ code: 0, stdout: " a time\n" });
  expect(first.stderr).toContain(
    "fake writes here for the first time. It knows how texts sound, not what is true",
  );
});

describe("continue", () => {
  it("prints what follows, as it is written, and leaves the story alone", async () => {
    const world = worldWith("It was dark.");
    world.engine.enqueue(" And| cold|.");
    const pieces: string[] = [];
    const outcome = await world.run(["continue", "tale.md", "--model", "fable"], {
      onOutput: (text) => pieces.push(text),
    });
    expect(outcome).toEqual({ code: 0, stdout: " And cold.\n", stderr: "" });
    expect(pieces).toEqual([" And", " cold", ".", "\n"]);
    expect(readFileSync(world.file, "utf8")).toBe("It was dark.");
    expect(world.opened).toEqual([expect.stringMatching(/models.fable$/)]);
    expect(world.engine.closed).toBe(1);
  });

  it("adds no second newline", async () => {
    const world = worldWith("It was dark.");
    world.engine.enqueue(" Yes|.\n");
    expect((await world.run(["continue", "tale.md"])).stdout).toBe(" Yes.\n");
  });

  it("separates several by an empty line and numbers them on stderr", async () => {
    const world = worldWith("It was");
    world.engine.enqueue(" one|.", " two", " three| and| more");
    const outcome = await world.run(["continue", "tale.md", "--count", "3"]);
    expect(outcome.stdout).toBe(" one.\n\n two\n\n three and more\n");
    expect(outcome.stderr).toBe("--- 1 ---\n--- 2 ---\n--- 3 ---\n");
    expect(world.engine.requests[0]?.choices).toBe(3);
  });

  it("reads a pipe, also an empty one", async () => {
    const world = new FakeWorld();
    world.engine.enqueue(" sea").enqueue("Once");
    expect((await world.run(["continue"], { stdin: "The déjà" })).stdout).toBe(" sea\n");
    expect((await world.run(["continue", "-"], { stdin: "" })).stdout).toBe("Once\n");
    expect(world.engine.requests.map((request) => request.before)).toEqual(["The déjà", ""]);
  });

  it("continues the last story where nothing is named", async () => {
    const world = worldWith("The last one.");
    world.engine.enqueue(" Ok");
    const none = await world.run(["continue"]);
    expect(none).toMatchObject({ code: 2, stdout: "" });
    expect(none.stderr).toContain("There is nothing to read");
    await world.run(["config", "set", "last_story", world.file]);
    expect((await world.run(["continue"])).stdout).toBe(" Ok\n");
  });

  it("takes settings from the file, and flags before them", async () => {
    const world = worldWith("x");
    world.engine.enqueue("y");
    await world.run(["config", "set", "temperature", "1.5"]);
    await world.run(["config", "set", "top_k", "40"]);
    await world.run([
      "continue",
      "tale.md",
      ...[
        "--top-k",
        "7",
        "--no-repeat-ngram-size",
        "3",
        "--stop",
        "A",
        "--stop",
        "B",
        "--seed",
        "11",
        "--greedy",
      ],
    ]);
    expect(world.engine.requests[0]?.settings).toMatchObject({
      temperature: 1.5,
      top_k: 7,
      no_repeat_ngram_size: 3,
      stop: ["A", "B"],
      seed: 11,
      greedy: true,
      length: 60,
    });
  });

  it.each([
    [
      ["continue", "tale.md", "--stop", "A", "B"],
      ["A", "B"],
    ],
    [
      ["continue", "--stop", "A", "B", "tale.md"],
      ["A", "B"],
    ],
    [["continue", "--stop", "A", "tale.md"], ["A"]],
    [["continue", "--stop", "A", "--seed", "1", "tale.md"], ["A"]],
  ])("tells stop texts and the story apart: %j", async (args, stop) => {
    const world = worldWith("x");
    world.engine.enqueue("y");
    expect(await world.run(args)).toMatchObject({ code: 0 });
    expect(world.engine.requests[0]).toMatchObject({ before: "x", settings: { stop } });
  });

  it("prints everything as JSON", async () => {
    const world = worldWith("It was dark.");
    world.engine.enqueue(" And| cold", " No");
    const outcome = await world.run(["continue", "tale.md", "--json", "--count", "2", "--seed", "5"]);
    expect(outcome.stderr).toBe("");
    expect(JSON.parse(outcome.stdout)).toEqual({
      model: { name: "fake", fingerprint: "0123456789abcdef", parameters: 42 },
      settings: expect.objectContaining({ temperature: 0.8, seed: 5 }),
      seed: 5,
      prompt: promptView([0, 1, 2], "It was dark."),
      choices: [
        { text: " And cold", tokens: [3, 5], logprobs: [-0.5, -0.5], finish_reason: "length" },
        { text: " No", tokens: [4], logprobs: [-0.5], finish_reason: "length" },
      ],
      timing: { load_ms: 0, prefill_ms: 1, prefill_tokens: 3, decode_ms: 2, decode_tokens: 2 },
    });
  });

  it("keeps what was printed when it is interrupted, and exits with 130", async () => {
    const world = worldWith("It was dark.");
    world.engine.enqueue(" one| two| three| four");
    world.engine.beforeToken = (index) => {
      if (index === 2) world.interrupt("SIGINT");
    };
    const outcome = await world.run(["continue", "tale.md"]);
    expect(outcome).toMatchObject({ code: 130, stdout: " one two\n" });
    expect(world.engine.closed).toBe(1);
    const { records } = await readSession(join(world.cwd, "tale.session.jsonl"));
    expect(records).toContainEqual(
      expect.objectContaining({
        type: "generation",
        choices: [expect.objectContaining({ text: " one two", finish_reason: "cancelled" })],
      }),
    );
  });

  it("stops and ends quietly when nobody reads its output", async () => {
    const world = worldWith("It was dark.");
    world.engine.enqueue(" one| two| three| four");
    const outcome = await world.run(["continue", "tale.md"], {
      onOutput: (text) => {
        if (text === " two") world.interrupt("EPIPE");
      },
    });
    expect(outcome).toEqual({ code: 0, stdout: " one two", stderr: "" });
  });
});

describe("what is generated", () => {
  it("is recorded beside the story, with the story's text", async () => {
    const world = worldWith("It was dark.\n");
    world.engine.enqueue("And| cold");
    await world.run(["continue", "tale.md", "--seed", "9"]);
    const { records, damagedLines } = await readSession(join(world.cwd, "tale.session.jsonl"));
    expect(damagedLines).toBe(0);
    expect(records).toEqual([
      expect.objectContaining({
        type: "header",
        version: 1,
        story: "tale.md",
        app: expect.stringMatching(/^inkwright \d/),
      }),
      expect.objectContaining({ type: "edit", cause: "opened" }),
      expect.objectContaining({ type: "saved" }),
      expect.objectContaining({
        type: "generation",
        id: "generation-1",
        task: "continue",
        place: { from: 13, to: 13 },
        seed: 9,
        prompt: { tokens: [0, 1, 2, 3], text: "It was dark.\n" },
        runtime: expect.stringMatching(/^inkwright .*; fake 1.0, 1 thread; node \d/),
      }),
      expect.objectContaining({ type: "outcome", generation: "generation-1", outcome: "kept" }),
    ]);
    world.engine.enqueue("More");
    await world.run(["continue", "tale.md"]);
    const again = await readSession(join(world.cwd, "tale.session.jsonl"));
    expect(again.records.map((record) => record.type).slice(5)).toEqual(["generation", "outcome"]);
  });

  it("goes to the day's session from a pipe", async () => {
    const world = new FakeWorld();
    world.engine.enqueue("Once");
    await world.run(["continue"], { stdin: "" });
    const path = join(world.cwd, "data", "sessions", "pipe-2026-03-04.session.jsonl");
    const { records } = await readSession(path);
    expect(records).toEqual([
      expect.objectContaining({ type: "header", story: null }),
      expect.objectContaining({ type: "generation", place: null }),
      expect.objectContaining({ type: "outcome", outcome: "kept" }),
    ]);
  });

  it.each([
    [["--no-record"], "true"],
    [[], "false"],
  ])("is not recorded with %j and record = %s", async (flags, record) => {
    const world = worldWith("It was dark.");
    await world.run(["config", "set", "record", record]);
    world.engine.enqueue("Once");
    expect((await world.run(["continue", "tale.md", ...flags])).code).toBe(0);
    expect(existsSync(join(world.cwd, "tale.session.jsonl"))).toBe(false);
  });

  it("is printed also where it cannot be recorded", async () => {
    const world = worldWith("It was dark.");
    mkdirSync(join(world.cwd, "tale.session.jsonl"));
    world.engine.enqueue("Once");
    const outcome = await world.run(["continue", "tale.md"]);
    expect(outcome).toMatchObject({ code: 0, stdout: "Once\n" });
    expect(outcome.stderr).toMatch(/^inkwright: This generation could not be recorded: /);
  });
});

describe("a text that cannot be read", () => {
  it.each([
    ["nothing.md", "There is no file nothing.md."],
    ["folder", "is a folder"],
    ["binary.md", "is a binary file"],
    ["latin1.md", "is not UTF-8: byte 3"],
  ])("%s ends the command with 1", async (name, message) => {
    const world = new FakeWorld();
    mkdirSync(join(world.cwd, "folder"));
    writeFileSync(join(world.cwd, "binary.md"), Buffer.from([1, 0, 2]));
    writeFileSync(join(world.cwd, "latin1.md"), Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x21]));
    const outcome = await world.run(["continue", name]);
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toContain(message);
    expect(world.opened).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)("may not be read", async () => {
    const world = worldWith("secret");
    chmodSync(world.file, 0);
    expect((await world.run(["continue", "tale.md"])).stderr).toContain("cannot be read");
  });
});
