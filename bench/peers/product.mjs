// The parts of Inkwright's source that write the peers' files: the checkpoint reader, the tokenizer's and protobuf.
import { mkdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { banner } from "../../bundling.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What is taken, file by file. */
const PARTS = [
  'export { openCheckpoint } from "./src/engine/gpt2/checkpoint.ts";',
  'export { fingerprint } from "./src/engine/gpt2/fingerprint.ts";',
  'export { readVocabulary } from "./src/engine/tokenizer-files.ts";',
  'export * as protobuf from "./src/engine/onnx/protobuf.ts";',
];

/** Bundles those parts, since Node 20 runs no TypeScript, and returns them as one module. */
export async function loadProduct() {
  const folder = fileURLToPath(new URL("node_modules/.cache/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}product.mjs`;
  await build({
    stdin: { contents: PARTS.join("\n"), resolveDir: root, loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    banner: { js: banner },
    logLevel: "warning",
  });
  return import(pathToFileURL(outfile).href);
}
