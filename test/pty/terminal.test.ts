import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LEAVE } from "../../src/ui/terminal/modes.ts";
import { bundleProgram } from "./bundle.ts";
import { type OpenTerminal, openTerminal } from "./terminal.ts";

let program = "";
let terminal: OpenTerminal | null = null;

beforeAll(() => {
  program = bundleProgram("page-program.ts");
});
afterAll(() => rmSync(dirname(program), { recursive: true, force: true }));
afterEach(async () => {
  await terminal?.close();
  terminal = null;
});

/** Starts the program from a shell that says when it has the terminal back. */
async function start(): Promise<OpenTerminal> {
  const opened = openTerminal({
    command: "/bin/sh",
    args: [
      "-c",
      `echo before; "$0" "$1"; code=$?; stty -a | grep -o ' -\\?icanon'; exit $code`,
      process.execPath,
      program,
    ],
    columns: 60,
    rows: 12,
  });
  terminal = opened;
  await opened.until((rows) => rows[0]?.startsWith("pid ") === true);
  return opened;
}

function pidOf(opened: OpenTerminal): number {
  return Number(opened.screen()[0]?.slice(4));
}

/** How often the terminal was given back. */
function restored(opened: OpenTerminal): number {
  return opened.raw.split(LEAVE).length - 1;
}

test("keys, paste and the mouse arrive, and are painted in style", async () => {
  const opened = await start();
  expect(opened.isAlternate()).toBe(true);
  opened.write("a\x1b[1;5C");
  opened.write("\x1b[200~two\rlines\x1b[201~\x1b[<0;3;4M");
  await opened.until((rows) => rows.some((row) => row.includes('"mouse"')));
  expect(opened.screen().slice(1, 4)).toEqual([
    '{"type":"text","text":"a"}',
    "ctrl+right",
    '{"type":"paste","text":"two\\nlines"}',
  ]);
  expect(opened.look(0, 2)).toMatchObject({ italic: true, colour: "#8cb4ff" });
  expect(opened.cursor()).toEqual({ x: 0, y: 0 });
  opened.write("\x1b");
  await opened.until((rows) => rows.includes("escape"));
});

test("a resize repaints everything", async () => {
  const opened = await start();
  opened.write("\x1b[A");
  await opened.until((rows) => rows[1] === "up");
  opened.resize(30, 6);
  opened.write("\x1b[B");
  await opened.until((rows) => rows[2] === "down");
  expect(opened.screen()[1]).toBe("up");
});

describe("the terminal is given back, once,", () => {
  test.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ] as const)("on %s, after saving", async (signal, code) => {
    const opened = await start();
    process.kill(pidOf(opened), signal);
    expect(await opened.exited).toBe(code);
    expect(restored(opened)).toBe(1);
    expect(opened.isAlternate()).toBe(false);
    expect(opened.screen().slice(0, 3)).toEqual(["before", `saved on ${signal}`, " icanon"]);
  });

  test.each([
    ["\x1b[20~", "thrown"],
    ["\x1b[21~", "rejected"],
  ])("on an error (%j)", async (key, message) => {
    const opened = await start();
    opened.write(key);
    expect(await opened.exited).toBe(1);
    expect(restored(opened)).toBe(1);
    expect(opened.screen().slice(0, 4)).toEqual([
      "before",
      `reported ${message}`,
      "saved on error",
      " icanon",
    ]);
  });

  test("on exit", async () => {
    const opened = await start();
    opened.write("\x1b[24~");
    expect(await opened.exited).toBe(0);
    expect(restored(opened)).toBe(1);
    expect(opened.screen().slice(0, 2)).toEqual(["before", " icanon"]);
  });

  test("while stopped, and taken again afterwards", async () => {
    const opened = await start();
    opened.write("\x1b[A");
    await opened.until((rows) => rows[1] === "up");
    const pid = pidOf(opened);
    process.kill(pid, "SIGTSTP");
    await opened.until(() => !opened.isAlternate());
    expect(restored(opened)).toBe(1);
    process.kill(pid, "SIGCONT");
    await opened.until((rows) => opened.isAlternate() && rows[1] === "up");
    opened.write("\x1b[B");
    await opened.until((rows) => rows[2] === "down");
  });
});
