import { describe, expect, it } from "vitest";
import { geometry, LONGEST_ROW } from "../../src/ui/geometry.ts";
import { Desk } from "./desk.ts";

const model = new Desk("|").model;

describe("the places on the screen", () => {
  it.each([
    // columns, focus, page's width, controls' width
    [200, "story", 164, 36],
    [96, "story", 60, 36],
    [95, "story", 95, 0],
    [80, "story", 80, 0],
    [80, "controls", 44, 36],
    [40, "story", 40, 0],
    [40, "controls", 0, 40],
  ] as const)("%d columns, keys in the %s: page %d, controls %d", (columns, focus, page, controls) => {
    const places = geometry({ ...model, columns, rows: 24, focus });
    expect([places.page.width, places.controls]).toEqual([page, controls]);
  });

  it("keeps rows short enough to read, in the middle of the page", () => {
    const { textWidth, margin, page } = geometry({ ...model, columns: 200, rows: 24 });
    expect(textWidth).toBe(LONGEST_ROW);
    expect(margin).toBe((page.width - LONGEST_ROW) / 2);
  });

  it("fills the screen exactly, whatever is open", () => {
    const offer = new Desk("It was [dark|.").press("ctrl+r").answer("one", "two", "three").model.offer;
    for (const rows of [5, 12, 24, 60]) {
      for (const dialog of [null, { kind: "saveFailed", message: "no" } as const]) {
        const places = geometry({ ...model, columns: 100, rows, offer, dialog });
        expect(1 + places.page.height + places.choices + places.dialog + 1).toBe(rows);
        expect(places.page.height).toBeGreaterThanOrEqual(1);
      }
    }
  });
});
