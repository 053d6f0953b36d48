import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { createRandom } from "../../src/engine/random.ts";
import { openStory } from "../../src/sessions/restore.ts";
import { currentDocument } from "../../src/story/history.ts";
import { openTerminal, settleIn } from "./terminal.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
/** How often the editor is killed; `KILLS=50` is the whole test. */
const KILLS = Number(process.env.KILLS ?? 10);
const SEED = Number(process.env.SEED ?? Date.now() % 100_000);
/** Milliseconds between two keys: 50 a second. */
const KEY_MS = 20;
const BEGINNING = "Once.\n\n";

/** Bytes of a key, and when it was typed, in milliseconds. Keys that add nothing to the text have none. */
interface Typed {
  readonly text: string;
  readonly at: number;
}

/**
 * A writer at work: words, saves, an undo that a redo follows at once, a generation that is thrown away. What the
 * story then must hold is all that was typed, in order.
 */
function* keys(
  random: () => number,
): Generator<{ readonly bytes: string; readonly text: string }, void, void> {
  for (let word = 0; ; word++) {
    for (const character of `w${word} `) yield { bytes: character, text: character };
    const chance = random();
    if (chance < 0.1) yield { bytes: "\x13", text: "" };
    else if (chance < 0.2) yield { bytes: "\x1a\x19", text: "" };
    else if (chance < 0.25) yield { bytes: "\t", text: "" };
    else if (chance < 0.3) yield { bytes: "\r", text: "\n" };
    // An offer that came meanwhile goes away with the next word that does not agree with it.
  }
}

async function killAt(random: () => number): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "inkwright-kill-"));
  try {
    const story = join(home, "tale.md");
    await writeFile(story, BEGINNING);
    await settleIn(home);
    const terminal = openTerminal({
      command: process.execPath,
      args: [CLI, "write", "tale.md", "--length", "20"],
      cwd: home,
      env: { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home },
      columns: 90,
      rows: 20,
    });
    const typed: Typed[] = [];
    try {
      await terminal.until((rows) => /\d words?/u.test(rows.at(-1) ?? ""), 20_000);
      terminal.write("\x1b[1;5F");
      const until = performance.now() + 200 + random() * 3500;
      for (const { bytes, text } of keys(random)) {
        if (performance.now() >= until) break;
        terminal.write(bytes);
        if (text !== "") typed.push({ text, at: performance.now() });
        await sleep(KEY_MS);
      }
      terminal.kill("SIGKILL");
    } finally {
      await terminal.exited;
      await terminal.close();
    }
    const end = performance.now();
    const all = BEGINNING + typed.map(({ text }) => text).join("");
    const sure =
      BEGINNING +
      typed
        .filter(({ at }) => end - at > 1000)
        .map(({ text }) => text)
        .join("");
    const onDisk = await readFile(story, "utf8");
    expect(all.startsWith(onDisk), `half a file: ${JSON.stringify(onDisk.slice(-80))}`).toBe(true);
    const { tree } = await openStory(story, () => new Date());
    const restored = currentDocument(tree).text.toString();
    expect(all.startsWith(restored), `other text: ${JSON.stringify(restored.slice(-80))}`).toBe(true);
    expect(restored.length, `lost more than a second of ${all.length}`).toBeGreaterThanOrEqual(sure.length);
  } finally {
    // Its engine process may live a moment longer, and write there.
    await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

it(
  `killed ${KILLS} times at random moments, it never loses what is older than a second, nor leaves half a file`,
  async () => {
    const random = createRandom(SEED, 0);
    let failed: unknown;
    const one = async (): Promise<void> => {
      await killAt(random).catch((error: unknown) => {
        failed ??= new Error(`SEED=${SEED}`, { cause: error });
      });
    };
    // Two at a time: most of it is waiting.
    for (let done = 0; done < KILLS && !failed; done += 2) await Promise.all([one(), one()]);
    if (failed) throw failed;
  },
  30_000 + KILLS * 6_000,
);
