import type { Passage } from "../story/passages.ts";
import type { GenerationRecord } from "./records.ts";

/** Which model wrote something, and how, in one line. */
export function provenance({ at, model, settings, seed, task }: GenerationRecord): string {
  const how = settings.greedy ? "greedy" : `temperature ${settings.temperature}, top_p ${settings.top_p}`;
  return `${task} by ${model.name} (${model.fingerprint}), ${how}, seed ${seed}, ${at}`;
}

/** The text in runs of one author; `generation` is null for the writer's. */
export function pieces(
  text: string,
  passages: readonly Passage[],
): readonly { readonly text: string; readonly generation: string | null }[] {
  let end = 0;
  const runs = passages.flatMap(({ from, to, generation }) => {
    const between = { text: text.slice(end, from), generation: null };
    end = to;
    return [between, { text: text.slice(from, to), generation }];
  });
  return [...runs, { text: text.slice(end), generation: null }].filter((run) => run.text !== "");
}
