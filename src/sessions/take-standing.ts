import type { StoryDocument } from "../story/document.ts";
import type { GenerationId, Passage } from "../story/passages.ts";
import type { GenerationRecord, OutcomeRecord } from "./records.ts";

/** Where words of a take are in the story; `whole` where nothing stands between them. */
export interface Standing {
  readonly from: number;
  readonly to: number;
  readonly whole: boolean;
}

/** The choice that an outcome took. */
export function choiceOf(generation: GenerationRecord, outcome: OutcomeRecord): number {
  const { choice = 0 } = outcome;
  return choice < generation.choices.length ? choice : 0;
}

/**
 * The choice of a generation that a text in the story is of: the one that has these words, else `otherwise`, since the
 * writer may have changed them. White space at the ends does not count, it may have been put in as a joint.
 */
export function choiceOfText(generation: GenerationRecord, text: string, otherwise: number): number {
  const words = text.trim();
  const has = (choice: number): boolean => {
    const found = generation.choices[choice];
    return found !== undefined && `${generation.begin ?? ""}${found.text}`.includes(words);
  };
  if (has(otherwise)) return otherwise;
  const index = generation.choices.findIndex((_, choice) => has(choice));
  return index < 0 ? otherwise : index;
}

/** Where takes are in a story, by the generation's index and the choice: `12 0`. */
export function standingTakes(
  generations: readonly GenerationRecord[],
  outcomes: ReadonlyMap<GenerationId, OutcomeRecord>,
  { text, passages }: StoryDocument,
): ReadonlyMap<string, Standing> {
  const byId = new Map(generations.map((generation, index) => [generation.id, { generation, index }]));
  const found = new Map<string, Passage[]>();
  for (const passage of passages) {
    const one = byId.get(passage.generation);
    if (!one) continue;
    const outcome = outcomes.get(passage.generation);
    const taken = outcome ? choiceOf(one.generation, outcome) : 0;
    const choice = choiceOfText(one.generation, text.sliceString(passage.from, passage.to), taken);
    const key = `${one.index} ${choice}`;
    found.set(key, [...(found.get(key) ?? []), passage]);
  }
  return new Map(
    [...found].map(([key, pieces]) => {
      const from = pieces[0]?.from ?? 0;
      return [key, { from, to: pieces.at(-1)?.to ?? from, whole: pieces.length === 1 }];
    }),
  );
}
