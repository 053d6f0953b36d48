import { expect, test } from "vitest";
import type { CommandContext } from "../../src/commands/context.ts";
import { engineStarter } from "../../src/commands/engine-starter.ts";
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
    settings: { values: { model: folder, threads: 0, precision: "auto" } } as CommandContext["settings"],
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
