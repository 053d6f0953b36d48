import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Score, ScoreOptions } from "../../src/engine/types.ts";
import { FakeWorld } from "./fake-world.ts";

const STORY = `---
memory: a cat
---

# One

The 🦊 cat went on. Often odd oxen only oil oboes. It was an old lamp.

# Two

She went out. And then she came in.
`;

/** A world with the story, in which words with o are odd, and what the engine was asked. */
function world() {
  const made = new FakeWorld();
  writeFileSync(join(made.cwd, "tale.md"), STORY);
  const asked: { readonly text: string; readonly before: string }[] = [];
  made.engine.score = async (text: string, { before = "" }: ScoreOptions = {}): Promise<Score> => {
    asked.push({ text, before });
    const words = text.match(/\s*\S+|\s+$/gu) ?? [];
    const tokens = words.map((word, id) => {
      const odd = /o/iu.test(word);
      return { id, text: word, logprob: odd ? -8 : -1, rank: odd ? 2000 : 3 };
    });
    return { tokens, nll: 0, perplexity: 1, bitsPerCharacter: 0 };
  };
  return { world: made, asked };
}

interface Sentence {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly mean_surprisal: number;
}

/** What `--json` prints. */
interface Output {
  readonly model: { readonly name: string };
  readonly tokens: readonly {
    readonly text: string;
    readonly from: number;
    readonly to: number;
    readonly band: string;
  }[];
  readonly sentences: readonly Sentence[];
  readonly flattest: readonly Sentence[];
  readonly oddest: readonly Sentence[];
}

describe("xray", () => {
  it("prints tokens and sentences as JSON, with positions in characters", async () => {
    const { world: made, asked } = world();
    const { stdout, code } = await made.run(["xray", "tale.md", "--json"]);
    expect(code).toBe(0);
    const output: Output = JSON.parse(stdout);
    const story = [...STORY];
    for (const { text, from, to } of [...output.tokens, ...output.sentences]) {
      expect(story.slice(from, to).join("")).toBe(text);
    }
    expect(output.tokens.map(({ text }) => text).join("")).toBe(STORY.slice(STORY.indexOf("# One")));
    expect(new Set(output.tokens.map(({ band }) => band))).toEqual(new Set(["top10", "beyond"]));
    expect(output.model.name).toBe("fake");
    expect(output.sentences).toHaveLength(4);
    expect(output.oddest[0]).toMatchObject({ text: "Often odd oxen only oil oboes.", mean_surprisal: 8 });
    expect(output.flattest[0]).toMatchObject({ text: "And then she came in.", mean_surprisal: 1 });
    expect(asked.map(({ text, before }) => before + text).join("")).not.toContain("memory");
  });

  it("keeps to a chapter, which is read with what stands before it", async () => {
    const { world: made, asked } = world();
    const { stdout } = await made.run(["xray", "tale.md", "--json", "--chapter", "two"]);
    const output: Output = JSON.parse(stdout);
    expect(output.sentences.map(({ text }) => text)).toEqual(["And then she came in."]);
    expect(
      output.tokens
        .map(({ text }) => text)
        .join("")
        .trim(),
    ).toMatch(/^# Two[^#]*in\.$/u);
    expect(asked[0]?.text).toContain("Often odd");
    const missing = await made.run(["xray", "tale.md", "--chapter", "Three"]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('No chapter is called "Three".\nThere are "One", "Two".');
    const none = await made.run(["xray", "--chapter", "Three"], { stdin: "No headings." });
    expect(none.stderr).toContain("The story has no headings.");
  });

  it("lists both ends of the scale where there are no colours", async () => {
    const { world: made } = world();
    const { stdout } = await made.run(["xray", "tale.md"]);
    expect(stdout).toContain("The oddest, by the mean chance of a token\n    CHANCE  IS");
    expect(stdout).toMatch(/1 in 2,981 {2}(very )?odd +Often odd oxen only oil oboes\./u);
    expect(stdout).toMatch(/1 in 3 {2}(flat|usual) +And then she came in\./u);
    expect(stdout.indexOf("Often")).toBeLessThan(stdout.indexOf("The flattest"));
    const short = await made.run(["xray"], { stdin: "Yes." });
    expect(short.stdout).toBe("no sentence is long enough to be ranked\n");
  });

  it("paints where there are colours, and lets no escape sequence of the story through", async () => {
    const { world: made } = world();
    made.env.FORCE_COLOR = "3";
    const { stdout, stderr } = await made.run(["xray"], { stdin: "The odd\x1b[2J cat.\n" });
    expect(stdout.replaceAll(/\x1b\[[\d;]*m/gu, "")).toBe("The odd\ufffd[2J cat.\n");
    expect(stdout).toMatch(/\x1b\[1;4;38;2;[\d;]+modd/u);
    expect(stderr.replaceAll(/\x1b\[[\d;]*m/gu, "")).toContain("expected  likely  rare  odd");
  });
});

describe("alternatives", () => {
  it("lists what could stand at the end of a pipe", async () => {
    const made = new FakeWorld();
    made.engine.foreseen = [" sat", " ran", " lay"];
    const { stdout, code } = await made.run(["alternatives", "--count", "2"], { stdin: "The cat" });
    expect(code).toBe(0);
    expect(stdout).toBe(`RANK   CHANCE  TOKEN
   1  36.79 %  " sat"
   2  13.53 %  " ran"
`);
  });

  it("tells of what stands at a place in characters", async () => {
    const { world: made } = world();
    made.engine.foreseen = [" dog"];
    const at = [...STORY.slice(0, STORY.indexOf(" cat went"))].length;
    const run = (...more: string[]) => made.run(["alternatives", "tale.md", "--at", String(at), ...more]);
    const { stdout } = await run();
    expect(stdout).toMatch(/ 500 +0\.01 % {2}" cat" +stands here\n$/u);
    const json = JSON.parse((await run("--json")).stdout);
    expect(json).toMatchObject({
      model: { name: "fake" },
      at,
      alternatives: [{ text: " dog", logprob: -1, probability: Math.exp(-1) }],
      standing: { text: " cat", rank: 500 },
    });
    made.engine.foreseen = [" cat", " dog"];
    expect((await run()).stdout).toMatch(/ 1 +36\.79 % {2}" cat" +stands here\n/u);
  });

  it("refuses a place beyond the story", async () => {
    const { world: made } = world();
    const { code, stderr } = await made.run(["alternatives", "tale.md", "--at", "5000"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--at 5000 is beyond the story, which has");
    expect((await made.run(["alternatives", "tale.md", "--at", "-1"])).code).toBe(2);
  });
});
