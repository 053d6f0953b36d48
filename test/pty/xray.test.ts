import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenTerminal, openTerminal, settleIn } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const STORY = `# The Harbour

The old man went down to the harbour in the evening and looked at the sea.

He sat down on the wall. The xylophone ate its quantum umbrella. It was very cold.
`;
const KEY = {
  xray: "\x1bx",
  sentences: "\x1bo",
  alternatives: "\x1bn",
  escape: "\x1b",
  ctrlHome: "\x1b[1;5H",
};

let home = "";
let open: OpenTerminal[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-xray-"));
  await writeFile(join(home, "tale.md"), STORY);
  await settleIn(join(home, "config"));
});
afterEach(async () => {
  await Promise.all(open.map((terminal) => terminal.close()));
  open = [];
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

async function start(env: Record<string, string> = {}): Promise<OpenTerminal> {
  const terminal = openTerminal({
    command: process.execPath,
    args: [CLI, "write", "tale.md", "--seed", "5", "--length", "12"],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data"), ...env },
    columns: 120,
    rows: 24,
  });
  open.push(terminal);
  await terminal.until((rows) => /\d words?/u.test(rows.at(-1) ?? ""));
  return terminal;
}

const has = (text: string) => (rows: readonly string[]) => rows.some((row) => row.includes(text));
const scored = (rows: readonly string[]) =>
  rows.some((row) => /X-ray .*expected \d+ %.*odd \d+ %(?!.*scoring)/u.test(row));

/** How the first letter of a text on the screen looks. */
function look(terminal: OpenTerminal, text: string) {
  const at = terminal.find(text);
  if (!at) throw new Error(`"${text}" is not on the screen`);
  return terminal.look(at.x, at.y);
}

/** Whether any letter of a word stands out. */
function standsOut(terminal: OpenTerminal, word: string): boolean {
  const at = terminal.find(word);
  return at !== null && [...word].some((_, i) => terminal.look(at.x + i, at.y).underline);
}

async function quit(terminal: OpenTerminal): Promise<void> {
  terminal.write("\x11");
  expect(await terminal.exited).toBe(0);
}

describe("the x-ray in a real terminal, with the model in the box", () => {
  it("colours words, follows what is typed, and goes again", async () => {
    const terminal = await start();
    terminal.write(KEY.xray);
    await terminal.until(scored, 30_000);
    await terminal.until(() => standsOut(terminal, "quantum"), 5000);
    expect(look(terminal, "the harbour").underline).toBe(false);
    expect(look(terminal, "the harbour").colour).not.toBe(look(terminal, "quantum").colour);
    terminal.write(" The xerxes rain.");
    await terminal.until(has("xerxes rain"));
    await terminal.until(() => standsOut(terminal, "xerxes"), 15_000);
    terminal.write(KEY.xray);
    await terminal.until((rows) => !has("expected")(rows));
    await terminal.until(() => !standsOut(terminal, "quantum"));
    await quit(terminal);
    expect(await readFile(join(home, "tale.md"), "utf8")).toBe(`${STORY.trimEnd()} The xerxes rain.\n`);
  }, 60_000);

  it("tells the bands without colours, too", async () => {
    const terminal = await start({ NO_COLOR: "1" });
    terminal.write(KEY.xray);
    await terminal.until(scored, 30_000);
    await terminal.until(() => standsOut(terminal, "quantum"), 5000);
    expect(look(terminal, "the harbour")).toMatchObject({ underline: false, italic: false, bold: false });
    expect(look(terminal, "quantum").colour).toBeNull();
    await quit(terminal);
  }, 60_000);

  it("lists the oddest sentence first, and goes there", async () => {
    const terminal = await start();
    terminal.write(KEY.ctrlHome);
    terminal.write(KEY.sentences);
    await terminal.until((rows) => rows.some((row) => /│ ▸ ▲ The xylo/u.test(row)), 30_000);
    terminal.write("\r");
    await terminal.until((rows) => !has("Oddest")(rows));
    terminal.write("Then. ");
    await terminal.until(has("wall. Then. The xylophone"));
    await quit(terminal);
  }, 60_000);

  it("offers to go on from another token, and takes nothing away", async () => {
    const terminal = await start();
    terminal.write(`${KEY.ctrlHome}\x1b[B\x1b[B`);
    for (let i = 0; i < 3; i++) terminal.write("\x1b[1;5C");
    terminal.write(KEY.alternatives);
    await terminal.until(has("(here)"), 30_000);
    expect(terminal.screen().some((row) => /│ ▸ \S+ .*\d %/u.test(row))).toBe(true);
    const first = terminal.screen().flatMap((row) => /│ ▸ (\S+)/u.exec(row)?.[1] ?? [])[0] ?? "";
    const isThere = terminal.screen().some((row) => row.includes("▸") && row.includes("(here)"));
    if (isThere) terminal.write("\x1b[B");
    await terminal.until((rows) => !isThere || rows.some((row) => /│ ▸ (\S+)/u.exec(row)?.[1] !== first));
    const word = terminal.screen().flatMap((row) => /│ ▸ …?(\S+)/u.exec(row)?.[1] ?? [])[0] ?? "";
    terminal.write("\r");
    await terminal.until((rows) => has("Tab accept")(rows) && has("dismiss")(rows), 30_000);
    terminal.write("\t");
    await terminal.until((rows) => !has("dismiss")(rows));
    await quit(terminal);
    const stored = await readFile(join(home, "tale.md"), "utf8");
    expect(stored.length).toBeGreaterThan(STORY.length + 10);
    expect(stored).toMatch(/^# The Harbour\n\nThe old man/u);
    expect(stored.endsWith(STORY.slice(-60))).toBe(true);
    const added = stored.slice("# The Harbour\n\n".length, stored.length - (STORY.length - 40));
    expect(added).toContain(word);
  }, 60_000);
});
