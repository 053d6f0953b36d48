/**
 * Draws the pictures of the README: the built editor in a real pseudo-terminal, with the model in the box and fixed
 * seeds, cell by cell as SVG.
 *
 *     npm run build && npm run screens
 *     npm run screens takes find       only these
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PALETTES } from "../src/ui/themes.ts";
import type { CellLook } from "../test/pty/screen.ts";
import { type OpenTerminal, openTerminal, settleIn } from "../test/pty/terminal.ts";

const COLUMNS = 108;
const ROWS = 26;
/** Size of a cell in pixels, and of the letters in it. */
const CELL = { width: 8.4, height: 18, letters: 14 };

/** One picture: how it is made. */
interface Scene {
  readonly name: string;
  readonly theme: "dark" | "paper";
  readonly flags: readonly string[];
  readonly act: (terminal: OpenTerminal) => Promise<void>;
}

const has = (text: string) => (rows: readonly string[]) => rows.some((row) => row.includes(text));
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const KEY = { end: "\x1b[1;5F", home: "\x1b[1;5H", down: "\x1b[B", up: "\x1b[A", f5: "\x1b[15~" };

const SCENES: readonly Scene[] = [
  {
    name: "writing",
    theme: "dark",
    flags: ["--seed", "11", "--length", "50", "--finish-sentence"],
    async act(terminal) {
      terminal.write(`${KEY.end}\r\rHe took his coat from the nail, and the girl said,`);
      await terminal.until(has("girl said,"));
      terminal.write("\t");
      await terminal.until(has("a word"), 20_000);
    },
  },
  {
    name: "rewriting",
    theme: "dark",
    flags: ["--seed", "4", "--count", "4"],
    async act(terminal) {
      terminal.write(`${KEY.end}${KEY.up.repeat(3)}\x1ba\x12`);
      await terminal.until((rows) => has("leads on")(rows) && has("another")(rows), 30_000);
    },
  },
  {
    name: "history",
    theme: "dark",
    flags: ["--seed", "11", "--length", "30"],
    async act(terminal) {
      terminal.write(`${KEY.end}\r\rHe went down to the boat.`);
      await terminal.until(has("the boat."));
      terminal.write("\t");
      await terminal.until(has("a word"), 20_000);
      terminal.write("\t");
      await pause(300);
      terminal.write("\x1a\x1a");
      await pause(300);
      terminal.write("climbed back to the lamp.");
      await terminal.until(has("the lamp."));
      terminal.write(KEY.f5);
      await terminal.until(has("History"));
      terminal.write(KEY.down.repeat(2));
    },
  },
  {
    name: "find",
    theme: "paper",
    flags: [],
    async act(terminal) {
      terminal.write(`${KEY.home}\x06`);
      await terminal.until(has("Find"));
      terminal.write("said");
      await pause(300);
      terminal.write("\tasked");
    },
  },
  {
    name: "steering",
    theme: "paper",
    flags: [],
    async act(terminal) {
      const front = [
        "---",
        "memory: Mira keeps the lighthouse of Skerry.",
        "note: Slow, quiet sentences. A storm is coming.",
        "lore: [{keys: lamp, text: The lamp burns whale oil.}]",
        "---",
        "",
      ];
      terminal.write(`${KEY.home}\x1b[200~${front.join("\n")}\x1b[201~`);
      await terminal.until(has("memory:"));
      terminal.write(`${KEY.end}\x1bc`);
      await terminal.until(has("all that the model sees"), 20_000);
    },
  },
  {
    name: "takes",
    theme: "dark",
    flags: ["--seed", "11", "--length", "30", "--finish-sentence"],
    async act(terminal) {
      terminal.write(KEY.end);
      for (const key of ["", "\x1b[1;3B"]) {
        terminal.write("\t");
        await terminal.until(has("a word"), 20_000);
        terminal.write(`${key}\t`);
        await terminal.until((rows) => !has("a word")(rows));
      }
      terminal.write("\x02");
      await terminal.until(has("│ Takes"));
      terminal.write("w");
      await pause(300);
      terminal.write(KEY.down);
    },
  },
  {
    name: "xray",
    theme: "dark",
    flags: [],
    async act(terminal) {
      terminal.write("\x1bx");
      await terminal.until(has("odd"), 20_000);
      terminal.write(`${KEY.home}${KEY.down.repeat(4)}${"\x1b[1;5C".repeat(3)}`);
      terminal.write("\x1bn");
      await terminal.until(has("(here)"), 20_000);
      await pause(1500);
    },
  },
  {
    name: "models",
    theme: "dark",
    flags: [],
    async act(terminal) {
      terminal.write("\x0f");
      await terminal.until(has("gpt2-xl"), 20_000);
      terminal.write(KEY.down.repeat(2));
      await terminal.until(has("fetches it"));
    },
  },
  {
    name: "loop",
    theme: "dark",
    flags: ["--greedy", "--length", "110"],
    async act(terminal) {
      terminal.write(`${KEY.end}\r\rThe waves came and went.`);
      await terminal.until(has("came and went."));
      terminal.write("\t");
      await terminal.until(has("a loop was broken"), 60_000);
    },
  },
  {
    name: "authorship",
    theme: "paper",
    flags: ["--seed", "11", "--length", "60", "--finish-sentence"],
    async act(terminal) {
      terminal.write(`${KEY.end}\r\rHe took his coat from the nail, and the girl said,`);
      await terminal.until(has("girl said,"));
      terminal.write("\t");
      await terminal.until(has("a word"), 20_000);
      terminal.write("\t");
      await pause(500);
      terminal.write("\x1b=");
      await pause(500);
    },
  },
];

const folder = resolve("docs/screens");
await mkdir(folder, { recursive: true });
const only = process.argv.slice(2);
for (const scene of SCENES.filter(({ name }) => only.length === 0 || only.includes(name))) {
  const home = await mkdtemp(join(tmpdir(), "inkwright-screens-"));
  await settleIn(home);
  await writeFile(
    join(home, "inkwright", "config.json"),
    JSON.stringify({ welcomed: true, theme: scene.theme }),
  );
  await writeFile(join(home, "the-keeper.md"), await readFile(resolve("stories/lighthouse.md"), "utf8"));
  const terminal = openTerminal({
    command: process.execPath,
    args: [resolve("dist/cli.js"), "write", "the-keeper.md", ...scene.flags],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home },
    columns: COLUMNS,
    rows: ROWS,
  });
  await terminal.until((rows) => /fable/u.test(rows.at(-1) ?? ""), 20_000);
  await scene.act(terminal);
  await pause(500);
  await writeFile(join(folder, `${scene.name}.svg`), draw(terminal, scene.theme));
  terminal.kill("SIGKILL");
  await terminal.exited;
  await terminal.close();
  await rm(home, { recursive: true, force: true });
  console.log(`docs/screens/${scene.name}.svg`);
}

function draw(terminal: OpenTerminal, theme: Scene["theme"]): string {
  const [[ground], [ink]] = [PALETTES[theme].ground, PALETTES[theme].text];
  const [width, height] = [COLUMNS * CELL.width + 24, ROWS * CELL.height + 24];
  const parts: string[] = [];
  for (let y = 0; y < ROWS; y++) {
    for (let x = 0; x < COLUMNS; ) {
      const look = terminal.look(x, y);
      let end = x + 1;
      while (end < COLUMNS && same(look, terminal.look(end, y))) end++;
      parts.push(run(textOf(terminal, y).slice(x, end), x, y, end - x, look, ink, ground));
      x = end;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${CELL.letters}">
<rect width="${width}" height="${height}" rx="8" fill="${ground}"/>
${parts.filter((part) => part !== "").join("\n")}
</svg>
`;
}

/** A row of the screen; nothing here is wider than a cell. */
function textOf(terminal: OpenTerminal, y: number): string {
  return (terminal.screen()[y] ?? "").padEnd(COLUMNS);
}

function run(
  text: string,
  x: number,
  y: number,
  cells: number,
  look: CellLook,
  ink: string,
  ground: string,
): string {
  const [left, top] = [12 + x * CELL.width, 12 + y * CELL.height];
  const [colour, back] = look.inverse
    ? [look.background ?? ground, look.colour ?? ink]
    : [look.colour ?? ink, look.background];
  const box = back
    ? `<rect x="${left.toFixed(1)}" y="${top}" width="${(cells * CELL.width).toFixed(1)}" height="${CELL.height}" fill="${back}"/>`
    : "";
  if (text.trim() === "") return box;
  const style = [
    look.bold ? ' font-weight="bold"' : "",
    look.italic ? ' font-style="italic"' : "",
    look.underline ? ' text-decoration="underline"' : "",
    look.dim ? ' opacity="0.75"' : "",
  ].join("");
  const shown = text.trimEnd();
  const escaped = shown.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `${box}<text x="${left.toFixed(1)}" y="${(top + 13.5).toFixed(1)}" fill="${colour}" textLength="${(shown.length * CELL.width).toFixed(1)}" xml:space="preserve"${style}>${escaped}</text>`;
}

function same(a: CellLook, b: CellLook): boolean {
  return (Object.keys(a) as (keyof CellLook)[]).every((key) => a[key] === b[key]);
}
