import { Text } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { beginXRay, nextRequest, withScores, type XRay } from "../../src/story/xray.ts";
import { chapterAround, extremesOf, scoredSentences } from "../../src/story/xray-sentences.ts";

const all = { from: 0, to: Number.POSITIVE_INFINITY };

/** An x-ray in which a word's surprisal is the number of its letters; what is in capitals was not scored. */
function xrayOf(story: string): XRay {
  let xray = beginXRay(Text.of(story.split("\n")));
  for (let request = nextRequest(xray, all, all); request; request = nextRequest(xray, all, all)) {
    const words = request.text.match(/\s*\S+|\s+$/gu) ?? [];
    const tokens = words.map((text) => {
      const scored = text !== text.toUpperCase() || text.trim() === "";
      return { text, logprob: scored ? -text.trim().length : null, rank: scored ? 1 : null };
    });
    xray = withScores(xray, request, tokens);
  }
  return xray;
}

const STORY = `# A heading of four words

So it is. We all go up the hill. Extraordinary mountaineers nevertheless hesitated.

## Two

HERE IS NOTHING SCORED AT ALL. “We go on, too,” he said.`;

const sentences = (story: string, from = 0, to = story.length) =>
  scoredSentences(xrayOf(story), from, to).map((one) => ({ ...one, text: story.slice(one.from, one.to) }));

describe("sentences", () => {
  it("of four words or more, scored, with the mean of their tokens", () => {
    const found = sentences(STORY);
    expect(found.map(({ text }) => text)).toEqual([
      "We all go up the hill.",
      "Extraordinary mountaineers nevertheless hesitated.",
      "“We go on, too,” he said.",
    ]);
    expect(found[0]?.surprisal).toBeCloseTo((2 + 3 + 2 + 2 + 3 + 5) / 6, 9);
    expect(found[1]?.surprisal).toBeCloseTo((13 + 12 + 12 + 10) / 4, 9);
  });

  it("are told how far they are from the others", () => {
    const deviations = sentences(STORY).map(({ deviation }) => deviation);
    expect(deviations.reduce((sum, one) => sum + one, 0)).toBeCloseTo(0, 9);
    expect(deviations[1]).toBeGreaterThan(1);
    const [lone] = sentences("One sentence of five words.");
    expect(lone?.deviation).toBe(0);
  });

  it("lie within the stretch", () => {
    const two = STORY.indexOf("## Two");
    expect(sentences(STORY, two).map(({ text }) => text)).toEqual(["“We go on, too,” he said."]);
    expect(sentences(STORY, 0, two)).toHaveLength(2);
    expect(sentences("")).toEqual([]);
  });

  it("at both ends of the scale, none twice", () => {
    const story = Array.from({ length: 30 }, (_, i) => `We go on ${"x".repeat(i + 1)}y.`).join(" ");
    const found = scoredSentences(xrayOf(story), 0, story.length);
    const { flattest, oddest } = extremesOf(found);
    expect(found).toHaveLength(30);
    expect(flattest.map(({ from }) => from)).toEqual(found.slice(0, 10).map(({ from }) => from));
    expect(oddest.map(({ from }) => from)).toEqual(
      found
        .slice(-10)
        .reverse()
        .map(({ from }) => from),
    );
    const few = extremesOf(found.slice(0, 15));
    expect([few.oddest.length, few.flattest.length]).toEqual([0, 10]);
    expect(extremesOf(sentences("We all go up the hill.")).oddest).toHaveLength(1);
    expect(extremesOf([])).toEqual({ flattest: [], oddest: [] });
  });
});

it.each([
  ["One |two", 0, 7],
  ["One |two\n# A\nx", 0, 8],
  ["One\n# A\n|x\n# B\ny", 4, 10],
  ["One\n|# A\nx\n## B\ny", 4, 10],
  ["# A\nx\n## B\ny|", 6, 12],
])("the chapter around %j", (page, from, to) => {
  const text = Text.of(page.replace("|", "").split("\n"));
  expect(chapterAround(text, page.indexOf("|"))).toEqual({ from, to });
});
