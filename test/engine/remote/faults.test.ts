import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { remoteEngine } from "../../../src/engine/remote/remote-engine.ts";
import { UserError } from "../../../src/errors.ts";
import { type Fault, Imitation, json, meet, options, piece, refuse, run } from "./imitation.ts";

/** Writes `text` as a stream, and does not end it. */
const begin =
  (...texts: readonly string[]): Fault =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const text of texts) response.write(text);
  };

/** Writes `text` as a stream, and then the connection breaks. */
const cut =
  (...texts: readonly string[]): Fault =>
  async (response) => {
    await begin(...texts)(response, { path: "", headers: {}, body: {} });
    await sleep(30);
    response.destroy();
  };

const busy =
  (status: number, headers: Record<string, string> = {}): Fault =>
  (response) =>
    refuse(response, status, "busy", headers);

describe("a server that cannot be met", () => {
  const failure = async (url: string, more = {}): Promise<UserError> => {
    const error = await remoteEngine(options(url, more)).catch((caught: unknown) => caught);
    if (!(error instanceof UserError)) throw error;
    expect(error.hint).toBeTruthy();
    return error;
  };

  it("where nothing listens", async () => {
    const passing = createServer();
    await new Promise<void>((resolve) => passing.listen(0, "127.0.0.1", resolve));
    const { port } = passing.address() as AddressInfo;
    await new Promise((resolve) => passing.close(resolve));
    expect((await failure(`http://127.0.0.1:${port}`)).message).toBe(`Nothing answers at 127.0.0.1:${port}.`);
  });

  it("whose name nobody knows", async () => {
    const fetch = () =>
      Promise.reject(
        new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }) }),
      );
    expect((await failure("http://nowhere.invalid/v1", { fetch })).message).toBe(
      "No machine is called nowhere.invalid.",
    );
  });

  it.each([
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "cannot prove who it is", "NODE_EXTRA_CA_CERTS"],
    ["CERT_HAS_EXPIRED", "cannot prove who it is", "NODE_EXTRA_CA_CERTS"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "cannot prove who it is", "NODE_EXTRA_CA_CERTS"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "does not speak TLS", "http://"],
    ["ECONNRESET", "cannot be reached (ECONNRESET)", "config unset engine.url"],
  ])("whose connection fails with %s", async (code, message, hint) => {
    const fetch = () =>
      Promise.reject(new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code }) }));
    const error = await failure("https://example.org/v1", { fetch });
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
    expect(error.cause).toMatchObject({ code });
  });

  it("that speaks no TLS", async () => {
    const { url } = await new Imitation().start();
    expect((await failure(url.replace("http:", "https:"))).hint).toContain("http://");
  });

  it("without the model that is wanted", async () => {
    const models = Array.from({ length: 14 }, (_, i) => ({ id: `m${i}` }));
    const { url } = await new Imitation({ models }).start();
    const error = await failure(url, { model: "gpt-9" });
    expect(error.message).toContain('no model called "gpt-9"');
    expect(error.hint).toContain("m0, m1, ");
    expect(error.hint).toContain("m11 and 2 more");
    const card = (await remoteEngine(options(url, { model: "m3" }))).card;
    expect(card).toMatchObject({ name: "m3", contextLength: 2048, parameters: 0, remote: new URL(url).host });
  });

  it.each([
    [401, "wants a key", "INKWRIGHT_API_KEY"],
    [403, "does not let you in", "INKWRIGHT_API_KEY"],
    [404, "has nothing at that address", "/v1"],
    [500, "failed (500)", "again"],
  ])("that answers %i", async (status, message, hint) => {
    const server = await new Imitation({ models: [] }).start();
    server.faults.push((response) => refuse(response, status, "no: sk-very-secret"));
    const error = await failure(server.url, { key: "sk-very-secret" });
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
    expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toContain("sk-very-secret");
    expect(server.received[0]?.headers.authorization).toBe("Bearer sk-very-secret");
  });

  it.each([
    ["<html>"],
    ["{}"],
    ["[]"],
    ['{"data": [{"name": 1}]}'],
    [""],
  ])("that answers with %j", async (body) => {
    const server = await new Imitation({ models: [] }).start();
    server.faults.push((response) => void response.end(body));
    expect((await failure(server.url)).message).toContain("something else than a list of its models");
  });

  it("that sends the story elsewhere", async () => {
    const server = await new Imitation({ models: [] }).start();
    server.faults.push((response) => {
      response.writeHead(307, { location: "http://elsewhere.example/v1/models" });
      response.end();
    });
    expect((await failure(server.url)).message).toContain(
      "sends requests elsewhere: http://elsewhere.example/v1/models",
    );
    expect(server.received).toHaveLength(1);
  });

  it("that says nothing", async () => {
    const server = await new Imitation({ models: [] }).start();
    server.faults.push(() => {});
    expect((await failure(server.url, { patienceMs: 50 })).message).toContain("said nothing");
    await expect.poll(() => server.abandoned).toBe(1);
  });

  it("while nobody waits any more", async () => {
    const server = await new Imitation({ models: [] }).start();
    server.faults.push(() => {});
    const leaving = new AbortController();
    const opening = remoteEngine(options(server.url, { signal: leaving.signal }));
    await expect.poll(() => server.received.length).toBe(1);
    leaving.abort();
    await expect(opening).rejects.toMatchObject({ name: "AbortError" });
    await expect.poll(() => server.abandoned).toBe(1);
  });

  it("with a key that is none, which is not quoted", async () => {
    const error = await failure("http://localhost:9/v1", { key: "geheim\nniß" });
    expect(error.message).toContain("INKWRIGHT_API_KEY");
    expect(`${error.message}${error.hint}${String(error.cause)}`).not.toContain("geheim");
  });
});

describe("a server that fails later", () => {
  it.each([429, 502, 503, 504])("is asked again after %i, as it says", async (status) => {
    const waited: number[] = [];
    const wait = async (ms: number) => void waited.push(ms);
    const { engine, server } = await meet({}, { wait, now: () => Date.parse("2026-03-04T05:06:00Z") });
    const date = "Wed, 04 Mar 2026 05:06:07 GMT";
    server.faults.push(
      busy(status),
      busy(status, { "retry-after": "3" }),
      busy(status, { "retry-after": date }),
    );
    const { choices, error } = await run(engine, {});
    expect(error).toBeNull();
    expect(choices[0]?.text).toBe(" and so it went.");
    expect(waited).toEqual([1000, 3000, 7000]);
  });

  it("is given up after a few times, or when the wait would be long", async () => {
    const { engine, server } = await meet();
    server.faults.push(...Array.from({ length: 4 }, () => busy(429)));
    const often = await run(engine, {});
    expect(often.error).toMatchObject({
      name: "UserError",
      message: expect.stringContaining("no more requests"),
    });
    expect(server.asked).toHaveLength(4);
    server.faults.push(busy(429, { "retry-after": "3600" }));
    expect((await run(engine, {})).error).toBeInstanceOf(UserError);
    expect(server.asked).toHaveLength(5);
  });

  it("can be left while it is waited for", async () => {
    const leaving = new AbortController();
    const wait = (_: number, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        leaving.abort();
      });
    const { engine, server } = await meet({}, { wait });
    server.faults.push(busy(429));
    const { events, error } = await run(engine, {}, leaving.signal);
    expect(error).toBeNull();
    expect(events).toEqual([expect.objectContaining({ type: "finished", cancelled: true })]);
  });

  it.each([
    ["breaks off", cut(piece(" kept")), "broke off"],
    [
      "ends too early",
      (async (response) => {
        await begin(piece(" kept"))(response, { path: "", headers: {}, body: {} });
        response.end();
      }) satisfies Fault,
      "broke off",
    ],
    ["sends no JSON", begin(piece(" kept"), "data: {oops\n\n"), "no completion in JSON"],
    ["sends something else", begin(piece(" kept"), 'data: {"x": 1}\n\n'), "no completion in JSON"],
    [
      "sends wrong types",
      begin(piece(" kept"), 'data: {"choices": [{"text": 5}]}\n\n'),
      "no completion in JSON",
    ],
    [
      "tells an error",
      begin(piece(" kept"), 'data: {"error": {"message": "out of memory"}}\n\n'),
      "out of memory",
    ],
    [
      "tells an error as llama.cpp does",
      begin(piece(" kept"), 'error: {"message": "slot lost"}\n\n'),
      "slot lost",
    ],
    ["is silent", begin(piece(" kept")), "said nothing"],
    ["sends an endless event", begin(piece(" kept"), `data: ${"x".repeat(1_100_000)}`), "more than 1000000"],
  ])("keeps what had come when it %s", async (_, fault, message) => {
    const { engine, server } = await meet({}, { patienceMs: message === "said nothing" ? 300 : 10_000 });
    server.faults.push(fault);
    const { choices, streamed, error } = await run(engine, {});
    expect(error).toMatchObject({ name: "UserError", message: expect.stringContaining(message) });
    expect(streamed).toEqual([" kept"]);
    expect(choices).toEqual([expect.objectContaining({ text: " kept", finishReason: "cancelled" })]);
    // The engine is as good as before.
    expect((await run(engine, {})).choices[0]?.text).toBe(" and so it went.");
  });

  it("is not taken for alive by comments alone", async () => {
    const { engine, server } = await meet({}, { patienceMs: 200 });
    server.faults.push(async (response, received) => {
      await begin(piece(" kept"))(response, received);
      for (let i = 0; i < 40 && !response.destroyed; i++) {
        response.write(": still here\n\n");
        await sleep(20);
      }
    });
    const { error } = await run(engine, {});
    expect(error).toMatchObject({ message: expect.stringContaining("said nothing") });
    await expect.poll(() => server.abandoned).toBe(1);
  });

  it("that never ends is told to, soon after the length", async () => {
    const { engine, server } = await meet();
    let sent = 0;
    server.faults.push(async (response, received) => {
      await begin()(response, received);
      for (; sent < 5000 && !response.destroyed; sent++) {
        response.write(piece(` word${sent}`));
        if (sent % 10 === 0) await sleep(1);
      }
    });
    const { choices, error } = await run(engine, { settings: { length: 10 } });
    expect(error).toBeNull();
    expect(choices[0]).toMatchObject({ finishReason: "length" });
    expect(choices[0]?.text.split(" ").length).toBeLessThan(40);
    await expect.poll(() => server.abandoned).toBe(1);
    expect(sent).toBeLessThan(5000);
  });

  it("ends without [DONE], when all has come", async () => {
    const { engine, server } = await meet();
    server.faults.push(async (response, received) => {
      await begin(piece(" done", 0, "length"))(response, received);
      response.end();
    });
    const { choices, error } = await run(engine, {});
    expect(error).toBeNull();
    expect(choices[0]).toMatchObject({ text: " done", finishReason: "length" });
  });

  it("has nothing to say", async () => {
    const { engine, server } = await meet();
    server.faults.push((response) => json(response, 200, { choices: [] }));
    const { choices, error } = await run(engine, {});
    expect(error).toBeNull();
    expect(choices).toEqual([expect.objectContaining({ text: "", finishReason: "end" })]);
  });

  it("refuses the request", async () => {
    const { engine, server } = await meet();
    server.faults.push((response) => refuse(response, 400, "prompt contains\nwhat nobody may read"));
    expect((await run(engine, {})).error).toMatchObject({
      message: expect.stringContaining("(400): prompt contains what nobody may read"),
    });
  });
});

describe("a cancel", () => {
  it("ends the request and keeps what had come, of all choices", async () => {
    const { engine, server } = await meet();
    server.faults.push(begin(piece(" one", 0), piece(" two", 1)));
    const cancel = new AbortController();
    let tokens = 0;
    const { choices, events, error } = await run(engine, { choices: 3 }, cancel.signal, (event) => {
      if (event.type === "token" && ++tokens === 2) cancel.abort();
    });
    expect(error).toBeNull();
    expect(choices.map(({ index, text, finishReason }) => [index, text, finishReason])).toEqual([
      [0, " one", "cancelled"],
      [1, " two", "cancelled"],
    ]);
    expect(events.at(-1)).toMatchObject({ type: "finished", cancelled: true });
    await expect.poll(() => server.abandoned).toBe(1);
  });

  it("frees one that waits for its turn", async () => {
    const { engine, server } = await meet();
    server.faults.push(begin(piece(" one")));
    const [first, second] = [new AbortController(), new AbortController()];
    const running = run(engine, {}, first.signal);
    await expect.poll(() => server.asked.length).toBe(1);
    const waiting = run(engine, {}, second.signal);
    second.abort();
    expect((await waiting).events).toEqual([expect.objectContaining({ type: "finished", cancelled: true })]);
    expect(server.asked).toHaveLength(1);
    first.abort();
    expect((await running).error).toBeNull();
  });

  it("by leaving the loop ends the request, too", async () => {
    const { engine, server } = await meet();
    server.faults.push(begin(piece(" one")));
    const { completeSettings } = await import("../../../src/engine/settings.ts");
    const request = {
      id: "x",
      task: "continue",
      before: "A",
      choices: 1,
      settings: completeSettings(),
    } as const;
    for await (const event of engine.generate(request)) if (event.type === "token") break;
    await expect.poll(() => server.abandoned).toBe(1);
    expect((await run(engine, {})).choices[0]?.text).toBe(" and so it went.");
  });

  it("by closing ends what runs", async () => {
    const { engine, server } = await meet();
    server.faults.push(begin(piece(" one")));
    const running = run(engine, {});
    await expect.poll(() => server.asked.length).toBe(1);
    await sleep(20);
    await engine.close();
    const { events, error } = await running;
    expect(error).toBeNull();
    expect(events.at(-1)).toMatchObject({ type: "finished", cancelled: true });
    expect((await run(engine, {})).error).toBeInstanceOf(TypeError);
  });
});

describe("what the writer is told at the start", () => {
  const card = async (url: string, key = "") => {
    const fetch = async () => Response.json({ data: [{ id: "big", owned_by: "vllm" }] });
    return (await remoteEngine(options(url, { fetch, key }))).card;
  };

  it("is where the story goes, and that others can read it where nothing protects it", async () => {
    expect((await card("http://localhost:8000")).notice).toBe(
      "What the model reads of your story is sent to localhost:8000, where big runs.",
    );
    expect((await card("https://example.org/v1")).notice).not.toContain("unencrypted");
    expect((await card("http://example.org/v1")).notice).toContain("It travels unencrypted");
    expect((await card("http://example.org/v1", "sk-1")).notice).toContain(
      "It and your key travel unencrypted",
    );
  });

  it("is a card that tells servers and models apart, and nothing that is not known", async () => {
    const cards = await Promise.all(["http://a/v1", "http://a/", "http://b/v1"].map((url) => card(url)));
    const [one, same, other] = cards.map(({ fingerprint }) => fingerprint);
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
    expect(cards[0]).toMatchObject({
      name: "big",
      parameters: 0,
      folder: "",
      remote: "a",
      runtime: "vllm at a",
    });
  });
});
