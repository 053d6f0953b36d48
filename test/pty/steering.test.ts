import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenTerminal, openTerminal, settleIn } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const STORY = `---
memory: Mira keeps the lamp.
note: It is winter.
lore: [{keys: sea, text: The sea froze once.}]
ban: [the man]
include: [old Tom]
---

She looked at the sea.`;

let home: string;
let open: OpenTerminal[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-steering-"));
  await settleIn(join(home, "config"));
  await writeFile(join(home, "tale.md"), STORY);
  open = [];
});
afterEach(async () => {
  for (const terminal of open) await terminal.close();
  await rm(home, { recursive: true, force: true });
});

const has = (text: string) => (rows: readonly string[]) => rows.some((row) => row.includes(text));

async function start(...flags: string[]): Promise<OpenTerminal> {
  const terminal = openTerminal({
    command: process.execPath,
    args: [CLI, "write", "tale.md", "--seed", "5", "--count", "1", ...flags],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data") },
    columns: 110,
    rows: 30,
  });
  open.push(terminal);
  await terminal.until((rows) => /fable/u.test(rows.at(-1) ?? ""), 20_000);
  return terminal;
}

async function quit(terminal: OpenTerminal): Promise<void> {
  terminal.write("\x11");
  expect(await terminal.exited).toBe(0);
}

describe("steering in a real terminal", () => {
  it("shows what the model sees, and writes by it", async () => {
    const terminal = await start("--length", "40");
    terminal.write("\x1b[1;5F\x1bc");
    await terminal.until(has("all that the model sees"));
    const screen = terminal.screen().join("\n");
    for (const part of ["M Mira keeps the lamp.", "L The sea froze once.", "N It is winter.", "Lore: sea"]) {
      expect(screen).toContain(part);
    }
    expect(screen).not.toContain("memory:");
    terminal.write("\x1b");
    await terminal.until(has("include: [old Tom]"));
    terminal.write("\t");
    await terminal.until((rows) => has("another")(rows) && has("old Tom")(rows), 20_000);
    terminal.write("\t");
    await terminal.until((rows) => has("Tab continue")(rows));
    await quit(terminal);
    const stored = await readFile(join(home, "tale.md"), "utf8");
    const written = stored.slice(STORY.length);
    expect(stored.startsWith(STORY)).toBe(true);
    expect(written).toContain("old Tom");
    expect(written).not.toMatch(/\bthe man\b/iu);
  }, 60_000);

  it("rewrites in a style, and sets the dials by a preset", async () => {
    const terminal = await start();
    terminal.write("\x1b[1;5F\x1br");
    await terminal.until(has("Rewrite as"));
    terminal.write("vivid\r");
    await terminal.until((rows) => rows.some((row) => /▸ 1 .*(?:leads on|keeps)/u.test(row)), 30_000);
    terminal.write("\x1b");
    await terminal.until((rows) => has("Tab continue")(rows));
    terminal.write("\x1bp");
    await terminal.until(has("Presets"));
    terminal.write("steady\r");
    await terminal.until((rows) => rows.some((row) => /temperature .* 0\.60/u.test(row)));
    await quit(terminal);
    expect(await readFile(join(home, "tale.md"), "utf8")).toBe(STORY);
    const session = await readFile(join(home, "tale.session.jsonl"), "utf8");
    expect(session).toContain('"templates":[{"name":"vivid"');
  }, 60_000);

  it("tells what is wrong in the front matter", async () => {
    await writeFile(join(home, "tale.md"), STORY.replace("keys: sea", "keys: '/(/'"));
    const terminal = await start("--length", "5");
    terminal.write("\x1b[1;5F\t");
    await terminal.until(has("front matter: lore 1 has a key"), 20_000);
    await quit(terminal);
  }, 60_000);
});
