import * as fc from "fast-check";
import { expect, it } from "vitest";
import { excerpt, table, visible } from "../../src/commands/output.ts";

it("shows no control character but tab and newline", () => {
  expect(visible("a\tb\n\x1b]0;title\x07\r\u009b31m")).toBe("a\tb\n\ufffd]0;title\ufffd\ufffd\ufffd31m");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = visible(text);
      expect(shown.replace(/[\t\n]/g, "")).not.toMatch(/\p{Cc}/u);
      expect(shown).toHaveLength(text.length);
    }),
  );
});

it("aligns the columns of a table and ends no line with a space", () => {
  const rows = [
    { name: "a", size: 5 },
    { name: "longer", size: 12_345 },
  ];
  const text = table(rows, [
    { title: "SIZE", value: ({ size }) => String(size), align: "right" },
    { title: "NAME", value: ({ name }) => name },
  ]);
  expect(text).toBe(" SIZE  NAME\n    5  a\n12345  longer\n");
});

it("cuts an excerpt at characters, on one line", () => {
  expect(excerpt("  one\n two\tthree ", 40)).toBe("one two three");
  expect(excerpt("🦊🦊🦊🦊", 3)).toBe("🦊🦊…");
});
