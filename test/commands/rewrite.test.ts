import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readSession } from "../../src/sessions/read.ts";
import { FakeWorld } from "./fake-world.ts";

function worldWith(story: string): FakeWorld {
  const world = new FakeWorld();
  writeFileSync(join(world.cwd, "tale.md"), story);
  return world;
}

const CANDIDATES = [
  { tokens: ["It", " poured."], fit: -2.5, logprob: -1.25 },
  { tokens: ["Rain."], fit: -3, logprob: -2 },
];

it("asks for other ways to put the passage, and prints them best first", async () => {
  const world = worldWith("🦊 Night. It rained. We slept.");
  world.engine.enqueue(...CANDIDATES);
  const outcome = await world.run(["rewrite", "tale.md", "--select", "It rained."]);
  expect(outcome).toEqual({
    code: 0,
    stdout: "It poured.\n\nRain.\n",
    stderr: "--- 1, fit -2.500 ---\n--- 2, fit -3.000 ---\n",
  });
  expect(world.engine.requests[0]).toMatchObject({
    task: "rewrite",
    before: "🦊 Night. ",
    selected: "It rained.",
    after: " We slept.",
    choices: 3,
  });
  expect(readFileSync(join(world.cwd, "tale.md"), "utf8")).toBe("🦊 Night. It rained. We slept.");
});

it("prints JSON, and takes the range in characters", async () => {
  const world = worldWith("🦊 Night. It rained. We slept.");
  world.engine.enqueue(...CANDIDATES);
  const outcome = await world.run(["rewrite", "tale.md", "--range", "9:19", "--json", "--count", "2"]);
  expect(JSON.parse(outcome.stdout)).toMatchObject({
    original: "It rained.",
    candidates: [
      { text: "It poured.", tokens: [3, 4], fit: -2.5, logprob: -1.25 },
      { text: "Rain.", fit: -3, logprob: -2 },
    ],
  });
});

it("records the passage and its place", async () => {
  const world = worldWith("Night. It rained. We slept.");
  world.engine.enqueue(...CANDIDATES);
  await world.run(["rewrite", "tale.md", "--select", "It rained."]);
  const { records } = await readSession(join(world.cwd, "tale.session.jsonl"));
  expect(records).toContainEqual(
    expect.objectContaining({
      type: "generation",
      task: "rewrite",
      place: { from: 7, to: 17 },
      selected: "It rained.",
      after: " We slept.",
      choices: [expect.objectContaining({ fit: -2.5, logprob: -1.25 }), expect.objectContaining({ fit: -3 })],
    }),
  );
});

it.each([
  [["--select", "snow"], 1, 'does not hold "snow"'],
  [["--select", "a"], 1, 'holds "a" 2 times'],
  [["--range", "0:99"], 2, "ends beyond the story, which has 5 characters"],
  [["--range", "later"], 2, "two whole numbers"],
  [["--range", "0:1", "--select", "a"], 2, "cannot be used with"],
  [[], 2, "Neither --select nor --range"],
])("refuses %j", async (flags, code, message) => {
  const world = worldWith("a b a");
  const outcome = await world.run(["rewrite", "tale.md", ...flags]);
  expect(outcome).toMatchObject({ code, stdout: "" });
  expect(outcome.stderr).toContain(message);
  expect(world.opened).toEqual([]);
});
