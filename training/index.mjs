// Makes the index of the texts that a model was trained on, against which takes are checked:
//
//     xz -dc fiction-*.jsonl.xz | node training/index.mjs --documents N --out models/NAME/training-index.bin
//
// One JSON object with a "text" a line; N is `read_documents` of the data's meta.json. esbuild is needed (`npm ci`). A Bloom filter of the hashes of all runs of 8 words whose hash is a multiple
// of `every`; see src/models/training-index.ts, whose hashes these must be.
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildSync } from "esbuild";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    documents: { type: "string", default: "Infinity" },
    every: { type: "string", default: "10" },
    "size-mb": { type: "string", default: "8" },
  },
});
if (!values.out) throw new Error("--out FILE says where the index goes");

const { outputFiles } = buildSync({
  entryPoints: [fileURLToPath(new URL("../src/models/training-index.ts", import.meta.url))],
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
});
const code = Buffer.from(outputFiles[0].contents).toString("base64");
const { indexWords, wordHash, runHash, bloomBits } = await import(`data:text/javascript;base64,${code}`);

const RUN = 8;
const every = Number(values.every);
const bits = Number(values["size-mb"]) * 8 * 2 ** 20;
const most = Number(values.documents);
const found = new Set();
const known = new Map();
let bytes = 0;
let texts = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const text = line.trim() === "" ? "" : JSON.parse(line).text;
  if (text.trim() === "") continue;
  const words = indexWords(text);
  const hashes = new Uint32Array(words.length);
  for (const [i, { key }] of words.entries()) {
    let hash = known.get(key);
    if (hash === undefined) {
      hash = wordHash(key);
      if (known.size < 500_000) known.set(key, hash);
    }
    hashes[i] = hash;
  }
  for (let at = 0; at + RUN <= words.length; at++) {
    const hash = runHash(hashes, at, RUN);
    if (hash % every === 0) found.add(hash);
  }
  bytes += Buffer.byteLength(text);
  texts++;
  if (texts >= most) break;
}
if (found.size === 0) throw new Error("no text came in, or none of more than a few words");
// The number of bits for an entry that makes the fewest false hits (Bloom 1970).
const count = Math.max(1, Math.round((bits / found.size) * Math.LN2));
const filter = Buffer.alloc(24 + bits / 8);
filter.write("IWTI", 0, "latin1");
for (const [i, value] of [1, RUN, every, count, bits].entries()) filter.writeUInt32LE(value, 4 + 4 * i);
for (const hash of found) {
  for (const bit of bloomBits(hash, bits, count)) filter[24 + (bit >> 3)] |= 1 << (bit & 7);
}
writeFileSync(values.out, filter);
const wrong = (1 - Math.exp((-count * found.size) / bits)) ** count;
console.log(JSON.stringify({ texts, megabytes: bytes / 1e6, runs: found.size, bits, count, false_hits: wrong }));
