import { expect, test } from "vitest";
import type { CommandContext } from "../../src/commands/context.ts";
import { engineStarter } from "../../src/commands/engine-starter.ts";
import { json, refuse, startImitation } from "../engine/remote/imitation.ts";
import { FakeEngine } from "../fake-engine.ts";

const folder = new URL("../fixtures/checkpoints/plain", import.meta.url).pathname;

/** A context that has what opening an engine needs. */
function contextWith(openEngine: CommandContext["openEngine"]): CommandContext {
  const context: Partial<CommandContext> = {
    cwd: "/",
    home: "/",
    dataFolder: "/nowhere",
    cacheFolder: "/nowhere",
    env: {},
    installation: { models: "/nowhere" } as CommandContext["installation"],
    settings: {
      values: { model: folder, threads: 0, precision: "auto", "engine.url": null, "engine.model": null },
    } as CommandContext["settings"],
    openEngine,
  };
  return context as CommandContext;
}

const flags = { model: folder, record: false };

test("an engine that is still opening when the writer leaves is not waited for", async () => {
  let opened = false;
  const context = contextWith(
    (_, { signal }) =>
      new Promise((_, reject) => {
        opened = true;
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
  );
  const starter = engineStarter(flags, context, () => {});
  const opening = starter.open().catch((error: unknown) => error);
  await expect.poll(() => opened).toBe(true);
  await starter.close();
  expect(await opening).toMatchObject({ name: "AbortError" });
});

test("an open engine is closed", async () => {
  const engine = new FakeEngine();
  const starter = engineStarter(
    flags,
    contextWith(async () => engine),
    () => {},
  );
  expect(await starter.open()).toBe(engine);
  await starter.close();
  expect(engine.closed).toBe(1);
});

test("a server that is set writes, says so, and gives way to a model that is chosen", async () => {
  const server = await startImitation();
  const local = new FakeEngine();
  const base = contextWith(async () => local);
  const values = { ...base.settings.values, "engine.url": server.url };
  const context = { ...base, settings: { ...base.settings, values }, now: () => new Date() };
  const notices: string[] = [];
  const starter = engineStarter(
    { record: false },
    context,
    () => {},
    (text) => notices.push(text),
  );
  expect((await starter.open()).card).toMatchObject({
    name: "storyteller",
    remote: new URL(server.url).host,
  });
  expect(notices).toEqual([expect.stringContaining("is sent to 127.0.0.1")]);
  expect(await starter.change(folder)).toBe(local);
  expect(await starter.open()).toBe(local);
  await starter.close();
});

test("a server that is not there is asked again the next time", async () => {
  const server = await startImitation({ models: [] });
  server.faults.push((response) => refuse(response, 500, "starting"));
  const base = contextWith(async () => new FakeEngine());
  const context = { ...base, now: () => new Date() };
  const starter = engineStarter({ record: false, engineUrl: server.url }, context, () => {});
  await expect(starter.open()).rejects.toMatchObject({ name: "UserError" });
  server.faults.push((response) => json(response, 200, { data: [{ id: "awake" }] }));
  expect((await starter.open()).card.name).toBe("awake");
  await starter.close();
});
