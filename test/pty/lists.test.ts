import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenTerminal, openTerminal, settleIn } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const STORY = "# The Lamp\n\nIt was dark.\n\n## One\n\nShe went down.\n\n## Two\n\nThe lamp was out.\n";
const KEY = {
  up: "\x1b[A",
  down: "\x1b[B",
  f5: "\x1b[15~",
  ctrlEnd: "\x1b[1;5F",
  ctrlHome: "\x1b[1;5H",
  escape: "\x1b",
};

let home = "";
let open: OpenTerminal[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-lists-"));
  await writeFile(join(home, "tale.md"), STORY);
  await settleIn(join(home, "config"));
});
afterEach(async () => {
  await Promise.all(open.map((terminal) => terminal.close()));
  open = [];
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

async function start(
  size: { columns?: number; rows?: number } = {},
  env: Record<string, string> = {},
): Promise<OpenTerminal> {
  const terminal = openTerminal({
    command: process.execPath,
    args: [CLI, "write", "tale.md", "--seed", "5"],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data"), ...env },
    columns: 110,
    rows: 24,
    ...size,
  });
  open.push(terminal);
  await terminal.until((rows) => /\d words?/u.test(rows.at(-1) ?? ""));
  return terminal;
}

const status = (rows: readonly string[]): string => rows.at(-1) ?? "";
const has = (text: string) => (rows: readonly string[]) => rows.some((row) => row.includes(text));
const stored = (): Promise<string> => readFile(join(home, "tale.md"), "utf8");

async function quit(terminal: OpenTerminal): Promise<void> {
  terminal.write("\x11");
  expect(await terminal.exited).toBe(0);
}

describe("lists in a real terminal", () => {
  it("the outline goes to a chapter", async () => {
    const terminal = await start();
    terminal.write(KEY.ctrlHome);
    terminal.write("\x07");
    await terminal.until(has("Outline"));
    terminal.write("two");
    await terminal.until((rows) => has("▸   Two")(rows) && !rows.some((row) => /│.*The Lamp/u.test(row)));
    terminal.write("\r");
    await terminal.until((rows) => !has("Outline")(rows));
    terminal.write("x");
    await terminal.until(has("x## Two"));
    await quit(terminal);
    expect(await stored()).toContain("\nx## Two");
  }, 30_000);

  it("the history previews an earlier state, and goes back to it with Enter only", async () => {
    const terminal = await start();
    terminal.write(`${KEY.ctrlEnd}First.`);
    await terminal.until(has("First."));
    terminal.write("\x1a");
    await terminal.until((rows) => !has("First.")(rows));
    terminal.write("Second.");
    await terminal.until(has("Second."));
    terminal.write(KEY.f5);
    await terminal.until((rows) => has("History")(rows) && rows.some((row) => /▸ ● Second/u.test(row)));
    terminal.write(KEY.down);
    await terminal.until(
      (rows) => rows.some((row) => /▸ │ ● First/u.test(row)) && rows.some((row) => /^\s*First\./u.test(row)),
    );
    terminal.write(KEY.escape);
    await terminal.until((rows) => !has("History")(rows) && rows.some((row) => /^\s*Second\./u.test(row)));
    terminal.write(KEY.f5);
    await terminal.until(has("History"));
    terminal.write(KEY.down);
    await terminal.until((rows) => rows.some((row) => /▸ │ ● First/u.test(row)));
    terminal.write("\r");
    await terminal.until((rows) => !has("History")(rows) && rows.some((row) => /^\s*First\./u.test(row)));
    await quit(terminal);
    expect(await stored()).toBe(`${STORY}First.`);

    const again = await start();
    again.write(KEY.f5);
    await again.until((rows) => rows.some((row) => /│ ● Second/u.test(row)));
    again.write(KEY.escape);
    await again.until((rows) => !has("History")(rows));
    await quit(again);
  }, 40_000);

  it("the palette finds a command and runs it; on a narrow screen it stands below the page", async () => {
    const terminal = await start({ columns: 50, rows: 20 });
    terminal.write("\x10");
    await terminal.until(has("Commands"));
    expect(terminal.screen().some((row) => row.includes("The lamp was out."))).toBe(true);
    terminal.write("everything");
    await terminal.until(has("▸ select everything"));
    terminal.write("\r");
    await terminal.until((rows) => /characters selected|words/u.test(status(rows)) && !has("Commands")(rows));
    terminal.write("Gone.");
    await terminal.until((rows) => has("Gone.")(rows) && !has("The Lamp")(rows));
    terminal.write("\x1a");
    await terminal.until(has("# The Lamp"));
    await quit(terminal);
    expect(await stored()).toBe(STORY);
  }, 30_000);
});

describe("the mouse", () => {
  it("takes a word with two clicks, and what is typed replaces it", async () => {
    const terminal = await start();
    const y = terminal.screen().findIndex((row) => row.includes("It was dark."));
    const x = (terminal.screen()[y] ?? "").indexOf("dark");
    const press = `\x1b[<0;${x + 2};${y + 1}M\x1b[<0;${x + 2};${y + 1}m`;
    terminal.write(press + press);
    await terminal.until((rows) => /4 characters selected|1 word/u.test(status(rows)));
    terminal.write("late");
    await terminal.until(has("It was late."));
    terminal.write(`\x1b[<65;10;10M`);
    await quit(terminal);
    expect(await stored()).toContain("It was late.");
  }, 30_000);
});

describe("the writer's own editor", () => {
  it("has the terminal, and the story comes back changed; then the editor goes on", async () => {
    const script = join(home, "editor.sh");
    await writeFile(script, '#!/bin/sh\necho "MY EDITOR"\nsleep 0.4\nprintf "Last line.\\n" >> "$1"\n');
    await chmod(script, 0o700);
    const terminal = await start({}, { EDITOR: script, VISUAL: "" });
    terminal.write("\x18\x05");
    await terminal.until((rows) => has("MY EDITOR")(rows) && !terminal.isAlternate());
    await terminal.until((rows) => has("Last line.")(rows) && terminal.isAlternate(), 10_000);
    terminal.write(`${KEY.ctrlEnd}More.`);
    await terminal.until(has("More."));
    await quit(terminal);
    expect(await stored()).toBe(`${STORY}Last line.\nMore.`);
  }, 30_000);
});

it("keeps the page whole when it is resized while the model writes", async () => {
  const terminal = await start();
  terminal.write(`${KEY.ctrlEnd}\t`);
  for (const [columns, rows] of [
    [60, 14],
    [140, 40],
    [44, 12],
    [110, 24],
  ] as const) {
    terminal.resize(columns, rows);
    await terminal.until((screen) => screen.length === rows && /words|tok\/s|fable/u.test(status(screen)));
  }
  await terminal.until((rows) => status(rows).includes("another"), 20_000);
  terminal.write(KEY.escape);
  await terminal.until((rows) => status(rows).includes("continue"));
  expect(terminal.screen().filter((row) => row.includes("tale.md"))).toHaveLength(1);
  await quit(terminal);
}, 40_000);

it("saves and gives the terminal back when the terminal hangs up while the model writes", async () => {
  const terminal = await start();
  terminal.write(`${KEY.ctrlEnd}Typed. `);
  await terminal.until(has("Typed."));
  terminal.write("\t");
  await terminal.until((rows) => /writing|reading|another/u.test(status(rows)));
  terminal.kill("SIGHUP");
  expect(await terminal.exited).toBe(129);
  expect(await stored()).toBe(`${STORY}Typed. `);
}, 30_000);

it.each([
  0, 40, 300, 900,
])("saves when the terminal itself is closed, %i ms after the last key", async (ms) => {
  const terminal = await start();
  terminal.write(`${KEY.ctrlEnd}Typed at the end.`);
  await terminal.until(has("Typed at the end."));
  await sleep(ms);
  await terminal.hangUp();
  const again = await start();
  await again.until(has("Typed at the end."));
  await quit(again);
  expect(await stored()).toBe(`${STORY}Typed at the end.`);
}, 30_000);

describe("a story at another place", () => {
  const openAt = async (path: string) => {
    const terminal = await openTerminal({
      command: process.execPath,
      args: [CLI, path],
      cwd: home,
      env: { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data") },
      columns: 100,
      rows: 24,
    });
    open.push(terminal);
    return terminal;
  };

  it("whose folder goes away keeps its session elsewhere, and has it again", async () => {
    const folder = join(home, "away");
    await mkdir(folder);
    await writeFile(join(folder, "lost.md"), "Once.\n");
    const terminal = await openAt("away/lost.md");
    await terminal.until(has("Once."));
    await rm(folder, { recursive: true });
    terminal.write(`${KEY.ctrlEnd}Typed nowhere.`);
    await terminal.until(has("Typed nowhere."));
    await sleep(1500);
    terminal.kill("SIGKILL");
    await terminal.exited;
    await mkdir(folder);
    const again = await openAt("away/lost.md");
    await again.until(has("Typed nowhere."));
    await quit(again);
    expect(await readFile(join(folder, "lost.md"), "utf8")).toBe("Once.\nTyped nowhere.");
    expect((await readdir(folder)).sort()).toEqual(["lost.md", "lost.session.jsonl"]);
    expect(await readdir(join(home, "data", "inkwright", "sessions"))).toEqual([]);
  }, 30_000);

  it("is the same story through a link, and one editor's", async () => {
    await symlink(join(home, "tale.md"), join(home, "link.md"));
    const first = await openAt("tale.md");
    await first.until(has("It was dark."));
    const second = await openAt("link.md");
    await second.until((rows) => rows.some((row) => row.includes("read only")));
    await quit(second);
    await quit(first);
  }, 30_000);
});

it("tells everything in lines for a screen reader, without a painted screen, and saves as ever", async () => {
  const terminal = await openTerminal({
    command: process.execPath,
    args: [CLI, "tale.md", "--screen-reader", "--seed", "5", "--length", "12"],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data") },
    columns: 100,
    rows: 30,
  });
  open.push(terminal);
  await terminal.until((rows) => has("tale.md: ")(rows) && has("is ready.")(rows));
  expect(terminal.isAlternate()).toBe(false);
  terminal.write(`${KEY.ctrlEnd}He spoke.`);
  await terminal.until((rows) => rows.some((row) => row.startsWith("He spoke.")));
  expect(terminal.cursor().x).toBe("He spoke.".length);
  terminal.write("\t");
  await terminal.until(has("The offer is complete."), 20_000);
  terminal.write(KEY.escape);
  await terminal.until(has("Dismissed."));
  terminal.write("\x13");
  await terminal.until(has("Saved."));
  await quit(terminal);
  expect(await stored()).toBe(`${STORY}He spoke.`);
  expect(terminal.raw).not.toContain("\x1b[2J");
}, 40_000);

it("welcomes once: the page says the keys that matter, and any key is already the story's", async () => {
  await rm(join(home, "config"), { recursive: true });
  const terminal = await start();
  await terminal.until((rows) => has("Welcome to Inkwright")(rows) && has("Any key begins.")(rows));
  expect(terminal.screen().some((row) => row.includes("It was dark."))).toBe(false);
  terminal.write("x");
  await terminal.until((rows) => has("It was dark.")(rows) && !has("Welcome")(rows));
  await quit(terminal);
  expect(await stored()).toContain("x");
  const again = await start();
  await again.until(has("It was dark."));
  expect(again.screen().some((row) => row.includes("Welcome"))).toBe(false);
  await quit(again);
}, 30_000);
