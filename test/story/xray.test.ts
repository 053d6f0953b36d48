import { ChangeSet, Text } from "@codemirror/state";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyStart } from "../../src/story/front-matter.ts";
import {
  BANDS,
  bandOf,
  beginXRay,
  followText,
  marksBetween,
  marksOf,
  nextRequest,
  staleSegments,
  type TokenScore,
  withScores,
  type XRay,
  type XRayRequest,
} from "../../src/story/xray.ts";
import { CONTEXT, contextOf, cutSegments } from "../../src/story/xray-segments.ts";
import { countBands } from "../../src/story/xray-shares.ts";

const textOf = (text: string): Text => Text.of(text.split("\n"));
/** Paragraphs of which no two are the same. */
const numbered = (count: number): Text =>
  textOf(Array.from({ length: count }, (_, i) => `She went down ${i} stairs again.\n`).join("\n"));
const all = { from: 0, to: Number.POSITIVE_INFINITY };

/** A scorer whose tokens are words with what stands before them, all of whose figures hang on context and text. */
function fakeScore({ before, text }: XRayRequest): readonly TokenScore[] {
  let hash = 7;
  for (const character of before) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003;
  return (text.match(/\s*\S+|\s+$/gu) ?? []).map((word) => {
    for (const character of word) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003;
    return { text: word, logprob: -(hash % 97) / 10, rank: 1 + (hash % 4000) };
  });
}

/** Scores all that is to be scored; tells how much that was. */
function scoreAll(xray: XRay, visible = { from: 0, to: 0 }): { readonly xray: XRay; readonly asked: number } {
  let asked = 0;
  for (;;) {
    const request = nextRequest(xray, all, visible);
    if (!request) return { xray, asked };
    xray = withScores(xray, request, fakeScore(request));
    asked++;
  }
}

const word = fc.constantFrom(
  "the",
  "lamp",
  "Was",
  "out.",
  "“No!”",
  "she",
  "said",
  "🦊",
  "Mr.",
  "fog,",
  "灯台。",
);
const paragraph = fc.array(word, { minLength: 0, maxLength: 60 }).map((words) => words.join(" "));
const longWord = fc.integer({ min: 700, max: 3000 }).map((length) => "🦊x".repeat(length / 3));
const story = fc
  .array(fc.oneof({ weight: 20, arbitrary: paragraph }, { weight: 1, arbitrary: longWord }), {
    maxLength: 40,
  })
  .chain((paragraphs) =>
    fc
      .tuple(
        fc.constantFrom(
          "",
          "",
          "---\n",
          "---\nmemory: she\n---\n",
          `---\nnote: ${"far ".repeat(300)}\n---\n\n`,
        ),
        fc.constantFrom("\n", "\n\n", "  \n\n\n"),
      )
      .map(([front, gap]) => front + paragraphs.join(gap)),
  );
const edit = fc.record({
  at: fc.nat(10_000),
  cut: fc.oneof(fc.constant(0), fc.nat(4), fc.nat(2500)),
  put: fc.oneof(fc.constantFrom("", " ", "\n", "\n\n", "x", ". ", "\n---\n", "---\n"), paragraph, story),
});

/** The text after an edit, and where in it that is. */
function applied(text: Text, { at, cut, put }: { at: number; cut: number; put: string }) {
  const whole = (pos: number): number =>
    /[\udc00-\udfff]/.test(text.sliceString(pos, pos + 1)) ? pos + 1 : pos;
  const from = whole(text.length === 0 ? 0 : at % (text.length + 1));
  const to = whole(Math.min(text.length, from + cut));
  const changes = ChangeSet.of({ from, to, insert: textOf(put) }, text.length);
  return { text: changes.apply(text), from, to: from + put.length };
}

describe("segments", () => {
  it("tile the text, begin before white space or in a long word, and are not long", () => {
    fc.assert(
      fc.property(story, fc.array(edit, { maxLength: 5 }), (start, edits) => {
        let xray = beginXRay(textOf(start));
        for (const one of [null, ...edits]) {
          if (one) xray = followText(xray, applied(xray.text, one).text);
          const { text, segments } = xray;
          let at = 0;
          for (const { from, to } of segments) {
            expect(from).toBe(at);
            expect(to - from).toBeGreaterThan(0);
            expect(to - from).toBeLessThanOrEqual(1000);
            at = to;
            const border = text.sliceString(to - 1, to + 1);
            // Borders stay while their text does, also those inside of what was one long word.
            if (!one && to < text.length && to !== bodyStart(text) && !/^\S\s$/u.test(border))
              expect(text.sliceString(from, to).trim()).not.toMatch(/\s/u);
            expect(text.sliceString(to - 1, to)).not.toMatch(/[\ud800-\udbff]/);
          }
          expect(at).toBe(text.length);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("are cut between paragraphs where they can be, else between sentences", () => {
    const sentence = "The keeper went down to the water and did not come back that night.";
    const text = textOf(`${sentence}\n\n`.repeat(40) + `${sentence} `.repeat(30));
    const segments = cutSegments(text);
    expect(segments.length).toBeGreaterThan(5);
    for (const { to } of segments.slice(0, -1))
      expect(text.sliceString(to - 6, to + 1)).toMatch(/^night\.\s$/u);
    const paragraphs = segments.filter(({ to }) => to < 40 * (sentence.length + 2));
    for (const { to } of paragraphs.slice(0, -1)) expect(text.sliceString(to, to + 3)).toBe("\n\nT");
  });

  it("have before them whole words, as many as fit", () => {
    const text = textOf("abcdefghi ".repeat(300));
    const context = contextOf(text, { from: 1999, to: 2400 });
    expect(context.length).toBeGreaterThan(CONTEXT - 11);
    expect(context.length).toBeLessThanOrEqual(CONTEXT);
    expect(context).toMatch(/^( abcdefghi)+$/u);
    expect(contextOf(text, { from: 29, to: 60 })).toBe("abcdefghi abcdefghi abcdefghi");
  });
});

describe("the x-ray", () => {
  it("after any edits has for each segment what a scorer says of it, and asks for nothing twice", () => {
    fc.assert(
      fc.property(story, fc.array(edit, { maxLength: 6 }), fc.boolean(), (start, edits, between) => {
        let xray = scoreAll(beginXRay(textOf(start))).xray;
        for (const one of edits) {
          xray = followText(xray, applied(xray.text, one).text);
          if (between) xray = scoreAll(xray).xray;
        }
        xray = scoreAll(xray).xray;
        const body = bodyStart(xray.text);
        for (const segment of xray.segments) {
          if (segment.to <= body) continue;
          const text = xray.text.sliceString(segment.from, segment.to);
          if (text.trim() === "") continue;
          expect(segment.marks).toEqual(marksOf(fakeScore({ before: contextOf(xray.text, segment), text })));
        }
        expect(scoreAll(xray).asked).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it("is stale after an edit only around it and where the edit is read before", () => {
    fc.assert(
      fc.property(story, edit, (start, one) => {
        const { xray } = scoreAll(beginXRay(textOf(start)));
        const { text, from, to } = applied(xray.text, one);
        for (const stale of staleSegments(followText(xray, text), all)) {
          expect(stale.to).toBeGreaterThanOrEqual(from - 2 * 1000);
          const body = Math.max(bodyStart(xray.text), bodyStart(text));
          expect(stale.from).toBeLessThanOrEqual(Math.max(to, body) + Math.max(CONTEXT, 2 * 1000));
        }
      }),
      { numRuns: 200 },
    );
  });

  it("of a long story after one typed letter asks for three or four segments", () => {
    const { xray, asked } = scoreAll(beginXRay(numbered(1000)));
    expect(asked).toBeGreaterThan(30);
    const typed = followText(xray, applied(xray.text, { at: 12_000, cut: 0, put: "x" }).text);
    expect(scoreAll(typed).asked).toBeLessThanOrEqual(4);
  });

  it("knows what it knew when an edit is undone", () => {
    fc.assert(
      fc.property(story, edit, (start, one) => {
        const before = scoreAll(beginXRay(textOf(start))).xray;
        const { xray } = scoreAll(followText(before, applied(before.text, one).text));
        const undone = followText(xray, before.text);
        // The borders may be others by then, at most around the edit.
        expect(scoreAll(undone).asked).toBeLessThanOrEqual(6 + 2 * Math.ceil(one.put.length / 400));
        const again = followText(scoreAll(undone).xray, before.text);
        expect(scoreAll(again).asked).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it("keeps until then the marks of words that stayed", () => {
    fc.assert(
      fc.property(story, edit, (start, one) => {
        const { xray } = scoreAll(beginXRay(textOf(start)));
        const next = followText(xray, applied(xray.text, one).text);
        const said = new Set(
          marksBetween(xray, 0, xray.text.length).map(
            (mark) => `${xray.text.sliceString(mark.from, mark.to)} ${mark.rank}`,
          ),
        );
        let end = 0;
        for (const { from, to, rank } of marksBetween(next, 0, next.text.length)) {
          expect(from).toBeGreaterThanOrEqual(end);
          expect(said).toContain(`${next.text.sliceString(from, to)} ${rank}`);
          end = to;
        }
      }),
      { numRuns: 150 },
    );
  });

  it("asks first for what is on the page, then for what is nearest to it", () => {
    const xray = beginXRay(numbered(400));
    const visible = { from: 6000, to: 7500 };
    const order: number[] = [];
    let rest = xray;
    for (let request = nextRequest(rest, all, visible); request; request = nextRequest(rest, all, visible)) {
      const stale = staleSegments(rest, all);
      rest = withScores(rest, request, fakeScore(request));
      const left = new Set(staleSegments(rest, all).map(({ from }) => from));
      order.push(stale.find(({ from }) => !left.has(from))?.from ?? -1);
    }
    const distance = (from: number): number => Math.max(0, from - visible.to, visible.from - (from + 1000));
    expect(order.slice(0, 3).every((from) => from + 1000 > visible.from && from < visible.to)).toBe(true);
    const distances = order.map(distance);
    expect(Math.max(...distances.map((far, i) => (distances[i - 1] ?? 0) - far))).toBeLessThan(2000);
    expect(order).toHaveLength(xray.segments.length - 0);
    const chapter = { from: 3000, to: 4000 };
    expect(staleSegments(xray, chapter).length).toBeLessThanOrEqual(3);
    expect(nextRequest(scoreAll(xray).xray, all, visible)).toBeNull();
  });

  it("has marks in the story's positions, those of a character's parts as one", () => {
    const xray = beginXRay(textOf("a 🦊 b"));
    const request = nextRequest(xray, all, all) ?? { before: "", text: "" };
    expect(request).toEqual({ before: "", text: "a 🦊 b" });
    const tokens = [
      { text: "a", logprob: null, rank: null },
      { text: "", logprob: -1, rank: 5 },
      { text: " 🦊", logprob: -2, rank: 300 },
      { text: " b", logprob: -0.5, rank: 1 },
    ];
    const scored = withScores(xray, request, tokens);
    expect(marksBetween(scored, 0, 99)).toEqual([
      { from: 2, to: 4, surprisal: 3, rank: 300, tokens: 2 },
      { from: 5, to: 6, surprisal: 0.5, rank: 1, tokens: 1 },
    ]);
    expect(marksBetween(scored, 3, 5)).toHaveLength(1);
    expect(marksOf([{ text: "\n\n", logprob: -1, rank: 2 }])).toEqual([]);
  });

  it("leaves front matter out, also of what is read before", () => {
    const xray = beginXRay(textOf(`---\nmemory: a lamp\n---\n\nShe went.\n\n${numbered(60)}`));
    const { asked } = scoreAll(xray);
    const first = nextRequest(xray, all, { from: 0, to: 0 });
    expect(first).toMatchObject({ before: "", text: expect.stringMatching(/^She went\./u) });
    expect(asked).toBe(xray.segments.length - 1);
    const [, , third] = xray.segments;
    expect(third && contextOf(xray.text, third)).not.toContain("memory");
  });

  it("counts the bands of any stretch as its marks have them", () => {
    fc.assert(
      fc.property(story, edit, fc.nat(5000), fc.nat(3000), (start, one, from, length) => {
        const { xray } = scoreAll(beginXRay(textOf(start)));
        for (const each of [xray, followText(xray, applied(xray.text, one).text), xray]) {
          const counts = countBands(each, from, from + length);
          const marks = marksBetween(each, from, from + length);
          for (const band of BANDS)
            expect(counts[band]).toBe(marks.filter(({ rank }) => bandOf(rank) === band).length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("remembers no more than it must", () => {
    let xray = beginXRay(textOf("x"));
    for (let i = 0; i < 2100; i++) xray = withScores(xray, { before: "", text: `${i}` }, []);
    expect(xray.known.size).toBe(2000);
    expect(xray.known.has("\u00002099")).toBe(true);
    expect(xray.known.has("\u000099")).toBe(false);
  });
});

it.each([
  [1, "top10"],
  [10, "top10"],
  [11, "top100"],
  [100, "top100"],
  [101, "top1000"],
  [1000, "top1000"],
  [1001, "beyond"],
])("rank %d is in the band %s", (rank, band) => {
  expect(bandOf(rank)).toBe(band);
  expect(BANDS).toContain(band);
});
