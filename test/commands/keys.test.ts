import { expect, it } from "vitest";
import { FakeWorld } from "./fake-world.ts";

it("keys of one's own are kept, and what they take from other commands is told whenever they are listed", async () => {
  const world = new FakeWorld();
  const told = "inkwright: keys.save: Ctrl+Z is taken from undo: it has no other key\n";
  expect(await world.run(["config", "set", "keys", '{"save": "ctrl+z"}'])).toMatchObject({
    code: 0,
    stderr: told,
  });
  const listed = await world.run(["keys"]);
  expect(listed).toMatchObject({ code: 0, stderr: told });
  expect(listed.stdout).toMatch(/^save +Ctrl\+Z /mu);
  expect(listed.stdout).toMatch(/^undo +- /mu);
});

it("keys that could never be reached are not kept", async () => {
  const world = new FakeWorld();
  for (const key of ["ctrl+x", "ctrl+m", "escape"]) {
    const { code, stderr } = await world.run(["config", "set", "keys", `{"save": "${key}"}`]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("Nothing was changed.")]);
  }
  expect((await world.run(["keys"])).stdout).toMatch(/^save +Ctrl\+S /mu);
});
