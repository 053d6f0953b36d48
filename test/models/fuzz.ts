import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fuzz } from "./fuzzing.ts";

// `npm run fuzz [-- COUNT [SEED]]`: both readers of weights, with spoilt files, a million each if nothing is said.
const [count = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "inkwright-fuzz-"));
try {
  for (const format of ["safetensors", "gguf"] as const) {
    const began = performance.now();
    let most = 0;
    const { read, refused, slowest } = await fuzz(format, count, seed, join(folder, "model"), (done) => {
      if (done % 1000 === 0) most = Math.max(most, process.memoryUsage().rss);
    });
    const seconds = (performance.now() - began) / 1000;
    console.log(
      `${format}: ${count} inputs in ${seconds.toFixed(0)} s (${(count / seconds).toFixed(0)}/s), ${read} read, ` +
        `${refused} refused, slowest ${slowest.toFixed(0)} ms, at most ${(most / 1e6).toFixed(0)} MB of memory`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
