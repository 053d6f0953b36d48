/**
 * Times the editor: from a key press to the written frame, over a story of 1 MB, on an imitated terminal.
 *
 *     node bench/run.mjs editor
 *
 * Prints for each size of the screen: median and 99th percentile in milliseconds, bytes a key, paragraphs wrapped and
 * React commits a key (best of three rounds of 150 keys); then the same with 200 tokens a second streaming in.
 */
import { EventEmitter } from "node:events";
import { currentDocument } from "../src/story/history.ts";
import { cursor } from "../src/story/selection.ts";
import { createLayout } from "../src/ui/layout.ts";
import type { Model } from "../src/ui/model.ts";
import { mountApp } from "../src/ui/mount.tsx";
import { createPainter } from "../src/ui/painter.ts";
import { createStudio } from "../src/ui/studio.ts";
import { createCompositor } from "../src/ui/terminal/compositor.ts";
import { createTheme, pageSgr } from "../src/ui/theme.ts";
import { deskModel } from "../test/ui/desk.ts";

const KEYS = 150;
const ROUNDS = 3;
const STORY_CHARACTERS = 1_000_000;

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

async function measure(columns: number, rows: number, streaming: boolean) {
  const text = prose(STORY_CHARACTERS);
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
    selection: cursor(text.indexOf("\n\n", text.length / 2) - 20),
    top: { line: Math.floor(currentDocument(desk.tree).text.lines / 2) - 5, row: 0 },
    columns,
    rows,
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
    performer: () => (effect) => {
      if (effect.type === "generate") asked = effect.request.id;
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
    const prompt = { tokens: [], text: "" };
    studio.dispatch({
      type: "generation",
      id: asked,
      at: 0,
      event: { type: "started", seed: 1, prompt, reusedTokens: 0 },
    });
    stream = setInterval(() => {
      const event = { type: "token", choice: 0, id: 1, logprob: -1, text: " word" } as const;
      studio.dispatch({ type: "generation", id: asked, at: Date.now(), event });
    }, 5);
  }
  const times: number[] = [];
  let bytes = 0;
  const wrapped = layout.wrappedParagraphs;
  const committed = commits;
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let i = 0; i < KEYS; i++) {
    await sleep(streaming ? 20 : 8);
    const before = output.bytes;
    const start = performance.now();
    studio.dispatch({ type: "typed", text: "abcdefg hij"[i % 11] ?? "x", at: Date.now() });
    times.push(performance.now() - start);
    bytes += output.bytes - before;
  }
  const used = process.cpuUsage(cpu);
  const share = (used.user + used.system) / 1000 / (performance.now() - began);
  if (stream) clearInterval(stream);
  const result = {
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    bytes: bytes / KEYS,
    wrapped: (layout.wrappedParagraphs - wrapped) / KEYS,
    commits: (commits - committed) / KEYS,
    cpu: share,
  };
  studio.close();
  app.unmount();
  return result;
}

for (const streaming of [false, true]) {
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
    [200, 60],
  ] as const) {
    const rounds: Awaited<ReturnType<typeof measure>>[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(columns, rows, streaming));
    const best = rounds.sort((a, b) => a.p99 - b.p99)[0];
    if (!best) continue;
    console.log(
      `${columns}x${rows}${streaming ? " + 200 tok/s" : ""}: p50 ${best.p50.toFixed(2)} ms, p99 ${best.p99.toFixed(2)} ms, ` +
        `${Math.round(best.bytes)} bytes, ${best.wrapped.toFixed(2)} paragraphs, ${best.commits.toFixed(2)} commits, ` +
        `${Math.round(best.cpu * 100)} % CPU`,
    );
  }
}
