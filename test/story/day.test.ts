import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countDay, dayCount, dayOf, wordsOfDay } from "../../src/story/day.ts";

describe("the words of a day", () => {
  it.each<[string, number[], number]>([
    ["what is written counts", [100, 110, 130], 30],
    ["what is deleted counts down", [100, 130, 120], 20],
    ["to zero at least, and what is written then counts at once", [100, 40, 50], 10],
  ])("%s", (_, [first = 0, ...later], expected) => {
    const count = later.reduce(countDay, dayCount(0, first));
    expect(wordsOfDay(count, later.at(-1) ?? 0)).toBe(expected);
  });

  it("adds what was written before, here and elsewhere", () => {
    expect(wordsOfDay(dayCount(0, 100, 20, 300), 105)).toBe(325);
  });

  it("are never fewer than none, and all of them where nothing is deleted", () => {
    const added = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 20 });
    fc.assert(
      fc.property(added, (steps) => {
        let words = 1000;
        let count = dayCount(0, words);
        for (const step of steps) {
          words += step;
          count = countDay(count, words);
          expect(count.here).toBeGreaterThanOrEqual(0);
          expect(count.counted).toBe(words);
        }
        const sum = steps.reduce((all, step) => all + step, 0);
        expect(count.here).toBeGreaterThanOrEqual(sum);
        if (steps.every((step) => step >= 0)) expect(count.here).toBe(sum);
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
