import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { place, rankOf } from "../../../src/engine/remote/prompt-scores.ts";
import { meet } from "./imitation.ts";

describe("a score from a server", () => {
  it("has the tokens of the text, with ranks among those that the server names", async () => {
    const { engine, server } = await meet();
    const { tokens, nll, perplexity } = await engine.score("It was a dark night");
    expect(tokens.map(({ text, logprob }) => [text, logprob])).toEqual([
      ["It", null],
      [" was", -1],
      [" a", -0.5],
      [" dark", -1.25],
      [" night", -1.5],
    ]);
    // Named are −0.5, −1, −1.5 and −2.
    expect(tokens.map(({ rank }) => rank)).toEqual([null, 2, 1, 3, 3]);
    expect(new Set(tokens.map(({ id }) => id)).size).toBe(5);
    expect(tokens.every(({ id }) => id < 0)).toBe(true);
    expect(nll).toBeCloseTo(4.25);
    expect(perplexity).toBeCloseTo(Math.exp(4.25 / 4));
    expect(server.asked[0]?.body).toMatchObject({ echo: true, max_tokens: 0, logprobs: 20 });
  });

  it("reads what stands before, and does not score it", async () => {
    const { engine } = await meet();
    const { tokens } = await engine.score(" dark night", { before: "It was a" });
    expect(tokens.map(({ text, logprob }) => [text, logprob])).toEqual([
      [" dark", -1.25],
      [" night", -1.5],
    ]);
  });

  it("tells the part of a token that reaches into the text", async () => {
    const { engine } = await meet();
    const { tokens } = await engine.score("rk night", { before: "It was a da" });
    expect(tokens.map(({ text }) => text)).toEqual(["rk", " night"]);
  });

  it("asks in the way that the server takes, and remembers it", async () => {
    const { engine, server } = await meet({ echo: "wantsOneToken" });
    expect((await engine.score("It was")).tokens).toHaveLength(2);
    await engine.score("It was");
    expect(server.asked.map(({ body }) => body.max_tokens)).toEqual([0, 0, 1, 1]);
  });

  it.each(["ignores", "refuses"] as const)("is not to be had where the server %s echo", async (echo) => {
    const { engine, server } = await meet({ echo });
    const failing = engine.score("It was a dark night");
    await expect(failing).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("does not tell how likely a text is"),
      hint: expect.stringContaining("--model"),
    });
    const { length } = server.asked;
    await expect(engine.score("again")).rejects.toThrow("does not tell");
    expect(server.asked).toHaveLength(length);
  });

  it("reads a long text in pieces, which are all of it", async () => {
    const text = Array.from({ length: 900 }, (_, i) => `word${i}`).join(" ");
    const { engine, server } = await meet();
    const done: number[] = [];
    const { tokens } = await engine.score(text, { onProgress: (share) => done.push(share) });
    expect(tokens.map((token) => token.text).join("")).toBe(text);
    expect(server.asked.length).toBeGreaterThan(3);
    expect(server.asked.every(({ body }) => String(body.prompt).length <= 4 * 512)).toBe(true);
    expect(done.at(-1)).toBe(1);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it("is read in shorter pieces where the server finds them too long", async () => {
    const text = Array.from({ length: 900 }, (_, i) => `word${i}`).join(" ");
    const { engine } = await meet({ longest: 900 });
    const { tokens } = await engine.score(text);
    expect(tokens.map((token) => token.text).join("")).toBe(text);
  });

  it("cannot begin at the very beginning", async () => {
    const { engine } = await meet();
    await expect(engine.score("It", { bos: true })).rejects.toMatchObject({ name: "UserError" });
  });

  it("is left when nobody wants it any more", async () => {
    const { engine, server } = await meet();
    server.faults.push(() => {});
    const leaving = new AbortController();
    const scoring = engine.score("It was", { signal: leaving.signal });
    await expect.poll(() => server.asked.length).toBe(1);
    leaving.abort();
    await expect(scoring).rejects.toBe(leaving.signal.reason);
  });
});

describe("the tokens of a text", () => {
  const token = (text: string) => ({ text, id: null, logprob: -1, top: [] });

  it.each([
    [["It", " was"], "It was", ["It", " was"]],
    [["<s>", "It", " was"], "It was", ["", "It", " was"]],
    [["It", " was", " more", "."], "It was", ["It", " was"]],
    [["It", " wasn't"], "It was", ["It", " was"]],
    [["It", " \ufffd", "\ufffd", " was"], "It 🙂 was", ["It", "", " 🙂", " was"]],
    [["It", "", " was"], "It was", ["It", "", " was"]],
    [["Some", "thing"], "It was", null],
    [["It"], "It was", null],
  ])("%j in %j", (tokens, text, pieces) => {
    const placed = place(text, tokens.map(token));
    expect(placed?.map(({ from, to }) => text.slice(from, to)) ?? null).toEqual(pieces);
  });

  it("are together the text, however it is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }), { minLength: 1 }),
        (parts) => {
          const text = parts.join("");
          const placed = place(text, parts.map(token)) ?? [];
          expect(placed.map(({ from, to }) => text.slice(from, to))).toEqual(parts);
        },
      ),
    );
  });

  it("have a rank: told where it is named, estimated where it is not", () => {
    const top = [-0.5, -1, -2].map((logprob, i) => ({ text: `t${i}`, id: null, logprob }));
    const rank = (text: string, logprob: number | null) => rankOf({ text, id: null, logprob, top });
    expect(rank("t0", -0.5)).toBe(1);
    expect(rank("t2", -2)).toBe(3);
    expect(rank("other", -1.5)).toBe(3);
    expect(rank("other", null)).toBeNull();
    const tops = Array.from({ length: 20 }, (_, i) => ({ text: `t${i}`, id: null, logprob: Math.log(0.04) }));
    const far = (p: number) => rankOf({ text: "x", id: null, logprob: Math.log(p), top: tops }) ?? 0;
    expect(far(0.01)).toBeGreaterThanOrEqual(21);
    expect(far(0.0001)).toBeGreaterThan(far(0.001));
    expect(far(1e-30)).toBeLessThanOrEqual(300_000);
  });
});

describe("alternatives from a server", () => {
  it("are the likeliest tokens that it names", async () => {
    const { engine, server } = await meet();
    const { alternatives, standing, blanks } = await engine.alternatives("Once", { count: 3 });
    expect(alternatives).toEqual([
      { id: -1, text: " one", logprob: -0.5 },
      { id: -2, text: " two", logprob: -1 },
      { id: -3, text: " three", logprob: -1.5 },
    ]);
    expect(standing).toBeNull();
    expect(blanks).toBe(0);
    expect(server.asked[0]?.body).toMatchObject({ max_tokens: 1, logprobs: 20, prompt: "Once" });
  });

  it("tell how likely the one is that stands there, under the same id", async () => {
    const { engine } = await meet({ likely: () => -0.5 });
    const { alternatives, standing, blanks } = await engine.alternatives("Once ", { after: "one day" });
    expect(standing).toMatchObject({ id: alternatives[0]?.id, text: " one", logprob: -0.5, rank: 1 });
    expect(blanks).toBe(1);
  });

  it("have the ids that the server tells", async () => {
    const { engine } = await meet({ logprobs: "content", echo: "refuses" });
    const { alternatives, standing } = await engine.alternatives("Once", { after: " one day" });
    expect(alternatives[0]).toEqual({ id: 4, text: " one", logprob: -0.5 });
    expect(standing).toBeNull();
  });

  it("are not to be had where the server names none", async () => {
    const { engine } = await meet({ logprobs: "none" });
    await expect(engine.alternatives("Once")).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("does not tell what could come next"),
    });
  });
});
