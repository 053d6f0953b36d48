import type { FinishReason } from "../engine/types.ts";
import { currentDocument, type UndoTree } from "../story/history.ts";
import type { GenerationId } from "../story/passages.ts";
import type { GenerationRecord, OutcomeRecord, SessionRecord } from "./records.ts";
import { parentsOf } from "./take-parents.ts";
import { placesOf, type TakePlace } from "./take-places.ts";
import { choiceOf, type Standing, standingTakes } from "./take-standing.ts";

export type { TakePlace } from "./take-places.ts";

/** One text that the model wrote, as it was offered. */
export interface Take {
  readonly generation: GenerationId;
  /** Index into the generation's choices. */
  readonly choice: number;
  /** What it was begun with, and what the model wrote behind that. */
  readonly text: string;
  /** UTF-16 code units of `text` that were given to the model. */
  readonly begun: number;
  readonly finish: FinishReason;
  /** What the session says became of it last; `open` where it says nothing. */
  readonly outcome: "accepted" | "rejected" | "kept" | "open";
  /** Where words of it are in the story now; null where none are. */
  readonly standing: Standing | null;
  readonly name: string | null;
  readonly marked: boolean;
  /** What was asked for inside it or at its end, and what was begun with its words; in order of time. */
  readonly children: readonly TakenGeneration[];
}

/** A generation with its takes. */
export interface TakenGeneration {
  readonly id: GenerationId;
  readonly task: "continue" | "rewrite";
  /** ISO 8601 time. */
  readonly at: string;
  readonly model: string;
  readonly seed: number;
  readonly place: TakePlace;
  /** What a rewrite was to replace. */
  readonly selected: string | null;
  readonly takes: readonly Take[];
}

/** What was asked for at one place. */
export interface PlacedTakes {
  readonly place: TakePlace;
  readonly generations: readonly TakenGeneration[];
}

/** Every take of a session: by places in the order of the story, those that are gone last. */
export interface TakeTree {
  readonly places: readonly PlacedTakes[];
  /** How many takes there are. */
  readonly count: number;
}

/**
 * All that was ever generated for a story, as a tree: the places where something was asked for, what was asked for
 * there, and its choices; below a choice what was asked for in its words. Every choice is there once.
 *
 * @param tree the session's, as `foldSession` makes it, or the editor's
 */
export function takesOf(records: readonly SessionRecord[], tree: UndoTree): TakeTree {
  const generations = records.filter((record) => record.type === "generation");
  const outcomes = new Map<GenerationId, OutcomeRecord>();
  const names = new Map<string, { readonly name: string | null; readonly marked: boolean }>();
  for (const record of records) {
    if (record.type === "outcome") outcomes.set(record.generation, record);
    if (record.type !== "take") continue;
    const key = keyOf(record.generation, record.choice);
    const old = names.get(key) ?? { name: null, marked: false };
    const name = record.name === undefined ? old.name : record.name === "" ? null : record.name;
    names.set(key, { name, marked: record.marked ?? old.marked });
  }
  const places = placesOf(records, tree);
  const parents = parentsOf(generations, places, tree);
  const standing = standingTakes(generations, outcomes, currentDocument(tree));
  const children = new Map<string, TakenGeneration[]>();
  const roots: TakenGeneration[] = [];
  // The last one first: what was asked for in the words of a take is later than these.
  for (let index = generations.length - 1; index >= 0; index--) {
    const record = generations[index];
    if (!record) continue;
    const takes = record.choices.flatMap((choice, number) => {
      if (!choice) return [];
      const key = keyOf(index, number);
      const take: Take = {
        generation: record.id,
        choice: number,
        text: (record.begin ?? "") + choice.text,
        begun: record.begin?.length ?? 0,
        finish: choice.finish_reason,
        outcome: outcomeOf(record, number, outcomes.get(record.id)),
        standing: standing.get(key) ?? null,
        ...(names.get(keyOf(record.id, number)) ?? { name: null, marked: false }),
        children: (children.get(key) ?? []).reverse(),
      };
      return [take];
    });
    const place = places[index]?.now ?? { from: 0, to: 0, gone: true };
    const { id, task, at, model, seed } = record;
    const node = { id, task, at, model: model.name, seed, place, selected: record.selected ?? null, takes };
    const parent = parents[index] ?? null;
    const key = parent && keyOf(parent.index, parent.choice);
    if (key === null) roots.push(node);
    else children.set(key, [...(children.get(key) ?? []), node]);
  }
  const count = generations.reduce((sum, { choices }) => sum + choices.length, 0);
  return { places: inOrder(roots.reverse()), count };
}

function keyOf(generation: GenerationId | number, choice: number): string {
  return `${generation} ${choice}`;
}

function outcomeOf(
  record: GenerationRecord,
  choice: number,
  outcome: OutcomeRecord | undefined,
): Take["outcome"] {
  if (!outcome) return "open";
  if (outcome.outcome !== "accepted") return outcome.outcome;
  return choiceOf(record, outcome) === choice ? "accepted" : "rejected";
}

/** Generations by their places, these in the order of the story. */
function inOrder(generations: readonly TakenGeneration[]): readonly PlacedTakes[] {
  const groups = new Map<string, { readonly place: TakePlace; readonly generations: TakenGeneration[] }>();
  for (const generation of generations) {
    const { place } = generation;
    const key = `${place.from} ${place.to} ${place.gone}`;
    const group = groups.get(key);
    if (group) group.generations.push(generation);
    else groups.set(key, { place, generations: [generation] });
  }
  return [...groups.values()].sort(
    (a, b) =>
      Number(a.place.gone) - Number(b.place.gone) || a.place.from - b.place.from || a.place.to - b.place.to,
  );
}
