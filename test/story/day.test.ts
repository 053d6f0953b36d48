import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countDay, dayCount, dayOf, wordsOfDay } from "../../src/story/day.ts";

describe("the words of a day", () => {
  it.each<[string, number[], number]>([
    ["what is written counts", [100, 110, 130], 30],
    ["what is deleted counts down", [100, 130, 120], 20],
    ["to zero at least", [100, 40, 50], 0],
    ["what comes back was not written again", [222, 227, 0, 227], 5],
  ])("%s", (_, [first = 0, ...later], expected) => {
    const count = later.reduce(countDay, dayCount(0, first));
    expect(wordsOfDay(count, later.at(-1) ?? 0)).toBe(expected);
  });

  it("adds what was written before, here and elsewhere", () => {
    expect(wordsOfDay(dayCount(0, 100, 20, 300), 105)).toBe(325);
  });

  it("are what the day has made of the story, however it came there, and never fewer than none", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: -50, max: 50 }), (steps, elsewhere) => {
        const count = steps.reduce(countDay, dayCount(0, 200, 0, elsewhere));
        const words = steps.at(-1) ?? 0;
        expect(wordsOfDay(count, words)).toBe(Math.max(0, words - 200 + elsewhere));
        expect(countDay(count, 200).here).toBe(0);
      }),
    );
  });

  it("ends at the next midnight of the writer's clock", () => {
    const noon = new Date(2026, 2, 4, 12).getTime();
    const { day, until } = dayOf(noon);
    expect(day).toBe("2026-03-04");
    expect(new Date(until).getHours()).toBe(0);
    expect(dayOf(until - 1).day).toBe("2026-03-04");
    expect(dayOf(until).day).toBe("2026-03-05");
  });
});
