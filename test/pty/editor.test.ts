import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenTerminal, openTerminal, settleIn } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const KEYS = {
  tab: "\t",
  escape: "\x1b",
  right: "\x1b[C",
  ctrlRight: "\x1b[1;5C",
  ctrlHome: "\x1b[1;5H",
  ctrlEnd: "\x1b[1;5F",
  shiftHome: "\x1b[1;2H",
  altDown: "\x1b[1;3B",
  altUp: "\x1b[1;3A",
  ctrlQ: "\x11",
  ctrlR: "\x12",
  ctrlS: "\x13",
  ctrlT: "\x14",
  ctrlY: "\x19",
  ctrlZ: "\x1a",
  f1: "\x1bOP",
  f2: "\x1bOQ",
} as const;

let home = "";
let open: OpenTerminal[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-"));
  await settleIn(join(home, "config"));
});
afterEach(async () => {
  await Promise.all(open.map((terminal) => terminal.close()));
  open = [];
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

const environment = () => ({
  HOME: home,
  XDG_CONFIG_HOME: join(home, "config"),
  XDG_DATA_HOME: join(home, "data"),
});
const storyFile = () => join(home, "tale.md");
const sessionFile = () => join(home, "tale.session.jsonl");

async function start(story: string, size: { columns?: number; rows?: number } = {}): Promise<OpenTerminal> {
  const terminal = openTerminal({
    command: process.execPath,
    args: [CLI, "write", story, "--seed", "5"],
    cwd: home,
    env: environment(),
    columns: 100,
    rows: 30,
    ...size,
  });
  open.push(terminal);
  await terminal.until((rows) => rows.some((row) => row.includes("Controls")) || rows.length < 20);
  await terminal.until((rows) => /\d words?/u.test(rows.at(-1) ?? ""));
  return terminal;
}

async function quit(terminal: OpenTerminal): Promise<void> {
  terminal.write(KEYS.ctrlQ);
  expect(await terminal.exited).toBe(0);
}

const page = (rows: string[]): string =>
  rows
    .slice(1, -1)
    .map((row) => row.slice(0, 62).trim())
    .join(" ")
    .replaceAll(/\s+/gu, " ")
    .trim();
/** The foot of the screen: news may take several rows. */
const status = (rows: string[]): string =>
  rows
    .slice(-3)
    .map((row) => row.trim())
    .join(" ");
const offered = (rows: string[]): boolean =>
  status(rows).includes("Tab accept") && status(rows).includes("another");
const stored = (): Promise<string> => readFile(storyFile(), "utf8");

async function records(): Promise<{ type: string; outcome?: string; [key: string]: unknown }[]> {
  return (await readFile(sessionFile(), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("the editor in a real terminal", () => {
  it("opens, types, continues, rewrites, undoes all of it, redoes, saves, and is as it was when reopened", async () => {
    await writeFile(storyFile(), "The lamp was lit.\n");
    const terminal = await start("tale.md");
    terminal.write(`${KEYS.ctrlEnd}The keeper climbed the stairs. He was tired`);
    await terminal.until((rows) => page(rows).includes("He was tired"));

    terminal.write(KEYS.tab);
    await terminal.until(offered);
    const ghost = terminal.find("He was tired");
    expect(ghost).not.toBeNull();
    expect(await stored()).not.toContain("tired and ");
    terminal.write(KEYS.tab);
    await terminal.until((rows) => status(rows).includes("Tab continue"));
    terminal.write(KEYS.ctrlS);
    await terminal.until((rows) => rows[0]?.includes("saved") ?? false);
    const continued = await stored();
    expect(continued.startsWith("The lamp was lit.\nThe keeper climbed the stairs. He was tired")).toBe(true);
    expect(continued.length).toBeGreaterThan(
      "The lamp was lit.\nThe keeper climbed the stairs. He was tired".length + 10,
    );

    // The sentence at the cursor: "The lamp was lit."
    terminal.write(KEYS.ctrlHome);
    terminal.write(KEYS.ctrlR);
    await terminal.until((rows) => rows.some((row) => /▸ 1 \((?:leads on|keeps)/u.test(row)));
    terminal.write(KEYS.altDown);
    await terminal.until((rows) => rows.some((row) => row.includes("▸ 2")));
    terminal.write(KEYS.tab);
    await terminal.until((rows) => status(rows).includes("Tab continue"));
    terminal.write(KEYS.ctrlS);
    await terminal.until((rows) => rows[0]?.includes("saved") ?? false);
    const rewritten = await stored();
    expect(rewritten).not.toContain("The lamp was lit.");
    expect(rewritten.endsWith(continued.slice("The lamp was lit.".length))).toBe(true);

    terminal.write(`${KEYS.ctrlT}${KEYS.right}${KEYS.right}\x1b[B${KEYS.right}${KEYS.escape}`);
    await terminal.until(
      (rows) =>
        rows.some((row) => /temperature.*0\.90/u.test(row)) && rows.some((row) => /length.*65/u.test(row)),
    );

    for (let i = 0; i < 30; i++) terminal.write(KEYS.ctrlZ);
    await terminal.until(
      (rows) => page(rows) === "" || page(rows).startsWith("Tab") || status(rows).includes("nothing to undo"),
    );
    for (let i = 0; i < 30; i++) terminal.write(KEYS.ctrlY);
    await terminal.until((rows) => status(rows).includes("nothing to redo"));
    await quit(terminal);
    expect(await stored()).toBe(rewritten);
    expect((await records()).filter(({ type }) => type === "generation")).toHaveLength(2);
    expect((await records()).filter(({ outcome }) => outcome === "accepted")).toHaveLength(2);

    const again = await start("tale.md");
    const words = rewritten.slice(0, 12);
    await again.until((rows) => page(rows).includes(words));
    const place = again.find(words);
    expect(place && again.look(place.x, place.y).italic).toBe(true);
    const own = again.find("The keeper");
    expect(own && again.look(own.x, own.y).italic).toBe(false);
    again.write(KEYS.ctrlZ);
    await again.until((rows) => page(rows).includes("The lamp was lit."));
    again.write(KEYS.ctrlY);
    await again.until((rows) => page(rows).includes(words));
    await quit(again);
  });

  it("loses nothing typed before the last second when it is killed, while typing and while streaming", async () => {
    await writeFile(storyFile(), "Once.\n");
    const typing = await start("tale.md");
    typing.write(`${KEYS.ctrlEnd}Typed and never saved.`);
    await typing.until((rows) => page(rows).includes("never saved."));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    typing.kill("SIGKILL");
    await typing.exited;

    const streaming = await start("tale.md");
    await streaming.until((rows) => page(rows).includes("Typed and never saved."));
    streaming.write(`${KEYS.ctrlEnd} And more.`);
    await streaming.until((rows) => page(rows).includes("And more."));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    streaming.write(KEYS.tab);
    await streaming.until((rows) => /writing|another/u.test(status(rows)));
    streaming.kill("SIGKILL");
    await streaming.exited;

    const last = await start("tale.md");
    await last.until((rows) => page(rows).includes("Typed and never saved. And more."));
    await quit(last);
    expect(await stored()).toBe("Once.\nTyped and never saved. And more.");
  });

  it("saves and gives the terminal back on SIGTERM", async () => {
    const terminal = await start("tale.md");
    terminal.write("Half a sen");
    await terminal.until((rows) => page(rows).includes("Half a sen"));
    terminal.kill("SIGTERM");
    expect(await terminal.exited).toBe(143);
    expect(terminal.isAlternate()).toBe(false);
    expect(await stored()).toBe("Half a sen");
  });

  it("keeps the story on screen from 200x60 to 40x12 and back", async () => {
    await writeFile(storyFile(), `${"The sea was grey and the boats were in. ".repeat(40)}\n\nThe end.\n`);
    const terminal = await start("tale.md", { columns: 200, rows: 60 });
    terminal.write(KEYS.ctrlEnd);
    await terminal.until((rows) => rows.some((row) => row.includes("The end.")));
    terminal.resize(40, 12);
    await terminal.until(
      (rows) =>
        rows.length === 12 && rows.some((row) => row.includes("The end.")) && status(rows).includes("words"),
    );
    for (const row of terminal.screen()) expect(row.length).toBeLessThanOrEqual(40);
    terminal.write("Typed small.");
    await terminal.until((rows) => rows.some((row) => row.includes("Typed small.")));
    terminal.resize(200, 60);
    await terminal.until(
      (rows) =>
        rows.length === 60 &&
        rows.some((row) => row.includes("Controls")) &&
        rows.some((row) => row.includes("Typed small.")),
    );
    await quit(terminal);
  });

  it("takes 100 KB of paste as one edit", async () => {
    const terminal = await start("tale.md");
    const paste = "All the words there are, again and again. ".repeat(2500);
    terminal.write(`\x1b[200~${paste}\x1b[201~`);
    await terminal.until((rows) => status(rows).includes("20,000 words"));
    terminal.write(KEYS.ctrlZ);
    await terminal.until((rows) => / 0 words/u.test(status(rows)));
    terminal.write(KEYS.ctrlY);
    await terminal.until((rows) => status(rows).includes("20,000 words"));
    await quit(terminal);
    expect(await stored()).toBe(paste);
  });

  it("warns the second editor of a story, which changes nothing but can save a copy", async () => {
    await writeFile(storyFile(), "Mine.\n");
    const first = await start("tale.md");
    const second = await start("tale.md");
    await second.until((rows) => status(rows).includes("another Inkwright"));
    second.write("not here");
    await second.until((rows) => status(rows).includes("F2"));
    expect(page(second.screen())).not.toContain("not here");
    second.write(`${KEYS.f2}\x17copy.md\r`);
    await second.until((rows) => rows[0]?.includes("copy.md") ?? false);
    second.write(`${KEYS.ctrlHome}Here. `);
    await second.until((rows) => page(rows).includes("Here. Mine."));
    await quit(second);
    await quit(first);
    expect(await stored()).toBe("Mine.\n");
    expect(await readFile(join(home, "copy.md"), "utf8")).toBe("Here. Mine.\n");
  });

  it("lets a second editor take the story over: saved first, then read only here", async () => {
    await writeFile(storyFile(), "One.\n");
    const first = await start("tale.md");
    first.write(`${KEYS.ctrlEnd}Two.`);
    await first.until((rows) => page(rows).includes("Two."));
    const second = await start("tale.md");
    await second.until((rows) => rows.some((row) => row.includes("read only")));
    second.write("\x1b[21~");
    await second.until(
      (rows) => page(rows).includes("One. Two.") && status(rows).includes("yours now"),
      15_000,
    );
    await first.until((rows) => status(rows).includes("took this story over"));
    first.write("lost?");
    await first.until((rows) => status(rows).includes("open in another Inkwright"));
    // A paragraph of its own: undo takes back no more than that, however little time has gone by.
    second.write(`${KEYS.ctrlEnd}\rThree.`);
    await second.until((rows) => page(rows).includes("Two. Three."));
    second.write(KEYS.ctrlZ);
    await second.until((rows) => !page(rows).includes("Three."));
    await quit(first);
    await quit(second);
    expect(await stored()).toMatch(/^One\.\nTwo\./u);
    expect((await records()).filter(({ type }) => type === "header")).toHaveLength(1);
  }, 60_000);

  it("asks before it overwrites what another program wrote, and keeps that", async () => {
    await writeFile(storyFile(), "Mine.\n");
    const terminal = await start("tale.md");
    await writeFile(storyFile(), "Theirs.\n");
    terminal.write(`${KEYS.ctrlHome}Now `);
    terminal.write(KEYS.ctrlS);
    await terminal.until((rows) => rows.some((row) => row.includes("Another program changed")));
    expect(await stored()).toBe("Theirs.\n");
    terminal.write("r");
    await terminal.until((rows) => page(rows).includes("Theirs."));
    terminal.write(KEYS.ctrlZ);
    await terminal.until((rows) => page(rows).includes("Now Mine."));
    await quit(terminal);
    expect(await stored()).toBe("Now Mine.\n");
  });

  it("notices what another program writes, and keeps both changes where they are apart", async () => {
    await writeFile(storyFile(), "One.\n\nTwo.\n");
    const terminal = await start("tale.md");
    await sleep(200);
    await writeFile(storyFile(), "One!\n\nTwo.\n");
    await terminal.until((rows) => page(rows).includes("One!"), 10_000);
    terminal.write(`${KEYS.ctrlEnd}Typed here.`);
    await terminal.until((rows) => page(rows).includes("Typed here."));
    await writeFile(storyFile(), "Zero.\n\nOne!\n\nTwo.\n");
    await terminal.until((rows) => page(rows).includes("Zero. One! Two. Typed here."), 10_000);
    await quit(terminal);
    expect(await stored()).toBe("Zero.\n\nOne!\n\nTwo.\nTyped here.");
  }, 40_000);

  it("goes on when the engine is killed: the next request starts another", async () => {
    await writeFile(storyFile(), "The sea was grey and");
    const terminal = await start("tale.md");
    await terminal.until((rows) => status(rows).includes("fable"));
    terminal.write(`${KEYS.ctrlEnd}${KEYS.tab}`);
    await terminal.until(offered);
    terminal.write(KEYS.escape);
    await terminal.until((rows) => status(rows).includes("Tab continue"));
    const { stdout } = await promisify(execFile)("ps", ["-o", "pid=,args=", "--ppid", String(terminal.pid)]);
    const engine = stdout.split("\n").find((line) => line.includes("engine-host"));
    process.kill(Number(engine?.trim().split(" ")[0]), "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 200));
    terminal.write(KEYS.tab);
    await terminal.until(offered);
    terminal.write(KEYS.tab);
    await terminal.until((rows) => status(rows).includes("Tab continue"));
    await quit(terminal);
    expect((await stored()).length).toBeGreaterThan("The sea was grey and".length);
  });

  it("opens and edits a story of 1 MB", async () => {
    const paragraph = "The tide came in and the tide went out, and nobody wrote it down but she. "
      .repeat(8)
      .trim();
    const text = `${Array.from({ length: 1700 }, (_, i) => `${i} ${paragraph}`).join("\n\n")}\n`;
    expect(text.length).toBeGreaterThan(1_000_000);
    await writeFile(storyFile(), text);
    const terminal = await start("tale.md");
    terminal.write(`${KEYS.ctrlEnd}Last words.`);
    await terminal.until((rows) => page(rows).includes("Last words."));
    terminal.write(`${KEYS.ctrlHome}First words. `);
    await terminal.until((rows) => page(rows).startsWith("First words. 0 The tide"));
    await quit(terminal);
    expect(await stored()).toBe(`First words. ${text}Last words.`);
  });

  it("reads ahead while the writer rests, so that Tab need read one token only", async () => {
    await writeFile(storyFile(), "The keeper climbed the stairs to the lamp once more. ".repeat(40).trim());
    const terminal = await start("tale.md");
    await terminal.until((rows) => status(rows).includes("fable"));
    terminal.write(`${KEYS.ctrlEnd} He was tired`);
    await terminal.until((rows) => page(rows).includes("He was tired"));
    // 0.4 s of rest, and what the model needs for 500 tokens on a busy machine.
    await sleep(2_500);
    terminal.write(KEYS.tab);
    await terminal.until(offered);
    await quit(terminal);
    const generation = (await records()).find(({ type }) => type === "generation");
    expect(generation?.timing).toMatchObject({ prefillTokens: 1 });
  });

  it("keeps the line ends of a CRLF file", async () => {
    await writeFile(storyFile(), "one\r\ntwo\r\n");
    const terminal = await start("tale.md");
    terminal.write(`${KEYS.ctrlEnd}three\rfour`);
    await terminal.until((rows) => page(rows).includes("four"));
    await quit(terminal);
    expect(await stored()).toBe("one\r\ntwo\r\nthree\r\nfour");
  });

  it("shows what control characters a story holds, and obeys none", async () => {
    await writeFile(storyFile(), "before \x1b[2J\x1b]0;title\x07 after\n");
    const terminal = await start("tale.md");
    await terminal.until((rows) => page(rows).includes("before ␛[2J␛]0;title␇ after"));
    expect(terminal.raw).not.toContain("\x1b]0;");
    await quit(terminal);
  });

  it("shows help made from the keymap", async () => {
    const terminal = await start("tale.md");
    terminal.write(KEYS.f1);
    await terminal.until((rows) => rows.some((row) => row.includes("rewrite the selection")));
    terminal.write(KEYS.escape);
    await terminal.until((rows) => !rows.some((row) => row.includes("rewrite the selection")));
    await quit(terminal);
  });
});
