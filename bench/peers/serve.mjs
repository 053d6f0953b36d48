// What the worker processes share: a line of JSON in, a line of JSON out.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * @typedef {object} Opened
 * @property {(prompt: readonly number[], length: number, arrived: (id: number) => void) => Promise<void>} write writes
 *   `length` tokens after `prompt`, greedily, and tells each as it comes
 * @property {() => Promise<void> | void} close
 */

/**
 * Opens an engine with the settings of the command line, says how long that took, and answers each request
 * `{prompt, length}` until its input ends. Only lines that begin with `{` are answers: libraries print as well.
 *
 * @param {(settings: any) => Promise<Opened>} open
 */
export async function serve(open) {
  const settings = JSON.parse(process.argv[2]);
  const start = performance.now();
  const engine = await open(settings);
  answer({ load_ms: performance.now() - start });
  for await (const line of createInterface({ input: process.stdin })) {
    const { prompt, length } = JSON.parse(line);
    answer(await measure(engine, prompt, length));
  }
  await engine.close();
}

/** One request, timed the same way for every engine: by when its tokens arrive. */
async function measure(engine, prompt, length) {
  const ids = [];
  const start = performance.now();
  let first = start;
  let last = start;
  await engine.write(prompt, length, (id) => {
    last = performance.now();
    if (ids.length === 0) first = last;
    ids.push(id);
  });
  if (ids.length !== length)
    throw new Error(`${ids.length} tokens came, not ${length}: the model ended its text`);
  return {
    ids,
    ttft_ms: first - start,
    prefill_tps: (prompt.length / (first - start)) * 1000,
    decode_tps: ((length - 1) / (last - first)) * 1000,
    peak_rss_mb: peakMemory(),
  };
}

/** The most memory that this process has had resident, in MB (2^20 bytes). */
function peakMemory() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  // Not maxRSS: a child begins with its parent's.
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
}

function answer(object) {
  process.stdout.write(`${JSON.stringify(object)}\n`);
}
