import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { itemAt, itemsOf, type LongList, longList, withItem } from "../../src/story/long-list.ts";

describe("a long list", () => {
  it("is an array that copies itself at every change", () => {
    const change = fc.record({ at: fc.nat(), append: fc.boolean(), item: fc.nat() });
    fc.assert(
      fc.property(fc.nat({ max: 600 }), fc.array(change, { maxLength: 60 }), (length, changes) => {
        let array = Array.from({ length }, (_, index) => -index);
        let list: LongList<number> = longList(array);
        for (const { at, append, item } of changes) {
          const index = append ? array.length : at % (array.length + 1);
          const [oldArray, oldList] = [array, list];
          array = [...array];
          array[index] = item;
          list = withItem(list, index, item);
          expect(itemsOf(oldList)).toEqual(oldArray);
        }
        expect(itemsOf(list)).toEqual(array);
        expect(list.length).toBe(array.length);
        expect(array.map((_, index) => itemAt(list, index))).toEqual(array);
        expect([-1, array.length, 0.5].map((index) => itemAt(list, index))).toEqual([
          undefined,
          undefined,
          undefined,
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it.each([-1, 3, 0.5, Number.NaN])("refuses a place that would leave a hole: %d", (index) => {
    expect(() => withItem(longList(["a", "b"]), index, "x")).toThrow(`index ${index} of a list of 2`);
  });

  it("shares all but one chunk with its original", () => {
    const list = longList(Array.from({ length: 100_000 }, (_, index) => index));
    const changed = withItem(list, 50_000, -1);
    expect(changed.chunks.filter((chunk, index) => chunk !== list.chunks[index])).toHaveLength(1);
  });
});
