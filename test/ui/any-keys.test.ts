import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldSession } from "../../src/sessions/fold.ts";
import { currentDocument } from "../../src/story/history.ts";
import { geometry } from "../../src/ui/geometry.ts";
import { COMMANDS } from "../../src/ui/keymap.ts";
import { pageCursor, pageRows } from "../../src/ui/page.ts";
import { cellWidth } from "../../src/ui/terminal/widths.ts";
import { Desk } from "./desk.ts";

const KEYS = [
  ...new Set(COMMANDS.flatMap(({ keys }) => keys.flatMap((key: string) => key.split(" ")))),
].filter((key) => key !== "ctrl+q");

/** Anything that can happen at the desk. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...KEYS).map((key) => (desk: Desk) => desk.press(key)) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom("a", " ", "é", "日", "👩‍👩‍👧", "\t", "\x1b", "o", "r", "q")
      .map((text) => (desk: Desk) => desk.send({ type: "typed", text, at: 0 })),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }).map((text) => (desk: Desk) => desk.paste(text)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(" word", "\n\nNew.", ".", "").map((text) => (desk: Desk) => {
      const id = desk.model.offer?.running?.id;
      return id ? desk.begin().stream(text) : desk;
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("finish", "answer", "fail").map((how) => (desk: Desk) => {
      if (!desk.model.offer?.running) return desk;
      return how === "fail"
        ? desk.fail("gone")
        : how === "finish"
          ? desk.finish()
          : desk.answer(" one.", " two.");
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 50 })).map(
      ([columns, rows]) =>
        (desk: Desk) =>
          desk.send({ type: "resized", columns, rows }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(130), fc.nat(50), fc.boolean()).map(
      ([x, y, extend]) =>
        (desk: Desk) =>
          desk.send({ type: "pointer", x, y, extend, drag: extend, at: 0 }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: -9, max: 9 })
      .map((rows) => (desk: Desk) => desk.send({ type: "wheel", rows })),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map((changedOnDisk) => (desk: Desk) => {
      if (!desk.model.saving) return desk;
      return desk.send({
        type: "saveFailed",
        text: "no",
        changedOnDisk,
        path: desk.model.file.path,
        byItself: false,
      });
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant((desk: Desk) => {
      const { text } = currentDocument(desk.model.tree);
      return desk.model.saving
        ? desk.send({ type: "saved", text, sha256: "s", path: "tale.md", at: 0 })
        : desk;
    }),
  },
);

describe("whatever happens", () => {
  it("selection, offer, page and cursor stay where the text is", () => {
    const page = "# One\n\nThe cat sat on the mat. It was late|, and nobody came.\n\n日本語の文章です。 End";
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 80, size: "max" }), (happenings) => {
        const desk = new Desk(page);
        for (const happen of happenings) {
          happen(desk);
          const { model } = desk;
          const { length } = currentDocument(model.tree).text;
          for (const pos of [
            model.selection.anchor,
            model.selection.head,
            model.offer?.from ?? 0,
            model.offer?.to ?? 0,
          ]) {
            expect(pos).toBeGreaterThanOrEqual(0);
            expect(pos).toBeLessThanOrEqual(length);
          }
          const { page: place, textWidth, margin } = geometry(model);
          const rows = pageRows(model, desk.layout);
          expect(rows.length).toBeLessThanOrEqual(place.height);
          for (const { spans } of rows) {
            const cells = cellWidth(
              spans
                .map(({ text }) => text)
                .join("")
                .trimEnd(),
            );
            expect(cells).toBeLessThanOrEqual(margin + Math.max(textWidth, 4));
          }
          const cursor = pageCursor(model, desk.layout);
          if (cursor) {
            // On the page, or where something else has the keys.
            const elsewhere = model.find || model.dialog || model.panel || model.focus !== "story";
            const [width, end] = elsewhere
              ? [model.columns, model.rows - 1]
              : [place.width, place.y + place.height];
            expect(cursor.x).toBeLessThan(Math.max(1, width));
            expect(cursor.y).toBeLessThan(end);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("the session of whatever happened", () => {
  it("plays again to the same story, with the same marks, sorted and apart", () => {
    const page = "# One\n\nThe cat sat on the mat. It was late, and nobody came.\n\n日本語の文章です。 End";
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60, size: "max" }), (happenings) => {
        const desk = new Desk("|").paste(page);
        for (const happen of happenings) happen(desk);
        const { tree } = foldSession(JSON.parse(JSON.stringify(desk.records())));
        const [played, document] = [currentDocument(tree), currentDocument(desk.model.tree)];
        expect(played.text.toString()).toBe(document.text.toString());
        expect(played.passages).toEqual(document.passages);
        expect(tree.revisions.length).toBe(desk.model.tree.revisions.length);
        let end = 0;
        for (const { from, to } of document.passages) {
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to).toBeGreaterThan(from);
          end = to;
        }
      }),
      { numRuns: 200 },
    );
  });
});
