import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/**
 * Bundles a TypeScript program of the tests so that plain Node runs it.
 *
 * @param source file name in this folder
 * @returns path of the bundle, in a temporary folder of its own
 */
export function bundleProgram(source: string): string {
  const outfile = join(mkdtempSync(join(tmpdir(), "inkwright-program-")), "program.mjs");
  buildSync({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    logLevel: "error",
  });
  return outfile;
}
