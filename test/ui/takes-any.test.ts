import fc from "fast-check";
import { expect, it } from "vitest";
import type { GenerationEvent } from "../../src/engine/types.ts";
import { foldSession } from "../../src/sessions/fold.ts";
import { type TakenGeneration, takesOf } from "../../src/sessions/takes.ts";
import { currentDocument } from "../../src/story/history.ts";
import { pageRows } from "../../src/ui/page.ts";
import { SessionWriter } from "../sessions/session-writer.ts";
import { TakesDesk } from "./takes-desk.ts";

const KEYS = [
  ...["tab", "tab", "ctrl+right", "alt+down", "alt+up", "escape", "ctrl+r", "left", "ctrl+left", "ctrl+end"],
  ...["ctrl+z", "ctrl+z", "ctrl+y", "backspace", "ctrl+w", "enter", "a", " "],
];
const LIST_KEYS = ["down", "down", "up", "left", "right", "w", "m", "c", "escape", "n"];
const TEXTS = [" one", " two three", " she sat.\n\nIt", " x y"];

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ keys: fc.tuple(fc.constantFrom(...KEYS)) }) },
  {
    weight: 3,
    arbitrary: fc.record({ answer: fc.array(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ stream: fc.constantFrom(" and", " so it") }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.array(fc.constantFrom(...LIST_KEYS), { maxLength: 5 }),
        fc.constantFrom(["enter"], ["b", "left", "enter"], ["t", "left", "enter"], ["f", "enter"], ["+"]),
      )
      .map(([walk, take]) => ({ keys: ["ctrl+b", ...walk, ...take] })),
  },
);

/** Presses keys, and has the engine end what is cancelled, as it does between two tokens. */
function press(desk: TakesDesk, keys: readonly string[]): void {
  for (const key of keys) {
    const since = desk.effects.length;
    desk.keys(key);
    for (const effect of desk.effects.slice(since))
      if (effect.type === "cancel" && running(desk).includes(effect.id)) end(desk, effect.id);
  }
}

function running({ model }: TakesDesk): readonly string[] {
  return [...(model.offer ? [model.offer] : []), ...model.ending].flatMap((one) => one.running?.id ?? []);
}

function end(desk: TakesDesk, id: string): void {
  const timing = { prefillMs: 1, prefillTokens: 2, decodeMs: 10, decodeTokens: 3 };
  const event: GenerationEvent = { type: "finished", cancelled: true, timing };
  const since = desk.effects.length;
  desk.send({ type: "generation", id, event, at: 2_000_000 }).read(since);
}

/** The takes of a list, each with the generation that it is listed in. */
function namesOf(generations: readonly TakenGeneration[]): readonly string[] {
  return generations.flatMap(({ takes }) =>
    takes.flatMap(({ generation, choice, children }) => [`${generation} ${choice}`, ...namesOf(children)]),
  );
}

it("whatever is pressed, every take that arrived is in the list once, and the session holds the story", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const writer = new SessionWriter("Once upon a time. She sat.");
      const desk = new TakesDesk(writer);
      for (const one of steps) {
        const since = desk.effects.length;
        if ("keys" in one) {
          press(desk, one.keys);
          continue;
        }
        if (running(desk).length === 0) press(desk, ["escape", "escape", "escape", "tab"]);
        if (running(desk).length === 0) continue;
        if ("answer" in one) desk.answer(...one.answer).read(since);
        else desk.begin().stream(one.stream).read(since);
        pageRows(desk.model, desk.layout);
      }
      for (const id of running(desk)) end(desk, id);
      const records = [...writer.records, ...desk.records()];
      const { tree, problem } = foldSession(records);
      expect(problem).toBeNull();
      expect(currentDocument(tree).text.toString()).toBe(desk.text());
      expect(currentDocument(tree).passages).toEqual(currentDocument(desk.model.tree).passages);
      const takes = takesOf(records, desk.model.tree);
      const arrived = records.flatMap((record) =>
        record.type === "generation" ? record.choices.map((_, choice) => `${record.id} ${choice}`) : [],
      );
      const listed = takes.places.flatMap(({ generations }) => namesOf(generations));
      expect([...listed].sort()).toEqual([...arrived].sort());
      // Every word that is the model's is some take's.
      const ids = new Set(records.flatMap((record) => (record.type === "generation" ? [record.id] : [])));
      for (const { generation } of currentDocument(tree).passages) expect(ids).toContain(generation);
      expect(takesOf(records, tree)).toEqual(takes);
    }),
    { numRuns: 300 },
  );
}, 60_000);
