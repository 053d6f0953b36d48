/**
 * Times a model: how long it takes to open, to read a prompt, and to write after it.
 *
 *     node bench/run.mjs engine [FOLDER] [THREADS]
 *
 * Prints one JSON object: milliseconds for opening, tokens a second for the best of five rounds, memory in MB.
 */
import { openModel } from "../src/engine/gpt2/open.ts";

const PROMPT_TOKENS = 300;
const NEW_TOKENS = 100;
const ROUNDS = 5;

const folder = process.argv[2] ?? "models/fable";
const threads = process.argv[3] === undefined ? {} : { threads: Number(process.argv[3]) };

const opening = performance.now();
const { model, card } = await openModel(folder, threads);
const openMs = Math.round(performance.now() - opening);

const prompt = Array.from({ length: PROMPT_TOKENS }, (_, i) => (i * 7919 + 13) % card.vocabularySize);
let prefill = 0;
let decode = 0;
for (let round = 0; round < ROUNDS; round++) {
  const cache = model.createCache();
  const start = performance.now();
  let logits = await model.step(prompt, cache);
  const read = performance.now();
  for (let i = 0; i < NEW_TOKENS; i++) {
    const best = logits.reduce((top, logit, id) => (logit > (logits[top] ?? 0) ? id : top), 0);
    logits = await model.step([best], cache);
  }
  prefill = Math.max(prefill, (PROMPT_TOKENS / (read - start)) * 1000);
  decode = Math.max(decode, (NEW_TOKENS / (performance.now() - read)) * 1000);
}
await model.close();

const { name, runtime } = card;
const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(
  JSON.stringify({
    name,
    runtime,
    openMs,
    prefill: Math.round(prefill),
    decode: Math.round(decode),
    memoryMb,
  }),
);
