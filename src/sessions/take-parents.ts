import type { StoryDocument } from "../story/document.ts";
import type { UndoTree } from "../story/history.ts";
import { itemAt } from "../story/long-list.ts";
import { passagesBetween } from "../story/passages.ts";
import type { GenerationRecord } from "./records.ts";
import type { AskedPlace, TakePlace } from "./take-places.ts";
import { choiceOfText } from "./take-standing.ts";

/** A take: the index of its generation, and its choice. */
export interface TakeIndex {
  readonly index: number;
  readonly choice: number;
}

/** Blanks and line breaks that a writer may put between a take and what is asked for behind it. */
const MOST_BLANKS = 8;

/**
 * The take below which each generation belongs; null for one at the top. That is the take in whose words, or right
 * behind them, it was asked for; or an earlier one at the same place, if it was begun with its words.
 */
export function parentsOf(
  generations: readonly GenerationRecord[],
  places: readonly (AskedPlace | null)[],
  tree: UndoTree,
): readonly (TakeIndex | null)[] {
  const byId = new Map(generations.map(({ id }, index) => [id, index]));
  /** Generations by the place where they were asked for. */
  const groups = new Map<string, number[]>();
  return generations.map((generation, index) => {
    const place = places[index];
    if (!place) return null;
    const document = itemAt(tree.revisions, place.revision)?.document;
    const passage = document && passageAround(document, place.asked, generation.id);
    const parent = passage ? byId.get(passage.generation) : undefined;
    const around =
      parent !== undefined && parent < index && document && passage
        ? {
            index: parent,
            choice: choiceIn(generations, parent, document.text.sliceString(passage.from, passage.to)),
          }
        : null;
    const key = `${place.now.from} ${place.now.gone}`;
    const group = groups.get(key);
    const begun = generation.begin ? begunWith(generations, group ?? [], generation.begin) : null;
    if (group) group.push(index);
    else groups.set(key, [index]);
    return begun ?? around;
  });
}

function choiceIn(generations: readonly GenerationRecord[], index: number, text: string): number {
  const generation = generations[index];
  return generation ? choiceOfText(generation, text, 0) : 0;
}

/** The passage that ends at a place or goes on behind it; for a rewrite, the one that holds all of it. */
function passageAround({ text, passages }: StoryDocument, { from, to }: TakePlace, own: string) {
  if (from < to) {
    return passagesBetween(passages, from, to).find(
      (passage) => passage.generation !== own && passage.from <= from && to <= passage.to,
    );
  }
  const before = text.sliceString(Math.max(0, from - MOST_BLANKS), from);
  for (let at = from; at > 0; at--) {
    const [passage] = passagesBetween(passages, at - 1, at);
    if (passage) return passage.generation === own ? undefined : passage;
    const blank = before.at(at - 1 - from);
    if (blank === undefined || blank.trim() !== "") return undefined;
  }
  return undefined;
}

/** The first of some generations' takes that begins with these words. */
function begunWith(
  generations: readonly GenerationRecord[],
  group: readonly number[],
  begin: string,
): TakeIndex | null {
  for (const index of group) {
    const generation = generations[index];
    const start = generation?.begin ?? "";
    const choice = generation?.choices.findIndex((one) => one && (start + one.text).startsWith(begin)) ?? -1;
    if (choice >= 0) return { index, choice };
  }
  return null;
}
