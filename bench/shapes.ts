/**
 * GPT-2's five sizes with random weights, each fetched from an imitation of the hub on loopback, checked, and made to
 * write, by the built command line:
 *
 *     npm run build && node bench/run.mjs shapes
 *     node bench/run.mjs shapes distilgpt2 gpt2       only these
 *
 * Needs twice the room of the largest on the disk, 13 GB for all.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { OFFICIAL } from "../src/engine/gpt2/names.ts";
import { randomCheckpoint } from "../src/models/random-checkpoint.ts";
import { SHAPE_NAMES } from "../src/models/shapes.ts";
import { serveHub } from "../test/models/hub/imitation.ts";

const only = process.argv.slice(2);
for (const name of SHAPE_NAMES.filter((one) => only.length === 0 || only.includes(one))) {
  const home = await mkdtemp(join(tmpdir(), "inkwright-shapes-"));
  try {
    const folder = await randomCheckpoint(name, home, {
      onProgress() {},
      signal: new AbortController().signal,
    });
    const repo = OFFICIAL.find((one) => one.name === name)?.repo ?? name;
    const hub = await serveHub({ [repo]: folder });
    const run = async (...args: string[]): Promise<string> => {
      const begun = performance.now();
      const child = spawn(process.execPath, [resolve("dist/cli.js"), ...args], {
        env: { PATH: process.env.PATH, HOME: home, HF_ENDPOINT: hub.url },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      child.stdout.on("data", (part) => (text += part));
      const [code] = await once(child, "close");
      if (code !== 0) throw new Error(`${name}: ${args.join(" ")} ended with ${code}: ${text}`);
      console.log(
        `${name}: ${args.slice(0, 2).join(" ")} ${((performance.now() - begun) / 1000).toFixed(1)} s`,
      );
      return text;
    };
    await run("models", "pull", name);
    await rm(folder, { recursive: true });
    await run("models", "verify", name);
    const story = resolve("stories/lighthouse.md");
    await run("continue", story, "--model", name, "--length", "8", "--no-record");
    await hub.close();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
