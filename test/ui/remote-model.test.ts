import { expect, it } from "vitest";
import { contextRows } from "../../src/ui/context-view.ts";
import { statusFacts } from "../../src/ui/panes/status-line.tsx";
import { FAKE_CARD } from "../fake-engine.ts";
import { Desk } from "./desk.ts";

it("the bottom row names the host of a model that runs elsewhere", () => {
  const { model } = new Desk("one|");
  const at = (card: typeof FAKE_CARD) =>
    statusFacts({ ...model, engine: { ...model.engine, status: "ready", card } });
  expect(at(FAKE_CARD)).toContain("fake");
  expect(at({ ...FAKE_CARD, name: "big", remote: "example.org" })).toContain("big on example.org");
});

it("the size of a prompt whose tokens only a server knows is told as an estimate", () => {
  const segments = [{ origin: "story", from: 0, to: 9, tokens: 3 }] as const;
  const view = { tokens: [], text: "Once upon", segments, left: [], against: null };
  expect(contextRows(view, 60)[0]?.text).toBe("about 3 tokens, all that the model sees");
  expect(contextRows({ ...view, tokens: [1, 2] }, 60)[0]?.text).toBe("2 tokens, all that the model sees");
  expect(contextRows({ ...view, text: "", segments: [] }, 60)[0]?.text).toBe(
    "0 tokens, all that the model sees",
  );
});
