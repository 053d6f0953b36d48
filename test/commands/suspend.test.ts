import { expect, it } from "vitest";
import { suspend } from "../../src/commands/suspend.ts";

const stopping = (pid: number, platform: string = process.platform) => {
  const killed: (readonly [number, string])[] = [];
  return { pid, platform, killed, kill: (target: number, signal: string) => killed.push([target, signal]) };
};

it("refuses where nobody could go on with the program", async () => {
  // The first process of a machine or container leads its session.
  for (const target of [stopping(1), stopping(process.pid, "win32")]) {
    await expect(suspend(target)).rejects.toMatchObject({ name: "UserError", message: /No shell|system/ });
    expect(target.killed).toEqual([]);
  }
});
