import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayOf } from "../../src/story/day.ts";
import { type OpenTerminal, openTerminal } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const STORY = "The lamp was out.\n\nThe lamps were out, and the Lamp too.\n";
const KEY = {
  f3: "\x1bOR",
  shiftF3: "\x1b[1;2R",
  altEnter: "\x1b\r",
  altA: "\x1ba",
  altC: "\x1bc",
  altR: "\x1br",
};

let home = "";
let open: OpenTerminal[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-find-"));
  await writeFile(join(home, "tale.md"), STORY);
});
afterEach(async () => {
  await Promise.all(open.map((terminal) => terminal.close()));
  open = [];
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

async function start(size: { columns?: number; rows?: number } = {}): Promise<OpenTerminal> {
  const terminal = openTerminal({
    command: process.execPath,
    args: [CLI, "write", "tale.md", "--seed", "5"],
    cwd: home,
    env: { HOME: home, INKWRIGHT_CONFIG_DIR: join(home, "config"), INKWRIGHT_DATA_DIR: join(home, "data") },
    columns: 110,
    rows: 24,
    ...size,
  });
  open.push(terminal);
  await terminal.until((rows) => /\d words?/u.test(rows.at(-1) ?? ""));
  return terminal;
}

const has = (text: string) => (rows: readonly string[]) => rows.some((row) => row.includes(text));
const stored = (): Promise<string> => readFile(join(home, "tale.md"), "utf8");

async function quit(terminal: OpenTerminal): Promise<void> {
  terminal.write("\x11");
  expect(await terminal.exited).toBe(0);
}

describe("the search in a real terminal", () => {
  it("counts while one types, goes on and back, and leaves the place selected", async () => {
    const terminal = await start();
    terminal.write("\x06lamp");
    await terminal.until(has("1 of 3"));
    terminal.write(KEY.f3);
    await terminal.until(has("2 of 3"));
    terminal.write(KEY.shiftF3);
    await terminal.until(has("1 of 3"));
    terminal.write(KEY.altC);
    await terminal.until(has("1 of 2"));
    terminal.write("\r");
    await terminal.until(has("2 of 2"));
    terminal.write("\x1b");
    await terminal.until((rows) => !has("Replace")(rows) && has("1 word selected of 12")(rows));
    terminal.write("light");
    await terminal.until(has("The lights were out"));
    await quit(terminal);
    expect(await stored()).toBe(STORY.replace("lamps", "lights"));
  }, 30_000);

  it("shows what would become of the places, replaces one and all, and undo takes it back", async () => {
    const terminal = await start();
    terminal.write(`\x06(l)amp${KEY.altR}`);
    await terminal.until(has("1 of 3"));
    terminal.write("\t$1ight");
    await terminal.until((rows) => has("lamp → light was out")(rows) && has("Lamp → Light too")(rows));
    terminal.write(KEY.altEnter);
    await terminal.until((rows) => has("1 of 2")(rows) && has("The light was out.")(rows));
    terminal.write(KEY.altA);
    await terminal.until((rows) => has("2 replaced")(rows) && has("the Light too")(rows));
    terminal.write("\x1b");
    await terminal.until((rows) => !has("Replace")(rows));
    terminal.write("\x1a");
    await terminal.until((rows) => has("the Lamp too")(rows) && has("The light was out.")(rows));
    await quit(terminal);
    expect(await stored()).toBe(STORY.replace("lamp", "light"));
  }, 30_000);

  it("stops an expression that would take for ever, and says why one is none", async () => {
    await writeFile(join(home, "tale.md"), `${"a".repeat(60)}\n`);
    const terminal = await start();
    terminal.write(`\x06${KEY.altR}(a+)+b`);
    await terminal.until(has("it takes too long"));
    terminal.write("(");
    await terminal.until(has("unterminated group"));
    terminal.write("\x1b");
    await terminal.until((rows) => !has("Replace")(rows));
    await quit(terminal);
  }, 30_000);

  it("has room on the smallest screen, and the cursor is where one types", async () => {
    const terminal = await start({ columns: 40, rows: 12 });
    terminal.write("\x06lamp");
    await terminal.until(has("1 of 3"));
    const row = terminal.screen().findIndex((line) => line.startsWith(" Find"));
    expect(row).toBe(9);
    expect(terminal.cursor()).toMatchObject({ x: 15, y: row });
    await quit(terminal);
  }, 30_000);
});

describe("the words of the day", () => {
  it("are kept from one run to the next, beside the goal", async () => {
    await mkdir(join(home, "config"));
    await writeFile(join(home, "config", "config.json"), '{"daily_goal": 4}');
    const terminal = await start();
    await terminal.until(has("0 of 4 today"));
    terminal.write("One two three ");
    await terminal.until(has("3 of 4 today"));
    await quit(terminal);
    const { day } = dayOf(Date.now());
    const kept = JSON.parse(await readFile(join(home, "data", "words.json"), "utf8"));
    expect(Object.values(kept.days[day] ?? {})).toEqual([3]);

    const again = await start();
    await again.until(has("3 of 4 today"));
    again.write("four ");
    await again.until(has("the day's goal is reached"));
    again.write("\x1b=");
    await again.until(
      (rows) => has("Counts")(rows) && rows.some((row) => /today, of the goal +4 of 4/u.test(row)),
    );
    again.write("\x1b");
    await again.until((rows) => !has("Counts")(rows));
    await quit(again);
  }, 40_000);
});
