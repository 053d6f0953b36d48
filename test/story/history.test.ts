import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDocument, documentText } from "../../src/story/document.ts";
import { replaceRange } from "../../src/story/edit.ts";
import {
  commit,
  createHistory,
  currentDocument,
  currentRevision,
  jump,
  redo,
  type UndoTree,
  undo,
} from "../../src/story/history.ts";
import { itemsOf } from "../../src/story/long-list.ts";
import type { Origin } from "../../src/story/passages.ts";
import { joinsTyping } from "../../src/story/typing.ts";

const WRITER: Origin = { by: "writer" };
const text = (tree: UndoTree): string => documentText(currentDocument(tree));

/** Appends a text as one revision. */
function write(tree: UndoTree, words: string, at = 0, join = false): UndoTree {
  const document = currentDocument(tree);
  const { length } = document.text;
  return commit(tree, replaceRange(document, length, length, words, WRITER), at, { join });
}

describe("the undo tree", () => {
  const start = createHistory(createDocument("a"), 0);

  it("goes back and forth", () => {
    const tree = write(write(start, "b"), "c");
    expect(text(undo(tree))).toBe("ab");
    expect(text(undo(undo(tree)))).toBe("a");
    expect(undo(undo(undo(tree)))).toEqual(undo(undo(tree)));
    expect(text(redo(undo(undo(tree))))).toBe("ab");
    expect(redo(tree)).toBe(tree);
  });

  it("keeps the old branch when a new one begins", () => {
    const old = write(start, "old");
    const fresh = write(undo(old), "new");
    expect(text(fresh)).toBe("anew");
    expect(text(redo(undo(fresh)))).toBe("anew");
    expect(text(jump(fresh, 1))).toBe("aold");
    expect(text(redo(undo(jump(fresh, 1))))).toBe("aold");
  });

  it("grows a revision in place, but never one that has children, or the first", () => {
    const grown = write(write(start, "b"), "c", 0, true);
    expect(grown.revisions.length).toBe(2);
    expect(text(undo(grown))).toBe("a");
    const back = undo(write(write(start, "b"), "c"));
    expect(write(back, "d", 0, true).revisions.length).toBe(4);
    expect(write(start, "b", 0, true).revisions.length).toBe(2);
  });

  it("puts the selection back where it was before an edit", () => {
    const document = currentDocument(start);
    const edit = replaceRange(document, 0, 1, "x", WRITER);
    const before = { anchor: 1, head: 0 };
    expect(currentRevision(commit(start, edit, 0, { before })).before).toEqual(before);
    expect(currentRevision(commit(start, edit, 0)).before).toEqual({ anchor: 1, head: 1 });
    const typed = commit(start, replaceRange(document, 1, 1, "b", WRITER), 0, { before });
    expect(currentRevision(write(typed, "c", 0, true)).before).toEqual(before);
  });

  it("does not leave a root by undo, and a root does not grow", () => {
    const opened = commit(start, replaceRange(currentDocument(start), 0, 1, "file", WRITER), 0, {
      root: true,
    });
    expect(undo(opened)).toBe(opened);
    expect(redo(jump(opened, 0)).current).toBe(0);
    const typed = write(opened, "!", 0, true);
    expect(typed.revisions.length).toBe(3);
    expect(text(undo(undo(typed)))).toBe("file");
    expect(text(jump(typed, 0))).toBe("a");
  });

  it("never grows a revision that the model wrote", () => {
    const model: Origin = { by: "model", generation: "g" };
    const first = commit(start, replaceRange(currentDocument(start), 1, 1, "b", model), 0);
    const second = commit(first, replaceRange(currentDocument(first), 2, 2, "c", model), 0, { join: true });
    expect(second.revisions.length).toBe(3);
    expect(write(first, "c", 0, true).revisions.length).toBe(3);
  });

  it("refuses a revision that is not there", () => {
    expect(() => jump(start, 7)).toThrow("there is no revision 7 among 1");
  });

  it("undo after any edit brings the text back, redo the edit, and every revision can be reached", () => {
    const step = fc.oneof(
      fc.record({
        type: fc.constant("edit" as const),
        at: fc.nat(),
        cut: fc.nat({ max: 4 }),
        insert: fc.string({ maxLength: 4 }),
      }),
      fc.constantFrom({ type: "undo" as const }, { type: "redo" as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let tree = start;
        const texts = ["a"];
        for (const step of steps) {
          if (step.type !== "edit") {
            tree = step.type === "undo" ? undo(tree) : redo(tree);
            continue;
          }
          const document = currentDocument(tree);
          const from = step.at % (document.text.length + 1);
          const to = Math.min(document.text.length, from + step.cut);
          const before = text(tree);
          tree = commit(tree, replaceRange(document, from, to, step.insert, WRITER), 0);
          texts.push(text(tree));
          expect(text(undo(tree))).toBe(before);
          expect(redo(undo(tree)).current).toBe(tree.current);
        }
        for (const [number, expected] of texts.entries()) expect(text(jump(tree, number))).toBe(expected);
      }),
    );
  });
});

describe("typing joins into one revision", () => {
  /** Types character by character; a number waits so many milliseconds, < deletes backwards. */
  function revisionsOf(...keys: (string | number)[]): string[] {
    let tree = createHistory(createDocument(""), 0);
    let now = 0;
    for (const key of keys) {
      if (typeof key === "number") {
        now += key;
        continue;
      }
      for (const character of key) {
        const document = currentDocument(tree);
        const { length } = document.text;
        const edit =
          character === "<"
            ? replaceRange(document, length - 1, length, "", WRITER)
            : replaceRange(document, length, length, character, WRITER);
        tree = commit(tree, edit, now, { join: joinsTyping(tree, edit, now) });
      }
    }
    return itemsOf(tree.revisions)
      .slice(1)
      .map((revision) => documentText(revision.document));
  }

  it.each([
    [["word"], ["word"]],
    [["one two"], ["one ", "one two"]],
    [
      ["one", 5000, "two"],
      ["one", "onetwo"],
    ],
    [["one\ntwo"], ["one", "one\n", "one\ntwo"]],
    [["word<<"], ["word", "wo"]],
    [["word<<x"], ["word", "wo", "wox"]],
  ])("%j gives %j", (keys, revisions) => {
    expect(revisionsOf(...keys)).toEqual(revisions);
  });
});
