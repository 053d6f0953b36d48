import { expect, it } from "vitest";
import { randomPrompt } from "../../src/commands/bench-rounds.ts";
import { spread } from "../../src/commands/bench-rows.ts";
import { SHAPES, shapeName, tensorsOf } from "../../src/models/shapes.ts";
import { FakeWorld } from "./fake-world.ts";

it.each([
  ["distilgpt2", 81_912_576],
  ["gpt2", 124_439_808],
  ["gpt2-medium", 354_823_168],
  ["gpt2-large", 774_030_080],
  ["gpt2-xl", 1_557_611_200],
] as const)("the shape %s has its published number of parameters", (name, parameters) => {
  const sizes = tensorsOf(SHAPES[name]).map(([, shape]) => shape.reduce((all, size) => all * size, 1));
  expect(sizes.reduce((all, size) => all + size, 0)).toBe(parameters);
});

it("knows shapes by short names", () => {
  expect(["distil", "gpt2", "medium", "large", "xl", "gpt2-xl", "gpt3"].map(shapeName)).toEqual([
    "distilgpt2",
    "gpt2",
    "gpt2-medium",
    "gpt2-large",
    "gpt2-xl",
    "gpt2-xl",
    undefined,
  ]);
});

it("prompts are the same every time, in the vocabulary, and begin differently", () => {
  const prompts = Array.from({ length: 20 }, (_, i) => randomPrompt(50, 300, i + 1));
  expect(prompts.flat().every((id) => Number.isInteger(id) && id >= 0 && id < 300)).toBe(true);
  expect(new Set(prompts.map(([first]) => first)).size).toBe(20);
  expect(randomPrompt(50, 300, 3)).toEqual(prompts[2]);
  expect(new Set(prompts[0]).size).toBeGreaterThan(20);
});

it("tells the middle, the least and the most", () => {
  expect(spread([3, 1, 10])).toEqual({ median: 3, min: 1, max: 10 });
  expect(spread([4, 1, 2, 10])).toEqual({ median: 3, min: 1, max: 10 });
  expect(() => spread([])).toThrow(RangeError);
});

it.each([
  [["--shape", "gpt9"], "The shapes are distilgpt2"],
  [["--precision", "fp32,int2"], "It must be of auto, fp32, int8 and int4."],
  [["--shape", "gpt2", "--model", "fable"], "cannot be used with"],
])("bench refuses %j", async (args, message) => {
  const outcome = await new FakeWorld().run(["bench", ...args]);
  expect(outcome).toMatchObject({ code: 2, stdout: "" });
  expect(outcome.stderr).toContain(message);
});
