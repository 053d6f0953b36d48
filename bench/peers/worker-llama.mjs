// llama.cpp, through node-llama-cpp.
import { getLlama } from "node-llama-cpp";
import { serve } from "./serve.mjs";

await serve(async ({ source, precision, threads, contextLength }) => {
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    maxThreads: threads,
    logLevel: "error",
  });
  const model = await llama.loadModel({ modelPath: source.path });
  // The cache is float16 unless something else is asked for: with that, F32 would not be exact.
  const exact = { experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32" };
  const context = await model.createContext({
    contextSize: contextLength,
    batchSize: contextLength,
    threads,
    ...(precision === "F32" ? exact : {}),
  });
  const sequence = context.getSequence();
  return { write: (...request) => write(sequence, ...request), close: () => llama.dispose() };
});

async function write(sequence, prompt, length, arrived) {
  await sequence.clearHistory();
  let left = length;
  for await (const id of sequence.evaluate([...prompt], { temperature: 0, yieldEogToken: true })) {
    arrived(id);
    if (--left === 0) return;
  }
}
