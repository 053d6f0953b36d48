// Inkwright, through its library.
import { completeSettings, openEngine } from "../../dist/index.js";
import { serve } from "./serve.mjs";

await serve(async ({ source, precision, threads }) => {
  const { folder, weightsFolder } = source;
  const engine = await openEngine(folder, { threads, precision, weightsFolder });
  if (engine.card.precision !== precision)
    throw new Error(`opened as ${engine.card.precision}, not ${precision}`);
  return { write: (...request) => write(engine, ...request), close: () => engine.close() };
});

async function write(engine, prompt, length, arrived) {
  const settings = completeSettings({ greedy: true, length });
  const request = { id: "bench", task: "continue", before: "", choices: 1, settings, promptTokens: prompt };
  for await (const event of engine.generate(request)) {
    if (event.type === "token") arrived(event.id);
    if (event.type === "finished" && event.timing.prefillTokens !== prompt.length) {
      throw new Error(
        `only ${event.timing.prefillTokens} of ${prompt.length} tokens were read: the cache held some`,
      );
    }
  }
}
