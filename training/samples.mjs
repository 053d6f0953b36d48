// Prints the samples of a model card: Inkwright goes on from each line of `prompts.txt`, at its default settings and to
// the end of a sentence, with the line's number as the seed. Nothing is chosen or mended.
//
//     node training/samples.mjs ../models/NAME
//
// The built program is needed (`npm run build`).
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [model] = process.argv.slice(2);
if (!model) throw new Error("say the folder of a model");
const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const prompts = readFileSync(new URL("prompts.txt", import.meta.url), "utf8").trim().split("\n");
const home = mkdtempSync(join(tmpdir(), "inkwright-samples-"));
const env = { ...process.env, INKWRIGHT_CONFIG_DIR: home, INKWRIGHT_DATA_DIR: home, INKWRIGHT_CACHE_DIR: home };
try {
  prompts.forEach((prompt, index) => {
    const args = [cli, "continue", "--model", model, "--seed", String(index + 1), "--finish-sentence"];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { input: prompt, env, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    // One paragraph of the card each: line breaks of the text are told by a stroke.
    const text = stdout.replace(/\n$/, "").replaceAll(/\s*\n\s*/g, " / ");
    console.log(`${index + 1}. **${prompt}**${/^\s/.test(stdout) ? " " : ""}${text.trimStart()}\n`);
  });
} finally {
  rmSync(home, { recursive: true });
}
