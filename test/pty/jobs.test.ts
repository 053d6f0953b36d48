import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LEAVE } from "../../src/ui/terminal/modes.ts";
import { type OpenTerminal, openTerminal, settleIn } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const F9 = "\x1b[20~";
/** What the editor is not meant to meet, on signals that it does not listen to. */
const FAULTS = `data:text/javascript,${encodeURIComponent(`
  process.on("SIGUSR2", () => { throw new Error("thrown by the test"); });
  process.on("SIGURG", () => { Promise.reject(new Error("rejected by the test")); });
`)}`;

let home = "";
let terminal: OpenTerminal | null = null;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-jobs-"));
  await writeFile(join(home, "tale.md"), "Once.\n");
  await settleIn(join(home, "config"));
});
afterEach(async () => {
  await terminal?.close();
  terminal = null;
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

/** The editor itself in a terminal, or from the prompt of a shell with job control. */
async function start({ shell = false, node = [] as string[] } = {}): Promise<OpenTerminal> {
  const editor = [process.execPath, ...node, CLI, "write", "tale.md"];
  const opened = openTerminal({
    command: shell ? "/bin/sh" : (editor[0] ?? ""),
    args: shell ? ["-i"] : editor.slice(1),
    cwd: home,
    env: {
      HOME: home,
      XDG_CONFIG_HOME: join(home, "config"),
      XDG_DATA_HOME: join(home, "data"),
      PS1: "prompt> ",
      ENV: "",
    },
    columns: 100,
    rows: 20,
  });
  terminal = opened;
  if (shell) {
    await opened.until((rows) => rows[0]?.startsWith("prompt>") === true);
    opened.write(`${editor.map((word) => `'${word}'`).join(" ")}\r`);
  }
  await opened.until(isOpen);
  return opened;
}

const isOpen = (rows: readonly string[]): boolean => /\d words?/u.test(rows.at(-1) ?? "");
const atPrompt = (rows: readonly string[]): boolean => rows.join("\n").trim().endsWith("prompt>");
const has = (text: string) => (rows: readonly string[]) => rows.some((row) => row.includes(text));
const stored = (): Promise<string> => readFile(join(home, "tale.md"), "utf8");
const restored = (opened: OpenTerminal): number => opened.raw.split(LEAVE).length - 1;

describe("the editor as a job of the shell", () => {
  it("stops by its own key, with the terminal given back, and goes on with fg", async () => {
    const opened = await start({ shell: true });
    opened.write("One. \x18\x1a");
    await opened.until((rows) => atPrompt(rows) && /stopped/iu.test(rows.join()));
    expect(opened.isAlternate()).toBe(false);
    expect(restored(opened)).toBe(1);
    opened.write("echo $((6*7))\r");
    await opened.until((rows) => rows.includes("42"));
    opened.write("fg\r");
    await opened.until((rows) => isOpen(rows) && has("One. ")(rows.map((row) => `${row} `)));
    expect(opened.isAlternate()).toBe(true);
    opened.write("Two. \x11");
    await opened.until(atPrompt);
    expect(opened.isAlternate()).toBe(false);
    expect(await stored()).toContain("One. Two. ");
  });

  it("stops while the model writes, and that goes on to answer afterwards", async () => {
    const opened = await start({ shell: true });
    opened.write("\t");
    await opened.until(has("┊"));
    opened.write("\x18\x1a");
    await opened.until((rows) => atPrompt(rows) && /stopped/iu.test(rows.join()));
    opened.write("fg\r");
    await opened.until(isOpen);
    await opened.until(has("tok/s"));
    opened.write("\t");
    await opened.until((rows) => !has("┊")(rows));
    // The engine was stopped as well, and answers again.
    opened.write("\t");
    await opened.until(has("┊"));
    opened.write("\x11");
    await opened.until(atPrompt);
  });

  it("does not stop where no shell could go on with it", async () => {
    const opened = await start();
    opened.write("\x18\x1a");
    await opened.until(has("No shell started Inkwright"));
    opened.write("Still here. \x11");
    expect(await opened.exited).toBe(0);
    expect(await stored()).toContain("Still here. ");
  });
});

describe("after an error that nobody caught, the terminal is as it was and the text is safe:", () => {
  it.each([
    ["thrown", "SIGUSR2"],
    ["rejected", "SIGURG"],
  ])("one that was %s", async (how, signal) => {
    const opened = await start({ node: [`--import=${FAULTS}`] });
    opened.write("Two. ");
    await opened.until(has("Two."));
    opened.kill(signal);
    expect(await opened.exited).toBe(1);
    expect(restored(opened)).toBe(1);
    expect(opened.isAlternate()).toBe(false);
    expect(has(`${how} by the test`)(opened.screen())).toBe(true);
    expect(await stored()).toContain("Two. ");
  });
});

it("F9 shows the themes as one walks, and Enter takes one for this and the next time", async () => {
  const opened = await start();
  await opened.until(has("Once."));
  const colours = () => {
    const at = opened.find("Once.");
    return at ? opened.look(at.x, at.y) : null;
  };
  const before = colours();
  if (!before) throw new Error("the story is not on the screen");
  opened.write(F9);
  await opened.until(has("Themes"));
  opened.write("paper");
  await opened.until((rows) => has("Themes › paper")(rows) && colours()?.colour !== before.colour);
  const paper = colours();
  opened.write("\x1b");
  await opened.until((rows) => !has("Themes")(rows) && colours()?.colour === before.colour);
  opened.write(`${F9}paper\r`);
  await opened.until((rows) => !has("Themes")(rows) && colours()?.colour === paper?.colour);
  opened.write("\x11");
  expect(await opened.exited).toBe(0);
  await opened.close();
  const again = await start();
  await again.until(has("Once."));
  const at = again.find("Once.");
  expect(at && again.look(at.x, at.y)).toEqual(paper);
});
