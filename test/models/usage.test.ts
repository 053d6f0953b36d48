import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { completeSettings } from "../../src/engine/settings.ts";
import { observed } from "../../src/models/observed.ts";
import { noteUsage, readUsage } from "../../src/models/usage.ts";
import { FAKE_CARD, FakeEngine } from "../fake-engine.ts";

let path: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "inkwright-usage-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  path = join(folder, "data", "models-used.json");
});

const [ONE, TWO] = ["0000000000000001", "0000000000000002"];
const AT = "2026-03-04T05:06:07.000Z";

it("remembers each model by itself, and the speed of each precision", async () => {
  await noteUsage(path, ONE, AT, { int8: { tokensPerSecond: 40, choices: 3 } });
  await noteUsage(path, TWO, AT);
  await noteUsage(path, ONE, "2026-03-05T00:00:00.000Z", { fp32: { tokensPerSecond: 20, choices: 1 } });
  const all = await readUsage(path);
  expect(all.get(ONE)).toEqual({
    lastUsed: "2026-03-05T00:00:00.000Z",
    speed: { int8: { tokensPerSecond: 40, choices: 3 }, fp32: { tokensPerSecond: 20, choices: 1 } },
  });
  expect(all.get(TWO)).toEqual({ lastUsed: AT, speed: {} });
});

it.each([
  "",
  "{",
  "[]",
  '{"x": 1}',
  '{"0000000000000001": {"lastUsed": "yesterday", "speed": {}}}',
])("knows nothing from a damaged file, and writes it anew: %s", async (text) => {
  await noteUsage(path, ONE, AT);
  writeFileSync(path, text);
  expect(await readUsage(path)).toEqual(new Map());
  await noteUsage(path, TWO, AT);
  expect([...(await readUsage(path)).keys()]).toEqual([TWO]);
});

it("does not take reading for use", async () => {
  const engine = new FakeEngine();
  const watched = observed(engine, path, () => new Date(AT));
  await watched.score("Once");
  await watched.close();
  expect(await readUsage(path)).toEqual(new Map());
});

it("sees when an engine begins to write and how fast it does, and gives everything on", async () => {
  const engine = new FakeEngine();
  engine.enqueue({ tokens: Array<string>(40).fill(" a") });
  const watched = observed(engine, path, () => new Date(AT));
  const settings = completeSettings({ length: 40 });
  const events: string[] = [];
  const request = { id: "g", task: "continue", before: "Once", choices: 1, settings } as const;
  for await (const event of watched.generate(request)) events.push(event.type);
  expect(events.at(-1)).toBe("finished");
  expect(watched.card).toBe(FAKE_CARD);
  await watched.close();
  expect((await readUsage(path)).get(FAKE_CARD.fingerprint)?.lastUsed).toBe(AT);
  expect(readFileSync(path, "utf8")).toContain(FAKE_CARD.fingerprint);
});

it("does not mind a place where nothing can be written", async () => {
  const engine = new FakeEngine();
  await observed(engine, join("/dev/null", "no", "models-used.json"), () => new Date(AT)).close();
});
