import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseSession } from "../../src/sessions/read.ts";
import { type OpenTerminal, openTerminal, settleIn } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const STORY = "The old man went down to the harbour in the evening and looked at the sea.";
const KEY = { takes: "\x02", down: "\x1b[B", nextChoice: "\x1b[1;3B", escape: "\x1b" };

let home = "";
let open: OpenTerminal[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-takes-"));
  await writeFile(join(home, "tale.md"), STORY);
  await settleIn(join(home, "config"));
});
afterEach(async () => {
  await Promise.all(open.map((terminal) => terminal.close()));
  open = [];
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

async function start(): Promise<OpenTerminal> {
  const terminal = openTerminal({
    command: process.execPath,
    args: [CLI, "write", "tale.md", "--seed", "5", "--length", "12"],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data") },
    columns: 120,
    rows: 30,
  });
  open.push(terminal);
  await terminal.until((rows) => /\d words?/u.test(rows.at(-1) ?? ""));
  return terminal;
}

const has = (text: string | RegExp) => (rows: readonly string[]) =>
  rows.some((row) => (typeof text === "string" ? row.includes(text) : text.test(row)));

async function session() {
  return parseSession(await readFile(join(home, "tale.session.jsonl"), "utf8"), "tale").records;
}

describe("takes in a real terminal, with the model in the box", () => {
  it("come three at once, are all kept, and go into the story later", async () => {
    const terminal = await start();
    terminal.write("\t");
    await terminal.until(has(/▸ 1 \S.* 2 \S.* 3 [^…\s]/u), 30_000);
    await terminal.until(has("Ctrl+Right a word"), 30_000);
    terminal.write(KEY.nextChoice);
    await terminal.until(has(/ 1 \S.*▸ 2 \S/u));
    terminal.write("\t");
    await terminal.until((rows) => !has("Ctrl+Right a word")(rows));
    terminal.write(KEY.takes);
    await terminal.until(has("│ Takes"));
    await terminal.until(has(/│ ▸ ○ /u));
    expect(terminal.screen().filter((row) => /│ .*[○◆] /u.test(row)).length).toBe(3);
    expect(terminal.screen().some((row) => /│ · ◆ /u.test(row))).toBe(true);
    terminal.write("m");
    await terminal.until(has(/│ ▸ ○★ /u));
    terminal.write("\r");
    await terminal.until((rows) => has("Ctrl+Right a word")(rows) && !has("│ Takes")(rows));
    terminal.write("\t");
    await terminal.until((rows) => !has("Ctrl+Right a word")(rows));
    terminal.write("\x11");
    expect(await terminal.exited).toBe(0);
    const records = await session();
    const [generation, ...others] = records.filter((record) => record.type === "generation");
    if (!generation) throw new Error("no generation was recorded");
    expect([generation.choices.length, others.length]).toEqual([3, 0]);
    expect(records.filter((record) => record.type === "outcome").map(({ choice }) => choice)).toEqual([1, 0]);
    const stored = await readFile(join(home, "tale.md"), "utf8");
    expect(stored).toBe(`${STORY}${generation.choices[0]?.text}`);
  }, 60_000);

  it("are there again after the editor was closed, and the model goes on from a word of one", async () => {
    const first = await start();
    first.write("\t");
    await first.until(has("Ctrl+Right a word"), 30_000);
    first.write(KEY.escape);
    await first.until((rows) => !has("Ctrl+Right a word")(rows));
    first.write("\x11");
    expect(await first.exited).toBe(0);
    const terminal = await start();
    terminal.write(KEY.takes);
    await terminal.until(has(/│ ▸ ○ .*here/u));
    terminal.write(KEY.down);
    await terminal.until((rows) => rows.findIndex((row) => /│ ▸ ○ /u.test(row)) === 3);
    terminal.write("b");
    await terminal.until(has("choose the word"));
    terminal.write("\x1b[D\x1b[D\r");
    await terminal.until((rows) => has("Ctrl+Right a word")(rows) && !has("│ Takes")(rows), 30_000);
    terminal.write("\t");
    await terminal.until((rows) => !has("Ctrl+Right a word")(rows));
    terminal.write("\x11");
    expect(await terminal.exited).toBe(0);
    const [old, branch] = (await session()).filter((record) => record.type === "generation");
    const begin = branch?.begin ?? "";
    expect(begin.length).toBeGreaterThan(3);
    expect(old?.choices[1]?.text.startsWith(begin)).toBe(true);
    expect(await readFile(join(home, "tale.md"), "utf8")).toBe(`${STORY}${begin}${branch?.choices[0]?.text}`);
  }, 60_000);
});
