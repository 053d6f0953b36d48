import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldSession } from "../../src/sessions/fold.ts";
import { parseSession } from "../../src/sessions/read.ts";
import type { SessionRecord } from "../../src/sessions/records.ts";
import { documentText } from "../../src/story/document.ts";
import { currentDocument } from "../../src/story/history.ts";
import { itemsOf } from "../../src/story/long-list.ts";
import { Desk } from "../ui/desk.ts";

const AT = "2026-01-02T03:04:05.000Z";
const opened = (text: string): SessionRecord => ({
  type: "edit",
  at: AT,
  changes: [[0, ...text.split("\n")]],
  origin: { by: "writer" },
  selection: [0, 0],
  cause: "opened",
});

/** Writes the records out and reads them back, as a file would. */
function throughFile(records: readonly SessionRecord[]): readonly SessionRecord[] {
  const session = parseSession(records.map((record) => JSON.stringify(record)).join("\n"), "test");
  expect(session.damagedLines).toBe(0);
  return session.records;
}

describe("folding a session", () => {
  it("gives the story back, with its marks and its whole past, whatever the writer did", () => {
    const keys = [
      "x",
      " ",
      "enter",
      "backspace",
      "delete",
      "left",
      "right",
      "ctrl+z",
      "ctrl+y",
      "ctrl+w",
      "home",
      "end",
    ];
    const action = fc.oneof(
      fc.constantFrom(...keys),
      fc.constantFrom("shift+left", "shift+ctrl+left", "ctrl+x", "ctrl+v", "ctrl+a"),
      fc.constantFrom("offer", "word", "take", "escape", "wait"),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60, size: "max" }), (actions) => {
        const desk = new Desk("");
        for (const key of actions) {
          if (key === "offer") desk.press("escape", "escape", "tab").answer(" once more");
          else if (key === "take") desk.press(...(desk.ghost() ? ["tab"] : []));
          else if (key === "word") desk.press(...(desk.ghost() ? ["ctrl+right"] : []));
          else if (key === "wait") desk.wait(5000);
          else desk.press(key);
        }
        const folded = foldSession(throughFile(desk.records()));
        const document = currentDocument(desk.model.tree);
        expect(folded.problem).toBeNull();
        expect(documentText(currentDocument(folded.tree))).toBe(documentText(document));
        expect(currentDocument(folded.tree).passages).toEqual(document.passages);
        expect(folded.tree.current).toBe(desk.model.tree.current);
        expect(itemsOf(folded.tree.revisions).map(({ parent }) => parent)).toEqual(
          itemsOf(desk.model.tree.revisions).map(({ parent }) => parent),
        );
      }),
    );
  });

  it("tells what was generated and what became of it", () => {
    const desk = new Desk("Once|").press("tab").answer(" upon").press("tab");
    const { generations, outcomes } = foldSession(throughFile([opened("Once"), ...desk.records()]));
    expect(generations).toMatchObject([{ id: "g1", task: "continue" }]);
    expect(outcomes.get("g1")).toMatchObject({ outcome: "accepted" });
  });

  it("stops at an edit that does not fit, and says which", () => {
    const stray: SessionRecord = { type: "edit", at: AT, changes: [99, [0, "x"]], origin: { by: "writer" } };
    const folded = foldSession([opened("text"), stray, { type: "jump", at: AT, to: 1 }]);
    expect(folded.problem).toMatch(/record 2 does not fit .*99 units.*has 4/u);
    expect(documentText(currentDocument(folded.tree))).toBe("text");
  });
});

describe("reading a session", () => {
  it("passes over torn and strange lines, and counts them", () => {
    const good = JSON.stringify(opened("a"));
    const session = parseSession(
      `${good}\n{"type":"edit","at":"20\n\nnot json\n{"type":"news"}\n${good}\n`,
      "s",
    );
    expect(session).toMatchObject({ damagedLines: 3 });
    expect(session.records).toHaveLength(2);
  });

  it("refuses one made by a newer version", () => {
    const header = { type: "header", version: 99, app: "inkwright 9.0.0", story: "a.md", at: AT };
    expect(() => parseSession(JSON.stringify(header), "a.session.jsonl")).toThrow(
      /newer version \(inkwright 9/u,
    );
  });
});
