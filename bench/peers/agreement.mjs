// Whether the engines compute the same thing at all.
import { promptIds } from "./prompts.mjs";
import { startWorker } from "./worker.mjs";

/**
 * Has every exact contender write after each prompt. Returns a sentence about the first token that differs, or null
 * where all ids are the same.
 *
 * @param {readonly import("./contenders.mjs").Contender[]} contenders
 * @param {readonly number[]} prompts lengths
 * @param {number} length
 * @param {(contender: import("./contenders.mjs").Contender) => object} settings
 * @param {import("../../src/engine/gpt2/config.ts").Gpt2Config} config
 */
export async function findDifference(contenders, prompts, length, settings, config) {
  const written = [];
  for (const contender of contenders) {
    const worker = await startWorker(contender, settings(contender));
    for (const [index, tokens] of prompts.entries()) {
      const { ids } = await worker.ask(promptIds(config, tokens, 0), length);
      written[index] = [...(written[index] ?? []), { name: contender.name, ids }];
    }
    await worker.close();
  }
  for (const [index, [first, ...others]] of written.entries()) {
    for (const other of others) {
      const at = first.ids.findIndex((id, place) => id !== other.ids[place]);
      if (at < 0) continue;
      return (
        `After the prompt of ${prompts[index]} tokens, token ${at + 1} of ${length} differs: ` +
        `${first.name} wrote ${first.ids[at]}, ${other.name} wrote ${other.ids[at]}.`
      );
    }
  }
  return null;
}
