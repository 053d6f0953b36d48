import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SessionWriter } from "../sessions/session-writer.ts";
import { FakeWorld } from "./fake-world.ts";

/** A world with a story whose session has a few takes. */
function written(): FakeWorld {
  const writer = new SessionWriter("Once");
  const first = writer.generate(4, 4, [" upon a time", " there was a king"]);
  writer.accept(first, 4, 4, " upon a time").mark(first, 1, { name: "the king", marked: true });
  writer.generate(16, 16, [",\nshe sat."]);
  writer.generate(4, 4, [" and a queen"], " there was a king");
  writer.replace(0, 4, "Long ago, and once");
  writer.generate(0, 8, ["Far away"]);
  writer.replace(4, 12, "");
  const world = new FakeWorld();
  writeFileSync(join(world.cwd, "tale.md"), writer.text);
  const lines = writer.records.map((record) => `${JSON.stringify(record)}\n`);
  writeFileSync(join(world.cwd, "tale.session.jsonl"), lines.join(""));
  return world;
}

describe("sessions takes", () => {
  it("prints every take below its place", async () => {
    const outcome = await written().run(["sessions", "takes", "tale.md"]);
    expect(outcome.stdout).toBe(
      [
        "paragraph 1, at its start",
        "  ○ instead: Far away",
        "paragraph 1, after “Longd once”",
        "  ◆ upon a time",
        "  ○★ the king: there was a king",
        "│ paragraph 1, after “Longd once”",
        "│   ○ there was a king and a queen",
        "paragraph 1, after “Longd once upon a time”",
        "  ○ , she sat.",
        "",
      ].join("\n"),
    );
  });

  it("prints a flat list with parents as JSON", async () => {
    const { stdout } = await written().run(["sessions", "takes", "tale.session.jsonl", "--json"]);
    const { takes } = JSON.parse(stdout);
    expect(takes.length).toBe(5);
    expect(takes).toContainEqual({
      generation: "s3",
      choice: 0,
      parent: { generation: "s1", choice: 1 },
      place: { from: 10, to: 10, gone: false },
      task: "continue",
      at: "2026-03-04T05:06:07.000Z",
      model: "paper",
      seed: 7,
      selected: null,
      text: " there was a king and a queen",
      begun: 17,
      finish_reason: "length",
      outcome: "open",
      standing: null,
      name: null,
      marked: false,
    });
  });

  it("says where nothing was generated, and where there is no session", async () => {
    const world = new FakeWorld();
    writeFileSync(join(world.cwd, "new.session.jsonl"), "");
    expect((await world.run(["sessions", "takes", "new.md"])).stderr).toContain("Nothing was generated");
    expect((await world.run(["sessions", "takes", "none.md"])).code).toBe(1);
  });

  it("has what was generated on the command line", async () => {
    const world = new FakeWorld();
    writeFileSync(join(world.cwd, "tale.md"), "It was dark.");
    world.engine.enqueue(" And| cold.");
    await world.run(["continue", "tale.md", "--seed", "3", "--model", "fable"]);
    const { stdout } = await world.run(["sessions", "takes", "tale.md"]);
    expect(stdout).toBe("paragraph 1, after “It was dark.”\n  ○ And cold.\n");
  });
});
