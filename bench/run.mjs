// Bundles a bench and runs it: `node bench/run.mjs editor|screens|shapes`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { banner, withoutDeadweight } from "../bundling.mjs";

const [name = "", ...rest] = process.argv.slice(2);
const source = ["ts", "tsx"]
  .map((ending) => fileURLToPath(new URL(`${name}.${ending}`, import.meta.url)))
  .find((path) => existsSync(path));
if (!source) {
  console.error("usage: node bench/run.mjs editor|screens|shapes");
  process.exit(2);
}
// Inside the project, so that packages left out of the bundle are found.
const folder = fileURLToPath(new URL("../node_modules/.cache/bench/", import.meta.url));
mkdirSync(folder, { recursive: true });
const outfile = `${folder}${name}.mjs`;
await build({
  entryPoints: [source],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  jsx: "automatic",
  // CommonJS packages that the tests' terminal uses are bundled; native ones stay outside.
  packages: "bundle",
  external: ["onnxruntime-node", "@lydell/node-pty"],
  banner: { js: banner },
  plugins: [withoutDeadweight],
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
});
process.exitCode = spawnSync(process.execPath, [outfile, ...rest], { stdio: "inherit" }).status ?? 1;
