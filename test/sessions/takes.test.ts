import { type ChangeSet, MapMode } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldSession } from "../../src/sessions/fold.ts";
import { parseSession } from "../../src/sessions/read.ts";
import { type TakenGeneration, type TakeTree, takesOf } from "../../src/sessions/takes.ts";
import { currentDocument, type UndoTree } from "../../src/story/history.ts";
import { itemAt } from "../../src/story/long-list.ts";
import { SessionWriter } from "./session-writer.ts";

/** The tree as lines: place, then takes with what is below them. `*` stands in the story. */
function drawn(tree: TakeTree): readonly string[] {
  const lines: string[] = [];
  const draw = (generations: readonly TakenGeneration[], depth: number): void => {
    for (const { takes } of generations) {
      for (const { text, standing, children } of takes) {
        lines.push(`${"  ".repeat(depth)}${standing ? "*" : "-"}${text}`);
        draw(children, depth + 1);
      }
    }
  };
  for (const { place, generations } of tree.places) {
    lines.push(`${place.from}${place.to > place.from ? `–${place.to}` : ""}${place.gone ? " gone" : ""}:`);
    draw(generations, 1);
  }
  return lines;
}

const treeOf = (writer: SessionWriter): TakeTree => takesOf(writer.records, writer.tree);

describe("the tree of takes", () => {
  it("has what was asked for behind a take, or inside it, below that take", () => {
    const writer = new SessionWriter("Once");
    const first = writer.generate(4, 4, [" upon a time", " there was"]);
    writer.accept(first, 4, 4, " upon a time");
    const second = writer.generate(16, 16, [" a king"]);
    writer.accept(second, 16, 16, " a king");
    writer.generate(9, 9, [" (so they say)"]);
    writer.outcome("s3", "rejected");
    writer.generate(12, 16, ["hill"]);
    expect(drawn(treeOf(writer))).toEqual([
      "4:",
      "  *" + " upon a time",
      "    *" + " a king",
      "    -" + " (so they say)",
      "    -hill",
      "  -" + " there was",
    ]);
  });

  it("has what was begun with the words of a take below it, and takes of one place together", () => {
    const writer = new SessionWriter("Once");
    writer.generate(4, 4, [" upon a time", " there was"]);
    writer.generate(4, 4, [" in May"]);
    writer.generate(4, 4, [" a hill"], " upon");
    writer.generate(4, 4, [" and a sea"], " upon a hill");
    expect(drawn(treeOf(writer))).toEqual([
      "4:",
      "  -" + " upon a time",
      "    -" + " upon a hill",
      "      -" + " upon a hill and a sea",
      "  -" + " there was",
      "  -" + " in May",
    ]);
    expect(treeOf(writer).places[0]?.generations[0]?.takes[0]?.children[0]?.takes[0]?.begun).toBe(5);
  });

  it("has what was begun with words of a rewrite below that", () => {
    const writer = new SessionWriter("It was dark.");
    writer.accept(writer.generate(7, 11, ["dim and wet", "night"]), 7, 11, "night", 1);
    writer.generate(7, 7, [" and dry"], "dim");
    expect(drawn(treeOf(writer))).toEqual(["7–12:", "  -dim and wet", "    -dim and dry", "  *night"]);
  });

  it("sees through blanks that the writer put behind a take, and not through words", () => {
    const writer = new SessionWriter("A");
    writer.accept(writer.generate(1, 1, [" b."]), 1, 1, " b.");
    writer.type("\n\n");
    writer.generate(6, 6, ["C"]);
    writer.type("My own");
    writer.generate(12, 12, [" D"]);
    expect(drawn(treeOf(writer))).toEqual(["1:", "  * b.", "    -C", "12:", "  - D"]);
  });

  it("follows places through edits, and lists those that are gone last", () => {
    const writer = new SessionWriter("one two three");
    writer.generate(3, 3, ["!"]);
    writer.generate(7, 7, ["?"]);
    writer.generate(4, 7, ["zwei"]);
    writer.replace(0, 0, "> ").replace(4, 8, "");
    expect(writer.text).toBe("> ono three");
    expect(drawn(treeOf(writer))).toEqual(["4–5:", "  -zwei", "5:", "  -?", "4 gone:", "  -!"]);
    writer.go("undo");
    expect(drawn(treeOf(writer))).toEqual(["5:", "  -!", "6–9:", "  -zwei", "9:", "  -?"]);
  });

  it("forgets no take that was undone, and knows which choice stands now", () => {
    const writer = new SessionWriter("A");
    const id = writer.generate(1, 1, [" one", " two"]);
    writer.accept(id, 1, 1, " one", 0).go("undo").accept(id, 1, 1, " two", 1);
    expect(drawn(treeOf(writer))).toEqual(["1:", "  - one", "  * two"]);
    writer.go(2);
    expect(drawn(treeOf(writer))).toEqual(["1:", "  * one", "  - two"]);
    writer.go(1);
    expect(drawn(treeOf(writer))).toEqual(["1:", "  - one", "  - two"]);
  });

  it("has the place of a take that was recorded after some of its words were taken in front of these", () => {
    const writer = new SessionWriter("A");
    writer.replace(1, 1, " b", { by: "model", generation: "s1" });
    writer.generate(3, 3, [" b c"]);
    expect(drawn(treeOf(writer))).toEqual(["1:", "  * b c"]);
  });

  it("moves with what is typed on in the same revision", () => {
    const writer = new SessionWriter("A").type(" b");
    writer.generate(1, 1, ["?"]);
    writer.replace(0, 0, "- ", { by: "writer" }, { joins: true });
    expect(drawn(treeOf(writer))).toEqual(["3:", "  -?"]);
  });

  it("knows names and marks, the last word counting", () => {
    const writer = new SessionWriter("A");
    const id = writer.generate(1, 1, [" b", " c"]);
    writer.mark(id, 1, { name: "cold" }).mark(id, 1, { marked: true }).mark(id, 0, { name: "x" });
    writer.mark(id, 0, { name: "" });
    const takes = treeOf(writer).places[0]?.generations[0]?.takes;
    expect(takes).toMatchObject([
      { name: null, marked: false },
      { name: "cold", marked: true },
    ]);
  });

  it("has takes of a story that began anew as gone", () => {
    const writer = new SessionWriter("A long story");
    writer.generate(6, 6, [" b"]);
    writer.replace(0, 0, "Another", { by: "writer" }, { cause: "opened" });
    expect(writer.text).toBe("AnotherA long story");
    const anew = new SessionWriter("A");
    anew.generate(1, 1, [" b"]);
    anew.go(0).replace(0, 0, "New", { by: "writer" }, { cause: "opened" });
    expect(drawn(treeOf(anew))).toEqual(["0 gone:", "  - b"]);
  });
});

/** A place, mapped one change after another along the way through the undo tree. */
function walked(tree: UndoTree, revision: number, start: number, end: number) {
  const way = (number: number): readonly number[] => {
    const { parent } = itemAt(tree.revisions, number)!;
    return parent === number ? [number] : [...way(parent), number];
  };
  const [up, down] = [way(revision), way(tree.current)];
  if (up[0] !== down[0]) return { from: 0, to: 0, gone: true };
  let shared = 0;
  while (shared < up.length && shared < down.length && up[shared] === down[shared]) shared++;
  let [from, to, gone] = [start, end, false];
  const step = (changes: ChangeSet): void => {
    if (start === end) {
      gone ||= changes.mapPos(from, -1, MapMode.TrackDel) === null;
      from = changes.mapPos(from, -1);
      to = from;
    } else {
      to = changes.mapPos(to, -1);
      from = Math.min(to, changes.mapPos(from, 1));
      gone ||= from === to;
    }
  };
  for (const number of up.slice(shared).reverse()) {
    const { changes, parent } = itemAt(tree.revisions, number)!;
    step(changes!.invert(itemAt(tree.revisions, parent)!.document.text));
  }
  for (const number of down.slice(shared)) step(itemAt(tree.revisions, number)!.changes!);
  return { from, to, gone };
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant("edit" as const),
    a: fc.nat(),
    b: fc.nat(),
    text: fc.string({ maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("type" as const), a: fc.nat(), text: fc.constantFrom("a", "b ", "\n") }),
  fc.record({ kind: fc.constant("go" as const), to: fc.oneof(fc.constantFrom("undo", "redo"), fc.nat()) }),
  fc.record({
    kind: fc.constant("generate" as const),
    a: fc.nat(),
    b: fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat() }),
    texts: fc.array(fc.constantFrom(" x", " x y", " z.\n", "q"), { maxLength: 3 }),
    accept: fc.nat({ max: 4 }),
  }),
);

describe("any session", () => {
  it("has every take once; places and words are where the story's marks are", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const writer = new SessionWriter("Once upon a time");
        const asked: { id: string; revision: number; from: number; to: number }[] = [];
        const arrived: string[] = [];
        for (const one of steps) {
          const { length } = writer.text;
          if (one.kind === "edit") {
            const [a, b] = [one.a % (length + 1), one.b % (length + 1)];
            writer.replace(Math.min(a, b), Math.max(a, b), one.text.replaceAll("\r", ""));
          } else if (one.kind === "type") {
            const a = one.a % (length + 1);
            // Only where no place waits in this revision: the oracle knows revisions as they were left.
            const joins = !asked.some(({ revision }) => revision === writer.revision);
            writer.replace(a, a, one.text, { by: "writer" }, { joins });
          } else if (one.kind === "go") {
            writer.go(
              typeof one.to === "number" ? one.to % writer.tree.revisions.length : (one.to as "undo"),
            );
          } else {
            const a = one.a % (length + 1);
            const b = one.b < 0 ? a : one.b % (length + 1);
            const [from, to] = [Math.min(a, b), Math.max(a, b)];
            const id = writer.generate(from, to, one.texts);
            asked.push({ id, revision: writer.revision, from, to });
            arrived.push(...one.texts.map((_, choice) => `${id} ${choice}`));
            const text = one.texts[one.accept];
            if (text === undefined) writer.outcome(id, "rejected");
            else writer.accept(id, from, to, text, one.accept);
          }
        }
        const stored = writer.records.map((record) => JSON.stringify(record)).join("\n");
        const { records, damagedLines } = parseSession(stored, "tale.session.jsonl");
        const { tree, problem } = foldSession(records);
        expect([damagedLines, problem]).toEqual([0, null]);
        const takes = takesOf(records, tree);
        const nodes: TakenGeneration[] = [];
        const walk = (generations: readonly TakenGeneration[]): void => {
          for (const node of generations) {
            nodes.push(node);
            for (const take of node.takes) walk(take.children);
          }
        };
        for (const { generations } of takes.places) walk(generations);
        const listed = nodes.flatMap(({ takes: all }) => all.map((t) => `${t.generation} ${t.choice}`));
        expect([...listed].sort()).toEqual([...arrived].sort());
        expect(takes.count).toBe(arrived.length);
        for (const { id, revision, from, to } of asked) {
          const { place } = nodes.find((node) => node.id === id)!;
          expect(place).toEqual(walked(tree, revision, from, to));
          expect(place.from).toBeLessThanOrEqual(place.to);
          expect(place.to).toBeLessThanOrEqual(currentDocument(tree).text.length);
        }
        // What stands is what the marks say, from the first to the last piece of each generation.
        const standing = nodes.flatMap(({ takes: all }) =>
          all.flatMap((t) => (t.standing ? [`${t.generation} ${t.standing.from} ${t.standing.to}`] : [])),
        );
        const { passages } = currentDocument(tree);
        const marks = [...new Set(passages.map(({ generation }) => generation))].map((generation) => {
          const own = passages.filter((passage) => passage.generation === generation);
          return `${generation} ${own[0]!.from} ${own.at(-1)!.to}`;
        });
        const oneChoice = new Set(standing.map((line) => line.split(" ")[0])).size === standing.length;
        if (oneChoice) expect([...standing].sort()).toEqual(marks.sort());
        else expect(standing.length).toBeGreaterThanOrEqual(marks.length);
      }),
      { numRuns: 300 },
    );
  });

  it("of 5,000 generations is made into a tree without a pause that one feels", () => {
    const writer = new SessionWriter("Once");
    for (let i = 0; i < 5000; i++) {
      const at = i % 3 === 0 ? Math.floor(writer.text.length / 2) : writer.text.length;
      const id = writer.generate(at, at, [" one two", " three", " four five"]);
      if (i % 2 === 0) writer.accept(id, at, at, " one two");
      else writer.outcome(id, "rejected");
      writer.type(i % 4 === 0 ? "\nShe" : " sat.");
    }
    const opened = performance.now();
    const { tree } = foldSession(writer.records);
    // What is measured is far below; a machine that is busy is slower.
    expect(performance.now() - opened).toBeLessThan(3000);
    const start = performance.now();
    const takes = takesOf(writer.records, tree);
    const took = performance.now() - start;
    expect(takes.count).toBe(15_000);
    expect(took).toBeLessThan(1500);
  }, 60_000);
});
