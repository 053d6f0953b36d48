import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseLambada } from "../../src/commands/eval-lambada.ts";
import type { Score, ScoreOptions } from "../../src/engine/types.ts";
import { FakeWorld } from "./fake-world.ts";

/** A score of tokens with these log-probabilities; those above −1 are favourites. */
function scoring(...logprobs: readonly (number | null)[]): Score {
  const tokens = logprobs.map((logprob, id) => ({
    id,
    text: "a",
    logprob,
    rank: logprob === null ? null : logprob > -1 ? 1 : 2,
  }));
  const nll = -logprobs.reduce<number>((sum, logprob) => sum + (logprob ?? 0), 0);
  return { tokens, nll, perplexity: 3, bitsPerCharacter: 2 };
}

/** A world with a file, and an engine that answers `score` in turn and tells what it was asked. */
function worldWith(file: string, text: string, ...answers: readonly Score[]) {
  const world = new FakeWorld();
  writeFileSync(join(world.cwd, file), text);
  const asked: [string, ScoreOptions][] = [];
  world.engine.score = async (own: string, options: ScoreOptions = {}) => {
    asked.push([own, options]);
    return answers[asked.length - 1] ?? scoring();
  };
  return { world, asked };
}

describe("eval perplexity", () => {
  const score = scoring(null, -1.5, -0.5);

  it("prints what the text adds up to, with window, stride and precision", async () => {
    const { world, asked } = worldWith("t.txt", "One two three", score);
    const { stdout, code } = await world.run(["eval", "perplexity", "--text", "t.txt", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      model: "fake",
      precision: "fp32",
      runtime: "fake 1.0, 1 thread",
      window: 64,
      stride: 32,
      tokens: 2,
      nll: 2,
      perplexity: 3,
      bits_per_character: 2,
    });
    expect(asked[0]).toMatchObject(["One two three", { window: 64, stride: 32 }]);
  });

  it("takes a window and a stride of one's own", async () => {
    const { world, asked } = worldWith("t.txt", "One two three", score);
    const args = ["eval", "perplexity", "--text", "t.txt", "--window", "10", "--stride", "10"];
    const { stdout } = await world.run(args);
    expect(stdout).toBe(`fake, fp32: windows of 10 tokens, stride 10
tokens              2
nll                 2.000 nats
perplexity          3.000
bits per character  2.0000
`);
    expect(asked[0]?.[1]).toMatchObject({ window: 10, stride: 10 });
  });

  it.each([
    [["--window", "65"], 2, "more than fake can read: 64"],
    [["--window", "8", "--stride", "9"], 2, "would skip some"],
    [["--stride", "0"], 2, "whole number from 1"],
    [[], 1, "too short"],
  ])("refuses %j", async (flags, code, message) => {
    const { world } = worldWith("t.txt", "One", scoring(null));
    const outcome = await world.run(["eval", "perplexity", "--text", "t.txt", ...flags]);
    expect(outcome).toMatchObject({ code, stdout: "" });
    expect(outcome.stderr).toContain(message);
  });
});

describe("eval lambada", () => {
  const set = '{"text": "He said “no” to her"}\n{"text": "It was a cat"}\n\n{"text": "one two"}\n';

  it("a word is foreseen where each of its tokens is the favourite", async () => {
    const { world, asked } = worldWith("l.jsonl", set, scoring(-0.5, -0.5), scoring(-0.5, -3), scoring(-2));
    const { stdout } = await world.run(["eval", "lambada", "--file", "l.jsonl", "--json"]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ model: "fake", precision: "fp32", n: 3, accuracy: 1 / 3 });
    expect(report.perplexity).toBeCloseTo(Math.exp((1 + 3.5 + 2) / 3), 9);
    expect(asked.map(([word, { before }]) => [before, word])).toEqual([
      ['He said "no" to', " her"],
      ["It was a", " cat"],
      ["one", " two"],
    ]);
  });

  it("of the first so many", async () => {
    const { world, asked } = worldWith("l.jsonl", set, scoring(-0.5), scoring(-3));
    const { stdout } = await world.run(["eval", "lambada", "--file", "l.jsonl", "--limit", "2"]);
    expect(stdout).toBe("fake, fp32: last words of 2 passages\naccuracy    50.00 %\nperplexity  5.75\n");
    expect(asked.length).toBe(2);
  });

  it("Ctrl+C ends it with 130", async () => {
    const { world, asked } = worldWith("l.jsonl", set);
    const answer = world.engine.score;
    world.engine.score = (text, options) => {
      world.interrupt("SIGINT");
      return answer.call(world.engine, text, options);
    };
    expect(await world.run(["eval", "lambada", "--file", "l.jsonl"])).toMatchObject({
      code: 130,
      stdout: "",
    });
    expect(asked.length).toBe(1);
  });

  it.each([
    ["", "no passages"],
    ['{"text": "a b"}\nnot json', "Line 2"],
    ['{"text": "word"}', "Line 1"],
    ['{"words": "a b"}', "Line 1"],
    ["null", "Line 1"],
  ])("refuses the set %j", (lines, message) => {
    expect(() => parseLambada(lines, "set")).toThrow(message);
  });

  it("a set that is not there is named", async () => {
    const outcome = await new FakeWorld().run(["eval", "lambada", "--file", "none.jsonl"]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("none.jsonl cannot be read");
  });
});
