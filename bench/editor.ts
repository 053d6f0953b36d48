/**
 * Times the editor against its targets, on an imitated terminal, and its start in a real pseudo-terminal.
 *
 *     npm run build && npm run bench:ui
 *
 * Prints a table: each target, what was measured (the best of three rounds), and whether it is met. A round is 150
 * keys typed into the middle of a story. Bytes, commits and wrapped paragraphs are the same every time; milliseconds
 * want a machine that has nothing else to do.
 */
import { EventEmitter } from "node:events";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { currentDocument } from "../src/story/history.ts";
import { cursor } from "../src/story/selection.ts";
import { createLayout } from "../src/ui/layout.ts";
import type { Model } from "../src/ui/model.ts";
import { mountApp } from "../src/ui/mount.tsx";
import { createPainter } from "../src/ui/painter.ts";
import { NO_DICTIONARY, unreadSpelling } from "../src/ui/spelling.ts";
import { createStudio } from "../src/ui/studio.ts";
import { createCompositor } from "../src/ui/terminal/compositor.ts";
import { createInputParser } from "../src/ui/terminal/input.ts";
import { createTheme, pageSgr } from "../src/ui/theme.ts";
import { deskModel } from "../test/ui/desk.ts";
import { timeStart } from "./start.ts";

const KEYS = 150;
/** Keys before those that are counted, and milliseconds between two keys: far faster than anybody types. */
const WARM_UP = 10;
const PAUSE_MS = 8;
const ROUNDS = 3;

function prose(length: number): string {
  const words = "the harbour lamp and a letter she had kept were old now but he rowed out anyway".split(" ");
  let text = "";
  for (let i = 0, seed = 1; text.length < length; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    text += words[seed % words.length];
    text += i % 97 === 96 ? ".\n\n" : i % 13 === 12 ? ". " : " ";
  }
  return text.slice(0, length);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN;

/** What is edited: so many characters, in paragraphs or in a single one. */
interface Story {
  readonly name: string;
  readonly text: string;
}

const MEGABYTE: Story = { name: "1 MB", text: prose(1_000_000) };
const TEN: Story = { name: "10 MB", text: prose(10_000_000) };
const PARAGRAPH: Story = { name: "one paragraph of 1 MB", text: prose(1_000_000).replaceAll("\n\n", " ") };

/** Milliseconds between two keys, whether the model writes meanwhile, how many takes at once, and whether spelling is checked: an eighth of the words is wrong. */
interface Circumstances {
  readonly pause?: number;
  readonly streaming?: boolean;
  readonly takes?: number;
  readonly spelling?: boolean;
}

const WRONG = new Set(["harbour", "letter"]);

async function measure(
  columns: number,
  rows: number,
  { streaming = false, takes = 1, spelling = false, pause = streaming ? 20 : PAUSE_MS }: Circumstances,
  { text }: Story,
) {
  const output = Object.assign(new EventEmitter(), {
    writableNeedDrain: false,
    bytes: 0,
    frames: 0,
    write(data: string) {
      output.bytes += Buffer.byteLength(data);
      output.frames++;
      return true;
    },
  });
  const desk = deskModel(text);
  const initial: Model = {
    ...desk,
    selection: cursor(Math.max(text.indexOf("\n\n", text.length / 2), text.length / 2) - 20),
    top: { line: Math.floor(currentDocument(desk.tree).text.lines / 2) - 5, row: 0 },
    columns,
    rows,
    choices: takes,
    spelling: unreadSpelling(spelling ? "en" : NO_DICTIONARY, ["en"]),
  };
  const theme = createTheme("dark", 24);
  const layout = createLayout();
  const compositor = createCompositor({ output, columns, rows, sgr: pageSgr(theme) });
  let asked = "";
  const studio = createStudio({
    initial,
    layout,
    paintPage: createPainter(compositor, layout),
    autosaveMs: null,
    timers: {
      set: (run, ms) => setTimeout(run, ms),
      clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
    performer: (dispatch) => (effect) => {
      if (effect.type === "generate") asked = effect.request.id;
      if (effect.type !== "spell") return;
      const verdicts = new Map(effect.words.map((word) => [word, !WRONG.has(word)]));
      setImmediate(() =>
        dispatch({ type: "spelled", dictionary: "en", verdicts, own: new Set(), ignored: new Set() }),
      );
    },
  });
  let commits = 0;
  studio.subscribe(() => commits++);
  const app = mountApp({ studio, theme, layout, compositor });
  studio.dispatch({ type: "resized", columns, rows });
  await sleep(300);

  let stream: NodeJS.Timeout | null = null;
  if (streaming) {
    studio.dispatch({ type: "command", command: "continue", at: Date.now(), id: "bench" });
    const prompt = { tokens: [], text: "", segments: [], left: [], against: null };
    studio.dispatch({
      type: "generation",
      id: asked,
      at: 0,
      event: { type: "started", seed: 1, prompt, reusedTokens: 0 },
    });
    // What is typed elsewhere leaves the offer where it is.
    if (takes > 1) studio.dispatch({ type: "command", command: "left", at: Date.now(), id: "left" });
    let tokens = 0;
    stream = setInterval(() => {
      const event = { type: "token", choice: tokens++ % takes, id: 1, logprob: -1, text: " word" } as const;
      studio.dispatch({ type: "generation", id: asked, at: Date.now(), event });
    }, 5);
  }
  output.bytes = 0;
  studio.dispatch({ type: "command", command: "redraw", at: Date.now(), id: "redraw" });
  compositor.invalidate();
  createPainter(compositor, layout)(studio.model());
  const full = output.bytes;
  // The panes look again because of that, not because of a key.
  await sleep(200);
  const times: number[] = [];
  let bytes = 0;
  let wrapped = 0;
  let committed = commits;
  const keys = pause > 50 ? 2 * WARM_UP : KEYS;
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let i = 0; i < keys; i++) {
    await sleep(pause);
    const before = output.bytes;
    const known = layout.wrappedParagraphs;
    if (i === WARM_UP) committed = commits;
    const start = performance.now();
    studio.dispatch({ type: "typed", text: "abcdefg hij"[i % 11] ?? "x", at: Date.now() });
    times.push(performance.now() - start);
    bytes += output.bytes - before;
    if (i >= WARM_UP) wrapped = Math.max(wrapped, layout.wrappedParagraphs - known);
  }
  const used = process.cpuUsage(cpu);
  const share = (used.user + used.system) / 1000 / (performance.now() - began);
  if (stream) clearInterval(stream);
  const result = {
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    bytes: bytes / keys,
    full,
    wrapped,
    commits: commits - committed,
    cpu: share,
  };
  studio.close();
  app.unmount();
  return result;
}

/** One row of the table. */
interface Row {
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

type Measured = Awaited<ReturnType<typeof measure>>;

/** The best of three rounds, by the 99th percentile. */
async function best(
  columns: number,
  rows: number,
  circumstances: Circumstances,
  story: Story,
): Promise<Measured> {
  let found: Measured | null = null;
  for (let round = 0; round < ROUNDS; round++) {
    const next = await measure(columns, rows, circumstances, story);
    if (!found || next.p99 < found.p99) found = next;
  }
  if (!found) throw new Error("no round was run");
  return found;
}

function report(rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ target }) => target.length));
  for (const { target, measured, met } of rows)
    console.log(`${target.padEnd(width)}  ${met ? "met " : "MISS"}  ${measured}`);
}

const ms = (value: number): string => `${value.toFixed(2)} ms`;
const keyTimes = ({ p50, p99 }: Measured): string => `p50 ${ms(p50)}, p99 ${ms(p99)}`;
const rows: Row[] = [];

for (const story of [MEGABYTE, TEN, PARAGRAPH]) {
  const found = await best(120, 40, {}, story);
  const [p50, p99] = story === MEGABYTE ? [1.5, 8] : [16, 16];
  rows.push({
    target: `key to frame, ${story.name}, 120x40: ${story === MEGABYTE ? `p50 < ${p50} ms, ` : ""}p99 < ${p99} ms`,
    measured: keyTimes(found),
    met: found.p50 < p50 && found.p99 < p99,
  });
  rows.push({
    target: `most paragraphs wrapped for a key, ${story.name}: 1; React commits in ${KEYS - WARM_UP} keys: 0`,
    measured: `${found.wrapped}; ${found.commits}`,
    met: found.wrapped <= 1 && found.commits === 0,
  });
}
const typist = await best(120, 40, { pause: 150 }, MEGABYTE);
rows.push({
  target: "React commits while somebody types 80 words a minute: 0",
  measured: `${typist.commits}`,
  met: typist.commits === 0,
});
for (const [columns, height, limit, whole] of [
  [120, 40, 200, 6_000],
  [200, 60, 300, 13_000],
] as const) {
  const found = await best(columns, height, {}, MEGABYTE);
  rows.push({
    target: `bytes a key, ${columns}x${height}: < ${limit}; the whole screen: < ${whole}`,
    measured: `${Math.round(found.bytes)}; ${found.full}`,
    met: found.bytes < limit && found.full < whole,
  });
}
for (const story of [MEGABYTE, TEN, PARAGRAPH]) {
  const found = await best(120, 40, { spelling: true }, story);
  const limit = story === MEGABYTE ? 8 : 16;
  rows.push({
    target: `key to frame with misspelled words marked, ${story.name}, 120x40: p99 < ${limit} ms`,
    measured: keyTimes(found),
    met: found.p99 < limit,
  });
}
const streamed = await best(120, 40, { streaming: true }, MEGABYTE);
rows.push({
  target: "the same with 200 tokens a second streaming in: p99 < 16 ms, CPU < 30 %",
  measured: `${keyTimes(streamed)}, ${Math.round(streamed.cpu * 100)} % CPU`,
  met: streamed.p99 < 16 && streamed.cpu < 0.3,
});
const besides = await best(120, 40, { streaming: true, takes: 3 }, MEGABYTE);
rows.push({
  target: "the same, as three takes beside each other: p99 < 16 ms, CPU < 30 %",
  measured: `${keyTimes(besides)}, ${Math.round(besides.cpu * 100)} % CPU`,
  met: besides.p99 < 16 && besides.cpu < 0.3,
});
let pastes = 0;
const parser = createInputParser((event) => {
  if (event.type === "paste") pastes++;
});
const paste = `\x1b[200~${"a line of text\r".repeat(7_000)}\x1b[201~`;
for (let at = 0; at < paste.length; at += 4_000) parser.push(Buffer.from(paste.slice(at, at + 4_000)));
rows.push({ target: "a paste of 100 KB: 1 event", measured: `${pastes}`, met: pastes === 1 });

const folder = await mkdtemp(join(tmpdir(), "inkwright-bench-"));
for (const { name, text } of [{ name: "the sample story", text: null }, TEN]) {
  const story = join(folder, "story.md");
  if (text === null) await copyFile(resolve("stories/lighthouse.md"), story);
  else await writeFile(story, text);
  const { firstFrame, modelReady } = await timeStart(story, ROUNDS);
  const limit = text === null ? 400 : 1000;
  const first = Math.min(...firstFrame);
  rows.push({
    target: `first frame of ${name}: < ${limit} ms after the start; the model loads behind it`,
    measured: `${Math.round(first)} ms, model ready after ${Math.round(Math.min(...modelReady))} ms`,
    met: first < limit,
  });
}
await rm(folder, { recursive: true });
report(rows);
