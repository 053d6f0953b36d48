import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { UserError } from "../../src/errors.ts";
import { deskWriting } from "../engine/desk.ts";
import { FakeEngine } from "../fake-engine.ts";
import { wordTokenizer } from "../fake-model.ts";
import { eventsOf, type Running, running } from "./running.ts";

const LONG = `The ${"cat ".repeat(200)}sat.`;

/** A model that takes `ms` for each token. */
function slow(ms: number, contextLength = 256) {
  return deskWriting(LONG, {
    contextLength,
    onStep: () => new Promise((resolve) => setTimeout(resolve, ms)),
  });
}

/** A connection on which bytes can be sent as they are. */
function open({ port }: Running): { socket: Socket; heard: () => string } {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let heard = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    heard += text;
  });
  socket.on("error", () => {});
  return { socket, heard: () => heard };
}

function post(body: string, more = ""): string {
  return `POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
}

describe("a client that goes away", () => {
  test.each([
    true,
    false,
  ])("ends its generation at once, and others go on (in pieces: %s)", async (stream) => {
    const desk = slow(5);
    const server = await running(desk);
    const { socket, heard } = open(server);
    socket.write(post(JSON.stringify({ prompt: "The", max_tokens: 200, stream })));
    await vi.waitFor(() => expect(desk.model.steps.length).toBeGreaterThan(5));
    if (stream) await vi.waitFor(() => expect(heard()).toContain("data: "));
    socket.destroy();
    const { status } = await server.complete({ prompt: "The", max_tokens: 1 });
    expect(status).toBe(200);
    expect(desk.model.steps.length).toBeLessThan(60);
    expect(server.answered[0]).toMatchObject({ status: 499, usage: { prompt: 1 } });
    expect(server.mistakes).toEqual([]);
  });

  test("while it waits leaves its place, and nothing is done for it", async () => {
    const desk = slow(5);
    const server = await running(desk, { room: 2 });
    const first = server.complete({ prompt: "The", max_tokens: 40 });
    await vi.waitFor(() => expect(desk.model.steps.length).toBeGreaterThan(1));
    const { socket } = open(server);
    socket.write(post(JSON.stringify({ prompt: "sat sat sat", max_tokens: 40 })));
    await vi.waitFor(async () =>
      expect((await server.complete({ prompt: "The", max_tokens: 0 })).status).toBe(429),
    );
    socket.destroy();
    await vi.waitFor(() => expect(server.answered.some(({ status }) => status === 499)).toBe(true));
    expect((await server.complete({ prompt: "The", max_tokens: 1 })).status).toBe(200);
    expect((await first).status).toBe(200);
    const sat = desk.tokenizer.encode("sat")[0];
    expect(desk.model.steps.some(({ tokens }) => sat !== undefined && tokens.includes(sat))).toBe(false);
  });

  test("in the middle of its body is not answered", async () => {
    const server = await running(slow(0));
    const { socket } = open(server);
    socket.write(post('{"prompt": "The"}').slice(0, -5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await vi.waitFor(() => expect(server.answered).toMatchObject([{ status: 499, usage: null }]));
    expect(server.mistakes).toEqual([]);
  });
});

describe("a client that is slow", () => {
  const patience = { head: 200, request: 400, reading: 300 };

  test.each([
    ["its head", "POST /v1/completions HTTP/1.1\r\nHost: local"],
    ["its body", post(`{"prompt": "The"}${" ".repeat(1000)}`).slice(0, -900)],
    ["its answer's reading", ""],
  ])("with %s is told, or cut off", async (what, bytes) => {
    if (bytes === "") return await readNothing();
    const server = await running(slow(0), { patience });
    const { socket, heard } = open(server);
    const begun = Date.now();
    socket.write(bytes);
    const drip = setInterval(() => socket.write("a"), 50);
    await once(socket, "close");
    clearInterval(drip);
    expect([what, Date.now() - begun < 3000]).toEqual([what, true]);
    expect(heard()).toMatch(/^HTTP\/1.1 408 .*"type":"invalid_request_error"/s);
  });

  test("with everything is cut off, also after an answer", async () => {
    const server = await running(slow(0), { patience });
    const silent = open(server);
    const kept = open(server);
    kept.socket.write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const begun = Date.now();
    await Promise.all([once(silent.socket, "close"), once(kept.socket, "close")]);
    expect(Date.now() - begun).toBeLessThan(4000);
    expect(kept.heard()).toMatch(/^HTTP\/1.1 200 /);
  });

  async function readNothing(): Promise<void> {
    const engine = new FakeEngine();
    engine.enqueue(Array.from({ length: 4000 }, () => "x".repeat(5000)).join("|"));
    const words = wordTokenizer("x");
    const tokenizer = { ...words, bytes: (id: number) => words.bytes(id % 200) };
    const server = await running({ engine, tokenizer }, { patience });
    const { socket } = open(server);
    socket.pause();
    socket.write(post(JSON.stringify({ prompt: "x", max_tokens: 20, stream: true })));
    await vi.waitFor(() => expect(server.answered).toMatchObject([{ status: 499 }]), 10_000);
    // 20 MB were to be said; the sockets hold some of it.
    expect(server.answered[0]?.usage?.completion).toBeLessThan(3900);
  }
});

describe("what is no request", () => {
  test.each([
    ["no HTTP", "hello\r\n\r\n", 400],
    ["a body without a length that fits", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400],
    ["two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    ["a large head", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}\r\n\r\n`, 431],
    ["no host", "GET /health HTTP/1.1\r\n\r\n", 400],
  ])("%s", async (_, bytes, status) => {
    const server = await running(slow(0));
    const { socket, heard } = open(server);
    socket.write(bytes);
    await once(socket, "close");
    expect(heard()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test("behind a good one does not spoil its answer", async () => {
    const server = await running(slow(5));
    const { socket, heard } = open(server);
    socket.write(post(JSON.stringify({ prompt: "The", max_tokens: 20, stream: true })));
    await vi.waitFor(() => expect(heard()).toContain("data: "));
    socket.write("\x00\x01 garbage\r\n\r\n");
    await once(socket, "close");
    expect(heard().match(/HTTP\/1.1/g)).toHaveLength(1);
    expect((await server.complete({ prompt: "The", max_tokens: 1 })).status).toBe(200);
  });
});

describe("many clients at once", () => {
  test("50 are answered in the order in which they came, each with its own text, in bounded memory", async () => {
    const desk = slow(0);
    const server = await running(desk);
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const order: number[] = [];
    const before = process.memoryUsage().rss;
    const replies = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const reply = await server.complete({
          prompt: "The cat",
          max_tokens: 5 + (i % 20),
          seed: i,
          stream: i % 2 === 0,
        });
        order.push(i);
        return reply;
      }),
    );
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    for (const [i, { text, json }] of replies.entries()) {
      const told = i % 2 === 0 ? eventsOf(text).length - 2 : (json.usage?.completion_tokens ?? 0);
      expect(told).toBe(5 + (i % 20));
    }
    const late = order.filter((one, place) => Math.abs(one - place) > 12);
    expect(late).toEqual([]);
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });

  test("beyond the room are told to come again", async () => {
    const desk = slow(3);
    const server = await running(desk, { room: 4 });
    const replies = await Promise.all(
      Array.from({ length: 12 }, () => server.complete({ prompt: "The", max_tokens: 10 })),
    );
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(4).fill(200), ...Array(8).fill(429)]);
    const refused = replies.find(({ status }) => status === 429);
    expect([refused?.headers["retry-after"], refused?.json.error.type]).toEqual(["5", "rate_limit_error"]);
    expect((await server.complete({ prompt: "The", max_tokens: 1 })).status).toBe(200);
  });

  test("from two addresses take turns, however many come from one", async () => {
    const desk = slow(2);
    const server = await running(desk);
    const done: string[] = [];
    const from = (localAddress: string) =>
      new Promise<void>((resolve, reject) => {
        const headers = { "Content-Type": "application/json", Host: "localhost" };
        const options = { host: "127.0.0.1", port: server.port, localAddress, agent: false as const };
        const request = httpRequest(
          { ...options, path: "/v1/completions", method: "POST", headers },
          (response) => {
            response.resume().on("end", () => {
              done.push(localAddress);
              resolve();
            });
          },
        );
        request.on("error", reject);
        request.end(JSON.stringify({ prompt: "The", max_tokens: 20 }));
      });
    const many = Array.from({ length: 10 }, () => from("127.0.0.2"));
    await vi.waitFor(() => expect(desk.model.steps.length).toBeGreaterThan(3));
    await Promise.all([...many, from("127.0.0.3")]);
    expect(done.indexOf("127.0.0.3")).toBeLessThanOrEqual(3);
  });

  test("a request with many prompts lets others go between", async () => {
    const desk = slow(2);
    const server = await running(desk);
    const done: string[] = [];
    const many = server
      .complete({ prompt: Array(20).fill("The"), max_tokens: 10 })
      .then(() => done.push("many"));
    await vi.waitFor(() => expect(desk.model.steps.length).toBeGreaterThan(3));
    await server.complete({ prompt: "The", max_tokens: 1 }).then(() => done.push("one"));
    await many;
    expect(done).toEqual(["one", "many"]);
  });
});

describe("when the model fails", () => {
  const failing = async (error: unknown, at: number): Promise<Running> => {
    const engine = new FakeEngine();
    engine.enqueue("a|b|c|d");
    engine.beforeToken = (index) => {
      if (index === at) throw error;
    };
    return running({ engine, tokenizer: wordTokenizer("a") });
  };
  const lost = new UserError("The engine process ended.", { hint: "Choose a smaller model." });

  test("before anything is said, the status says so", async () => {
    const server = await failing(lost, 0);
    const { status, json } = await server.complete({ prompt: "a", max_tokens: 4, stream: true });
    expect([status, json.error]).toEqual([
      500,
      {
        message: "The engine process ended. Choose a smaller model.",
        type: "server_error",
        param: null,
        code: "engine_error",
      },
    ]);
    expect(server.mistakes).toEqual([]);
  });

  test("in the middle of a stream, its last event does", async () => {
    const server = await failing(lost, 2);
    const { text } = await server.complete({ prompt: "a", max_tokens: 4, stream: true });
    const events = eventsOf(text);
    expect(events).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ error: { type: "server_error" } });
    expect((await server.ask("/health")).status).toBe(200);
  });

  test("by a mistake of ours, that is told to who runs it", async () => {
    const mistake = new RangeError("a mistake");
    const server = await failing(mistake, 1);
    const { status } = await server.complete({ prompt: "a", max_tokens: 4 });
    expect([status, server.mistakes]).toEqual([500, [mistake]]);
  });
});

describe("closing", () => {
  test("ends streams and waiting requests with an error, within a second", async () => {
    const desk = slow(10);
    const server = await running(desk);
    const streamed = server.complete({ prompt: "The", max_tokens: 200, stream: true });
    const waiting = server.complete({ prompt: "The", max_tokens: 200 });
    const idle = open(server);
    await vi.waitFor(() => expect(desk.model.steps.length).toBeGreaterThan(3));
    const begun = Date.now();
    await server.close();
    expect(Date.now() - begun).toBeLessThan(900);
    const { text } = await streamed;
    expect(eventsOf(text).at(-1)).toMatchObject({ error: { type: "server_error" } });
    expect((await waiting).status).toBe(503);
    await once(idle.socket, "close");
    await expect(server.ask("/health")).rejects.toThrow("ECONNREFUSED");
    await server.close();
  });

  test("a port in use is told with what to do", async () => {
    const server = await running(slow(0));
    await expect(running(slow(0), { port: server.port })).rejects.toMatchObject({
      name: "UserError",
      message: `Port ${server.port} of 127.0.0.1 is in use.`,
      hint: expect.stringContaining("--port"),
    });
    await expect(running(slow(0), { host: "203.0.113.7", token: "x" })).rejects.toMatchObject({
      message: "This machine has no address 203.0.113.7.",
    });
  });
});
