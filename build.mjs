// Bundles the program into dist/: `node build.mjs [--types]`.
// One bundle a process (the command line, the engine's child process, the library), so that each starts fast.
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { banner, withoutDeadweight } from "./bundling.mjs";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const withTypes = process.argv.includes("--types");

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: {
    cli: "src/cli.ts",
    "engine-host": "src/engine/process/host.ts",
    "bench-host": "src/commands/bench-host.ts",
    "spelling-host": "src/commands/spelling-host.ts",
    index: "src/index.ts",
  },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  jsx: "automatic",
  external: ["onnxruntime-node", "hunspell-wasm"],
  define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: banner },
  plugins: [withoutDeadweight],
  logLevel: "warning",
});
chmodSync("dist/cli.js", 0o755);
if (withTypes) {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
}
