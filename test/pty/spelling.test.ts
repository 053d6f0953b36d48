import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type OpenTerminal, openTerminal, settleIn } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const STORY = "# The Lamp\n\nAnsel was teh kepeer.\n";
const KEY = { f7: "\x1b[18~", right: "\x1b[C", next: "\x1b;", suggestions: "\x1b$", down: "\x1b[B" };

let home = "";
let open: OpenTerminal[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-spelling-"));
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
    args: [CLI, "write", "tale.md"],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data"), ...env },
    columns: 110,
    rows: 20,
  });
  open.push(terminal);
  await terminal.until((rows) => /\d words/u.test(rows.at(-1) ?? ""));
  return terminal;
}

const has = (text: string) => (rows: readonly string[]) => rows.some((row) => row.includes(text));
const stored = (name: string): Promise<string> => readFile(join(home, name), "utf8");

/** Whether a word on the screen is underlined. */
function isMarked(terminal: OpenTerminal, word: string): boolean {
  const place = terminal.find(word);
  return place !== null && terminal.look(place.x, place.y).underline;
}

async function quit(terminal: OpenTerminal): Promise<void> {
  terminal.write("\x11");
  expect(await terminal.exited).toBe(0);
}

it("marks misspelled words, goes through them, takes a suggestion, and keeps the writer's own words", async () => {
  const terminal = await start({ NO_COLOR: "1" });
  expect(isMarked(terminal, "teh")).toBe(false);
  terminal.write(KEY.f7);
  await terminal.until(
    () => isMarked(terminal, "teh") && isMarked(terminal, "kepeer") && isMarked(terminal, "Ansel"),
  );
  expect(isMarked(terminal, "was")).toBe(false);

  terminal.write(KEY.next);
  await terminal.until(has("selected"));
  terminal.write(KEY.suggestions);
  await terminal.until(has("add “Ansel” to my dictionary"));
  terminal.write("\x1b[F\x1b[A\r");
  await terminal.until(
    (rows) => has("“Ansel” is in your dictionary")(rows) && !isMarked(terminal, "Ansel was"),
  );

  terminal.write(KEY.next);
  await terminal.until(has("selected"));
  terminal.write(KEY.suggestions);
  await terminal.until(has("▸ the"));
  terminal.write("\r");
  await terminal.until(has("Ansel was the kepeer."));
  expect(isMarked(terminal, "kepeer")).toBe(true);
  await quit(terminal);
  expect(await stored("tale.md")).toBe("# The Lamp\n\nAnsel was the kepeer.\n");
  expect(await stored("config/inkwright/dictionary.txt")).toBe("Ansel\n");
  expect(JSON.parse(await stored("config/inkwright/config.json"))).toMatchObject({ spelling: "en" });

  const again = await start();
  await again.until(() => isMarked(again, "kepeer"));
  expect(isMarked(again, "Ansel")).toBe(false);
  await quit(again);
}, 40_000);

it("goes by a dictionary of the user's own, and says so where it cannot be used", async () => {
  const folder = join(home, "config", "inkwright");
  await mkdir(join(folder, "dictionaries"));
  await writeFile(join(folder, "dictionaries", "mine.aff"), "SET UTF-8\n");
  await writeFile(join(folder, "dictionaries", "mine.dic"), "2\nteh\nkepeer\n");
  await writeFile(join(folder, "config.json"), '{"welcomed": true, "spelling": "mine"}');
  const terminal = await start();
  await terminal.until(() => isMarked(terminal, "Ansel") && !isMarked(terminal, "teh"));
  await quit(terminal);
  await rm(join(folder, "dictionaries"), { recursive: true });
  const without = await start();
  await without.until(has("there is no dictionary “mine”"));
  await quit(without);
}, 40_000);
