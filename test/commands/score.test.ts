import { expect, it } from "vitest";
import { FakeWorld } from "./fake-world.ts";

it("prints JSON with null where nothing comes before", async () => {
  const world = new FakeWorld();
  const outcome = await world.run(["score", "--json"], { stdin: "One two" });
  expect(JSON.parse(outcome.stdout)).toEqual({
    tokens: [
      { id: 0, text: "One", logprob: null, rank: null },
      { id: 1, text: " two", logprob: -2, rank: 3 },
    ],
    nll: 2,
    perplexity: Math.exp(2),
    bits_per_character: 2 / Math.LN2 / 7,
  });
  const bos = await world.run(["score", "--json", "--bos"], { stdin: "One two" });
  expect(JSON.parse(bos.stdout)).toMatchObject({ tokens: [{ logprob: -2, rank: 3 }, {}], nll: 4 });
});

it("prints a table and what it adds up to", async () => {
  const world = new FakeWorld();
  const { stdout, code } = await world.run(["score"], { stdin: "One two" });
  expect(code).toBe(0);
  expect(stdout).toBe(`ID  LOGPROB  RANK  TOKEN
 0        -     -  "One"
 1   -2.000     3  " two"

1 of 2 tokens scored
nll                 2.000 nats
perplexity          7.389
bits per character  0.412
`);
});

it("scores nothing where there is nothing", async () => {
  const world = new FakeWorld();
  const { stdout, code } = await world.run(["score"], { stdin: "" });
  expect(code).toBe(0);
  expect(stdout).toContain("nothing to score");
});
