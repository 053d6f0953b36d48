import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FakeWorld } from "./fake-world.ts";

it.each([
  ["continue", ["continue", "--greedy"]],
  ["score", ["score"]],
])("%s opens the model as --precision says, else as the settings say", async (_, args) => {
  const world = new FakeWorld();
  const weightsFolder = join(world.cwd, "cache", "weights");
  await world.run(args, { stdin: "Rain." });
  await world.run(["config", "set", "precision", "int8"]);
  await world.run(args, { stdin: "Rain." });
  await world.run([...args, "--precision", "int4"], { stdin: "Rain." });
  expect(world.openedWith).toMatchObject([
    { precision: "auto", weightsFolder },
    { precision: "int8", weightsFolder },
    { precision: "int4", weightsFolder },
  ]);
});

it("refuses a precision that there is not", async () => {
  const world = new FakeWorld();
  const outcome = await world.run(["score", "--precision", "int2"], { stdin: "Rain." });
  expect(outcome).toMatchObject({ code: 2, stdout: "" });
  expect(outcome.stderr).toContain("It must be auto, fp32, int8 or int4.");
  expect((await world.run(["config", "set", "precision", "half"])).code).toBe(2);
});

it("verifies what was generated in the precision that is recorded, or the one that is named", async () => {
  const world = new FakeWorld();
  writeFileSync(join(world.cwd, "story.md"), "Rain.\n");
  world.engine.enqueue(" And| cold|.");
  const made = await world.run(["continue", "story.md", "--seed", "1"]);
  expect(made).toMatchObject({ code: 0 });
  const session = join(world.cwd, "story.session.jsonl");
  writeFileSync(session, readFileSync(session, "utf8").replace("fake 1.0, 1 thread", "$&, int8"));
  mkdirSync(join(world.cwd, "fake"));
  world.openedWith.length = 0;
  world.engine.enqueue(" And| cold|.").enqueue(" And| cold|.");
  await world.run(["sessions", "replay", "story.md", "--verify"]);
  await world.run(["sessions", "replay", "story.md", "--verify", "--precision", "int4"]);
  expect(world.openedWith).toMatchObject([{ precision: "int8" }, { precision: "int4" }]);
});
