import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FakeWorld } from "./fake-world.ts";

/** A world with a story of one recorded continuation. */
async function recorded(): Promise<FakeWorld> {
  const world = new FakeWorld();
  writeFileSync(join(world.cwd, "tale.md"), "It was dark.");
  world.engine.enqueue(" And| cold| outside.");
  await world.run(["continue", "tale.md", "--seed", "3", "--temperature", "1.2", "--model", "fable"]);
  return world;
}

/** What the fake engine writes when it runs the recorded generation again. */
const AGAIN = " And| cold| outside.";

describe("sessions list", () => {
  it("shows the sessions of a folder", async () => {
    const world = await recorded();
    expect((await world.run(["sessions", "list", "."])).stdout).toBe(
      "SESSION             GENERATIONS  ACCEPTED  LAST\n" +
        "tale.session.jsonl            1         0  2026-03-04 05:06\n",
    );
    expect(JSON.parse((await world.run(["sessions", "list", ".", "--json"])).stdout)).toEqual([
      {
        session: "tale.session.jsonl",
        story: "tale.md",
        generations: 1,
        accepted: 0,
        last: "2026-03-04T05:06:07.000Z",
      },
    ]);
  });

  it("looks into the folder of stories, which need not be there", async () => {
    const world = await recorded();
    const none = await world.run(["sessions", "list"]);
    expect(none).toMatchObject({ code: 0, stdout: "" });
    expect(none.stderr).toContain("There are no sessions in");
    await world.run(["config", "set", "stories", world.cwd]);
    expect((await world.run(["sessions", "list"])).stdout).toContain("tale.session.jsonl");
    expect((await world.run(["sessions", "list", "nowhere"])).code).toBe(1);
  });

  it("passes over a session of a newer version with a word", async () => {
    const world = await recorded();
    const header = {
      type: "header",
      version: 99,
      app: "inkwright 9.0.0",
      story: "new.md",
      at: "2030-01-01T00:00:00Z",
    };
    writeFileSync(join(world.cwd, "new.session.jsonl"), `${JSON.stringify(header)}\n`);
    const outcome = await world.run(["sessions", "list", "."]);
    expect(outcome.stdout).toContain("tale.session.jsonl");
    expect(outcome.stderr).toContain("newer version");
  });
});

describe("sessions show", () => {
  it("tells what was generated and what became of it, for the story and for the session", async () => {
    const world = await recorded();
    const expected = `2026-03-04T05:06:07.000Z  continue  fake 0123456789abcdef  seed 3
  settings  temperature 1.2
    1  And cold outside.  (length)
  kept
`;
    for (const name of ["tale.md", "tale.session.jsonl"]) {
      expect(await world.run(["sessions", "show", name])).toEqual({ code: 0, stdout: expected, stderr: "" });
    }
    const { generations } = JSON.parse((await world.run(["sessions", "show", "tale.md", "--json"])).stdout);
    expect(generations).toMatchObject([{ id: "generation-1", outcome: { outcome: "kept" } }]);
  });

  it("tells of damaged lines, and of a session that is not there", async () => {
    const world = await recorded();
    appendFileSync(join(world.cwd, "tale.session.jsonl"), '{"type":"generat');
    expect((await world.run(["sessions", "show", "tale.md"])).stderr).toContain("1 damaged lines");
    const none = await world.run(["sessions", "show", "other.md"]);
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toContain("other.md has no session (other.session.jsonl).");
  });
});

describe("sessions replay", () => {
  it("compares the story with its session", async () => {
    const world = await recorded();
    expect(await world.run(["sessions", "replay", "tale.md"])).toMatchObject({
      code: 0,
      stdout: "tale.md: the story matches its session\n",
    });
    writeFileSync(join(world.cwd, "tale.md"), "It was bright.");
    const differs = await world.run(["sessions", "replay", "tale.md"]);
    expect(differs.code).toBe(1);
    expect(differs.stdout).toContain(
      'differs from its session from line 1 on, where the session has "dark."',
    );
    expect(JSON.parse((await world.run(["sessions", "replay", "tale.md", "--json"])).stdout)).toMatchObject({
      matches: false,
      first_difference: 7,
    });
  });

  it("runs the generations again", async () => {
    const world = await recorded();
    world.engine.enqueue(AGAIN);
    const outcome = await world.run(["sessions", "replay", "tale.md", "--verify", "--model", "fable"]);
    expect(outcome).toMatchObject({
      code: 0,
      stdout: "tale.md: the story matches its session\ngeneration-1: the same 3 tokens\n",
    });
    expect(world.engine.requests.at(-1)).toMatchObject({
      promptTokens: [0, 1, 2],
      settings: { seed: 3, temperature: 1.2 },
    });
  });

  it("hands over the white space that stood between prompt and place", async () => {
    const world = new FakeWorld();
    world.engine.enqueue("Once").enqueue("Once");
    await world.run(["continue", "--model", "fable"], { stdin: "The end. \t" });
    const session = "data/sessions/pipe-2026-03-04.session.jsonl";
    await world.run(["sessions", "replay", session, "--verify", "--model", "fable"]);
    expect(world.engine.requests[1]?.before.endsWith(". \t")).toBe(true);
  });

  it("finds a token that was changed in the record", async () => {
    const world = await recorded();
    const path = join(world.cwd, "tale.session.jsonl");
    const session = readFileSync(path, "utf8");
    writeFileSync(path, session.replace('"tokens":[3,4,5]', '"tokens":[3,9,5]'));
    expect(readFileSync(path, "utf8")).not.toBe(session);
    world.engine.enqueue(AGAIN).enqueue(AGAIN);
    const outcome = await world.run(["sessions", "replay", "tale.md", "--verify", "--model", "fable"]);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toContain("generation-1: choice 1 differs from token 2 on: recorded 9, now 4");
    const json = await world.run(["sessions", "replay", "tale.md", "--verify", "--model", "fable", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      matches: true,
      verified: [{ id: "generation-1", difference: { choice: 0, token: 1, recorded: 9, replayed: 4 } }],
    });
  });

  it("does not take another model for the recorded one", async () => {
    const world = await recorded();
    const path = join(world.cwd, "tale.session.jsonl");
    writeFileSync(path, readFileSync(path, "utf8").replace("0123456789abcdef", "fedcba9876543210"));
    const outcome = await world.run(["sessions", "replay", "tale.md", "--verify", "--model", "fable"]);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toContain(
      "generation-1: not run, its model is not here or has another fingerprint",
    );
    const missing = await world.run(["sessions", "replay", "tale.md", "--verify"]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('There is no model "fake"');
  });

  it("finds a story that was renamed together with its session", async () => {
    const world = await recorded();
    renameSync(join(world.cwd, "tale.md"), join(world.cwd, "other.md"));
    renameSync(join(world.cwd, "tale.session.jsonl"), join(world.cwd, "other.session.jsonl"));
    const outcome = await world.run(["sessions", "replay", "other.session.jsonl"]);
    expect(outcome).toMatchObject({ code: 0, stdout: "other.md: the story matches its session\n" });
  });

  it("has no story to compare for a pipe", async () => {
    const world = new FakeWorld();
    world.engine.enqueue("Once");
    await world.run(["continue"], { stdin: "" });
    const outcome = await world.run(["sessions", "replay", "data/sessions/pipe-2026-03-04.session.jsonl"]);
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout).toContain("came from a pipe");
  });
});

describe("sessions export", () => {
  it.each([
    ["md", "Generations in tale.md"],
    ["html", "<!doctype html>"],
    ["json", '"text": "It was dark."'],
  ])("prints %s", async (format, part) => {
    const world = await recorded();
    const outcome = await world.run(["sessions", "export", "tale.md", "--to", format]);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toContain(part);
  });
});

it("a session in a folder that is none is reported", async () => {
  const world = new FakeWorld();
  mkdirSync(join(world.cwd, "tale.session.jsonl"));
  const outcome = await world.run(["sessions", "show", "tale.md"]);
  expect(outcome).toMatchObject({ code: 1, stdout: "" });
  expect(outcome.stderr).toContain("cannot be read");
});
