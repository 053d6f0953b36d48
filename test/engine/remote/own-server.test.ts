import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEngine } from "../../../src/engine/engine.ts";
import { remoteEngine } from "../../../src/engine/remote/remote-engine.ts";
import { openTokenizer } from "../../../src/engine/tokenizer.ts";
import type { Engine } from "../../../src/engine/types.ts";
import { servedModel } from "../../../src/server/served-model.ts";
import { type CompletionServer, startServer } from "../../../src/server/server.ts";
import { options, run } from "./imitation.ts";

const FABLE = fileURLToPath(new URL("../../../models/fable", import.meta.url));

const STORY = "The keeper of the lighthouse had not spoken to anyone for three weeks when the boat came.";

/** The model in the box, in this process and behind `inkwright serve`. */
describe("a remote engine on our own server", () => {
  let local: Engine;
  let served: Engine;
  let server: CompletionServer;
  let remote: Engine;

  beforeAll(async () => {
    local = await openEngine(FABLE);
    served = await openEngine(FABLE);
    let requests = 0;
    server = await startServer({
      host: "127.0.0.1",
      port: 0,
      token: "a-token",
      origins: [],
      room: 8,
      now: () => new Date("2026-03-04T05:06:07Z"),
      newId: () => `r${++requests}`,
      onAnswered: () => {},
      onMistake: (error) => {
        throw error;
      },
    });
    server.offer(servedModel(served, await openTokenizer(FABLE), new Date("2026-03-04T05:06:07Z")));
    remote = await remoteEngine(options(server.url, { key: "a-token" }));
  });

  afterAll(async () => {
    await remote?.close();
    await server?.close();
    await Promise.all([local?.close(), served?.close()]);
  });

  it("knows its model", () => {
    expect(remote.card).toMatchObject({
      name: "fable",
      contextLength: local.card.contextLength,
      remote: new URL(server.url).host,
    });
    expect(remote.card.fingerprint).not.toBe(local.card.fingerprint);
  });

  it("is refused without the token, which is said", async () => {
    const failing = remoteEngine(options(server.url, { key: "another" }));
    await expect(failing).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("wants a key"),
    });
  });

  it.each([
    STORY,
    `${STORY} `,
    `${STORY}\n\n`,
    "",
  ])("writes the same greedy text after %j", async (before) => {
    const settings = { greedy: true, length: 16 };
    const here = await run(local, { before, settings });
    const there = await run(remote, { before, settings });
    expect(there.error).toBeNull();
    expect(there.choices[0]?.text).toBe(here.choices[0]?.text);
    expect(there.streamed).toEqual(here.streamed);
    expect(there.choices[0]?.logprobs).toHaveLength(here.choices[0]?.logprobs.length ?? -1);
    for (const [i, logprob] of (here.choices[0]?.logprobs ?? []).entries()) {
      expect(there.choices[0]?.logprobs[i]).toBeCloseTo(logprob, 3);
    }
  });

  it("draws the same choices by the same seed", async () => {
    const request = {
      before: STORY,
      choices: 3,
      settings: { seed: 11, length: 12, top_k: 30, typical_p: 0.9 },
    };
    const here = await run(local, request);
    const there = await run(remote, request);
    expect(there.choices.map(({ text }) => text)).toEqual(here.choices.map(({ text }) => text));
  });

  it("reads what follows as the model in this process does", async () => {
    const request = {
      before: STORY,
      after: " Nobody was in it.",
      settings: { greedy: true, length: 20, infill: true },
    };
    const here = await run(local, request);
    const there = await run(remote, request);
    expect(there.error).toBeNull();
    expect(there.choices[0]?.text).toBe(here.choices[0]?.text);
  });

  it("scores as the model in this process does", async () => {
    const text = " She rowed it to the shore alone.";
    const here = await local.score(text, { before: STORY });
    const there = await remote.score(text, { before: STORY });
    expect(there.tokens.map((token) => token.text)).toEqual(here.tokens.map((token) => token.text));
    expect(there.nll).toBeCloseTo(here.nll, 2);
    for (const [i, { rank }] of here.tokens.entries()) {
      if (rank !== null && rank <= 5) expect(there.tokens[i]?.rank).toBe(rank);
    }
  });

  it("names the same alternatives", async () => {
    const here = await local.alternatives(STORY, { count: 5, after: " She rowed" });
    const there = await remote.alternatives(STORY, { count: 5, after: " She rowed" });
    expect(there.alternatives.map(({ text }) => text)).toEqual(here.alternatives.map(({ text }) => text));
    expect(there.standing?.text).toBe(here.standing?.text);
    expect(there.standing?.logprob).toBeCloseTo(here.standing?.logprob ?? 0, 3);
  });

  it("rewrites, and ranks by what follows", async () => {
    const { choices, error } = await run(remote, {
      task: "rewrite",
      before: `${STORY} `,
      selected: "He went down to the beach to see who it was.",
      after: " A girl sat in it, wet to the bone.",
      choices: 2,
      candidates: 4,
      settings: { seed: 3 },
    });
    expect(error).toBeNull();
    expect(choices.length).toBeGreaterThan(0);
    expect(choices.every(({ fit, gain, logprob }) => [fit, gain, logprob].every(Number.isFinite))).toBe(true);
  });

  it("is cancelled at once, and can be used again", async () => {
    const cancel = new AbortController();
    const { choices, error } = await run(
      remote,
      { before: STORY, settings: { length: 200 } },
      cancel.signal,
      (event) => {
        if (event.type === "token") cancel.abort();
      },
    );
    expect(error).toBeNull();
    expect(choices[0]?.finishReason).toBe("cancelled");
    expect((await run(remote, { before: STORY, settings: { length: 3 } })).choices).toHaveLength(1);
  });

  it("fits a story of many tokens a character into the window", async () => {
    const settings = { greedy: true, length: 4 };
    const { choices, error } = await run(remote, { before: "昔々あるところに".repeat(200), settings });
    expect(error).toBeNull();
    expect(choices).toHaveLength(1);
  });

  it("fits a long story into the window", async () => {
    const { choices, error } = await run(remote, {
      before: `${STORY} `.repeat(400),
      settings: { greedy: true, length: 10 },
    });
    expect(error).toBeNull();
    expect(choices[0]?.logprobs.length).toBe(10);
  });
});
