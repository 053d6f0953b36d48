import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFairQueue } from "../../src/server/fair-queue.ts";

const never = new AbortController().signal;

/** Lets everything that is ready happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Takes a turn for each letter of `order`, a client's name, and tells in which order they are given. */
async function turnsOf(order: string): Promise<string> {
  const queue = createFairQueue(1000);
  const holds = await queue.enter("first")?.turn(never);
  let given = "";
  const done = [...order].map(async (client) => {
    const end = await queue.enter(client)?.turn(never);
    given += client;
    await settle();
    end?.();
  });
  holds?.();
  await Promise.all(done);
  return given;
}

describe("turns", () => {
  test.each([
    ["aaab", "abaa"],
    ["aaabbbc", "abcabab"],
    ["abc", "abc"],
    ["aaaa", "aaaa"],
  ])("go round: %s is given as %s", async (asked, given) => {
    expect(await turnsOf(asked)).toBe(given);
  });

  test("are one at a time, for everyone, whoever gives up", async () => {
    const ask = fc.record({ client: fc.constantFrom("a", "b", "c"), givesUp: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { maxLength: 30 }), async (asks) => {
        const queue = createFairQueue(100);
        let at = 0;
        let most = 0;
        let served = 0;
        await Promise.all(
          asks.map(async ({ client, givesUp }) => {
            const place = queue.enter(client);
            const leaving = new AbortController();
            const turn = place?.turn(leaving.signal);
            if (givesUp) leaving.abort(new Error("left"));
            try {
              const end = await turn;
              at++;
              most = Math.max(most, at);
              served++;
              await settle();
              at--;
              end?.();
              end?.();
            } catch (error) {
              expect(error).toEqual(new Error("left"));
              expect(givesUp).toBe(true);
            } finally {
              place?.leave();
              place?.leave();
            }
          }),
        );
        expect(most).toBeLessThanOrEqual(1);
        expect(served).toBeGreaterThanOrEqual(asks.filter(({ givesUp }) => !givesUp).length);
        expect(queue.size).toBe(0);
        const end = await queue.enter("z")?.turn(never);
        expect(end).toBeTypeOf("function");
      }),
      { numRuns: 60 },
    );
  });
});

describe("room", () => {
  test("is limited; a quarter more is kept for clients that have nothing in it", () => {
    const queue = createFairQueue(4);
    const places = [1, 2, 3, 4].map(() => queue.enter("a"));
    expect(places.every((place) => place !== null)).toBe(true);
    expect(queue.enter("a")).toBeNull();
    const other = queue.enter("b");
    expect(other).not.toBeNull();
    expect([queue.enter("b"), queue.enter("c")]).toEqual([null, null]);
    places[0]?.leave();
    places[0]?.leave();
    expect(queue.size).toBe(4);
    expect(queue.enter("a")).toBeNull();
    expect(queue.enter("c")).not.toBeNull();
  });
});
