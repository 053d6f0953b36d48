import { describe, expect, test } from "vitest";
import { isLoopback } from "../../src/server/access.ts";
import { startServer } from "../../src/server/server.ts";
import { deskWriting } from "../engine/desk.ts";
import { running } from "./running.ts";

const desk = () => deskWriting("The cat sat on the mat.");

describe("a token", () => {
  test.each([
    [{}, 401],
    [{ Authorization: "Bearer wrong" }, 401],
    [{ Authorization: "Bearer secre" }, 401],
    [{ Authorization: "Bearer secret2" }, 401],
    [{ Authorization: "secret" }, 401],
    [{ Authorization: "Basic secret" }, 401],
    [{ Authorization: "Bearer secret" }, 200],
    [{ Authorization: "bearer  secret" }, 200],
  ])("is asked for where there is one: %j", async (headers, status) => {
    const server = await running(desk(), { token: "secret" });
    const reply = await server.ask("/v1/models", { headers });
    expect(reply.status).toBe(status);
    expect((await server.complete({ prompt: "The", max_tokens: 1 }, headers)).status).toBe(status);
    if (status === 200) return;
    expect(reply.headers["www-authenticate"]).toBe("Bearer");
    expect(JSON.parse(reply.text).error).toMatchObject({
      type: "invalid_request_error",
      code: "invalid_api_key",
    });
    expect(reply.text).not.toContain("secret");
  });

  test("is not asked for to see whether the server lives", async () => {
    const server = await running(desk(), { token: "secret" });
    expect((await server.ask("/health")).status).toBe(200);
  });

  test("must be there beyond this machine", async () => {
    const options = { port: 0, token: null, origins: [], room: 1, now: () => new Date(), newId: () => "1" };
    const ignored = { onAnswered: () => {}, onMistake: () => {} };
    await expect(startServer({ ...options, ...ignored, host: "0.0.0.0" })).rejects.toThrow(
      "must have a token",
    );
  });
});

describe("a page in a browser", () => {
  test.each([
    ["localhost", 200],
    ["localhost:8080", 200],
    ["LOCALHOST:1", 200],
    ["127.0.0.1", 200],
    ["127.8.9.1:99", 200],
    ["[::1]:8080", 200],
    ["evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost.evil.example:8080", 403],
    ["192.168.1.2", 403],
    ["127.0.0.1:80@evil.example", 403],
  ])("that had its name changed over to this machine is refused: Host %s", async (host, status) => {
    const server = await running(desk());
    expect((await server.ask("/v1/models", { headers: { Host: host } })).status).toBe(status);
  });

  test("of another origin is refused, unless it is allowed; then it may ask first", async () => {
    const closed = await running(desk());
    const headers = { Origin: "http://localhost:3000" };
    const refused = await closed.complete({ prompt: "The", max_tokens: 1 }, headers);
    expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
    const open = await running(desk(), { origins: ["http://localhost:3000"], token: "secret" });
    const asked = await open.ask("/v1/completions", { method: "OPTIONS", headers });
    expect([asked.status, asked.headers["access-control-allow-origin"]]).toEqual([
      204,
      "http://localhost:3000",
    ]);
    const denied = await open.complete({ prompt: "The" }, headers);
    expect([denied.status, denied.headers["access-control-allow-origin"]]).toEqual([
      401,
      "http://localhost:3000",
    ]);
    const told = await open.complete(
      { prompt: "The", max_tokens: 1 },
      { ...headers, Authorization: "Bearer secret" },
    );
    expect([told.status, told.headers.vary]).toEqual([200, "Origin"]);
    expect((await open.ask("/v1/models", { headers: { Origin: "null" } })).status).toBe(403);
    const anyone = await running(desk(), { origins: ["*"] });
    const any = await anyone.ask("/v1/models", { headers: { Origin: "app://editor" } });
    expect([any.status, any.headers["access-control-allow-origin"]]).toEqual([200, "app://editor"]);
  });
});

test.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["127.255.1.1", true],
  ["::1", true],
  ["[::1]", true],
  ["0.0.0.0", false],
  ["::", false],
  ["", false],
  ["127.evil.example", false],
  ["localhost.example", false],
  ["192.168.0.1", false],
])("%s is this machine's own: %s", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
