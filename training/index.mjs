// Makes the index of the texts that a model was trained on, against which takes are checked:
//
//     xz -dc fiction-0.jsonl.xz fiction-1.jsonl.xz | node training/index.mjs --limit-mb 230 --out models/fable/training-index.bin
//
// One JSON object with a "text" a line. A Bloom filter of the hashes of all runs of 8 words whose hash is a multiple
// of `every`; see src/models/training-index.ts, whose hashes these must be.
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { buildSync } from "esbuild";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    "limit-mb": { type: "string", default: "1000000" },
    every: { type: "string", default: "16" },
    "size-mb": { type: "string", default: "4" },
  },
});
if (!values.out) throw new Error("--out FILE says where the index goes");

const { outputFiles } = buildSync({
  entryPoints: [new URL("../src/models/training-index.ts", import.meta.url).pathname],
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
const limit = Number(values["limit-mb"]) * 1e6;
const found = new Set();
const known = new Map();
let bytes = 0;
let texts = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { text } = JSON.parse(line);
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
  if (bytes >= limit) break;
}
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
