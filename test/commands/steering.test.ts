import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FakeWorld } from "./fake-world.ts";

const STORY = `---
memory: Mira keeps the light.
note: Slow.
lore: [{keys: sea, text: The sea is cold.}, {keys: ship, text: The ship sank.}]
ban: [old man]
---

Down by the sea`;

function worldWith(story: string): FakeWorld {
  const world = new FakeWorld();
  writeFileSync(join(world.cwd, "tale.md"), story);
  return world;
}

describe("steering by front matter and by flags", () => {
  it("is what the story says, without its front matter in the prompt", async () => {
    const world = worldWith(STORY);
    world.engine.enqueue(" it");
    expect(await world.run(["continue", "tale.md"])).toMatchObject({ code: 0, stderr: "" });
    expect(world.engine.requests[0]).toMatchObject({
      before: "Down by the sea",
      steering: {
        entries: [
          { origin: "memory", text: "Mira keeps the light." },
          { origin: "lore", name: "sea", text: "The sea is cold." },
          { origin: "note", text: "Slow.", paragraphs: 3 },
        ],
        ban: [{ text: "old man" }],
      },
    });
  });

  it("is what the flags say first", async () => {
    const world = worldWith(STORY);
    world.engine.enqueue(" it");
    const flags = ["--note", "Fast.", "--note-paragraphs", "1", "--ban", "sea", "--ban", "tide"];
    const more = ["--lore", "down, /up+/: It is steep.", "--bias", "gull=2.5", "--include", "a gull"];
    const guided = ["--avoid", "jokes", "--guidance-scale", "1.5"];
    expect(await world.run(["continue", "tale.md", ...flags, ...more, ...guided])).toMatchObject({ code: 0 });
    expect(world.engine.requests[0]).toMatchObject({
      settings: { guidance_scale: 1.5 },
      steering: {
        entries: [
          { text: "Mira keeps the light." },
          { text: "The sea is cold." },
          { origin: "lore", name: "down", text: "It is steep." },
          { text: "Fast.", paragraphs: 1 },
        ],
        avoid: "jokes",
        ban: [{ text: "old man" }, { text: "sea" }, { text: "tide" }],
        bias: [{ text: "gull", weight: 2.5 }],
        include: ["a gull"],
      },
    });
  });

  it("holds for a rewrite too, and is recorded without the entries", async () => {
    const world = worldWith(STORY);
    world.engine.enqueue({ tokens: ["near"] });
    await world.run(["rewrite", "tale.md", "--select", "Down by"]);
    expect(world.engine.requests[0]).toMatchObject({
      before: "",
      selected: "Down by",
      steering: { avoid: "" },
    });
    const shown = await world.run(["sessions", "show", "tale.md", "--json"]);
    const [generation] = JSON.parse(shown.stdout).generations;
    expect(generation.steering).toEqual({ ban: [{ text: "old man" }] });
  });

  it("tells what is wrong with front matter, and guidance that has nothing to work on", async () => {
    const world = worldWith("---\nlore: [{text: x}]\n---\nOnce");
    world.engine.enqueue(" upon");
    const outcome = await world.run(["continue", "tale.md", "--guidance-scale", "2"]);
    expect(outcome.stderr).toContain("Front matter: lore 1 has no keys, and is not always on.");
    expect(outcome.stderr).toContain("guidance_scale has nothing to work on");
    expect(outcome.stdout).toBe(" upon\n");
  });

  it("tells that what to avoid needs guidance", async () => {
    const world = worldWith("Once");
    world.engine.enqueue(" upon").enqueue(" upon");
    const outcome = await world.run(["continue", "tale.md", "--avoid", "rain"]);
    expect(outcome.stderr).toContain("what to avoid works with --guidance-scale over 1 only");
    const guided = await world.run(["continue", "tale.md", "--avoid", "rain", "--guidance-scale", "1.5"]);
    expect(guided.stderr).not.toContain("what to avoid works");
  });

  it("leaves front matter alone when it rewrites", async () => {
    const world = worldWith("---\nmemory: Mira.\n---\nIt rained. We slept.");
    const refused = await world.run(["rewrite", "tale.md", "--range", "0:30"]);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("front matter");
    expect(world.engine.requests).toEqual([]);
  });

  it("shows what the model would see, and where", async () => {
    const world = worldWith(STORY);
    const shown = await world.run(["context", "tale.md", "--at", "999"]);
    expect(shown).toMatchObject({ code: 2 });
    const whole = await world.run(["context", "tale.md"]);
    expect(whole.stdout).toBe("Down by the sea\n");
    expect(whole.stderr).toBe("story: 4 tokens\n");
    const json = JSON.parse((await world.run(["context", "tale.md", "--json"])).stdout);
    expect(json).toMatchObject({
      text: "Down by the sea",
      segments: [{ origin: "story", tokens: 4 }],
      left: [],
    });
  });

  it("counts who wrote what, by chapter", async () => {
    const world = worldWith("# One\n\nMine here.\n\n# Two\n\nMine.");
    world.engine.enqueue(" It| said.");
    await world.run(["continue", "tale.md"]);
    const outcome = await world.run(["sessions", "share", "tale.md", "--json"]);
    expect(JSON.parse(outcome.stdout)).toEqual({
      chapters: [
        { title: "One", words: 3, human: 3, model: 0 },
        { title: "Two", words: 2, human: 2, model: 0 },
      ],
      words: 5,
      human: 5,
      model: 0,
    });
    expect((await world.run(["sessions", "share", "tale.md"])).stdout).toContain("all of it");
  });

  it("takes presets, and single settings over them", async () => {
    const world = worldWith("Once");
    world.engine.enqueue(" upon");
    await world.run(["continue", "tale.md", "--preset", "daring", "--min-p", "0.1"]);
    expect(world.engine.requests[0]?.settings).toMatchObject({ temperature: 1.2, top_p: 1, min_p: 0.1 });
    expect(await world.run(["continue", "tale.md", "--preset", "nothing"])).toMatchObject({ code: 2 });
  });

  it.each([
    ["--lore", "no colon"],
    ["--bias", "sea=much"],
    ["--ban", "  "],
  ])("refuses %s %s", async (flag, value) => {
    const world = worldWith("Once");
    expect(await world.run(["continue", "tale.md", flag, value])).toMatchObject({ code: 2 });
  });
});
