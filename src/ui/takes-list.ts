import type { Take, TakenGeneration, TakePlace, TakeTree } from "../sessions/takes.ts";
import type { Model } from "./model.ts";
import type { TakeId, TakesView } from "./takes.ts";

/** A line of the list: a take, and where it hangs in the tree. */
export interface TakeLine {
  readonly take: Take;
  readonly generation: TakenGeneration;
  /** What stands for the same words of the story: what was asked for at its place, and what was begun with its words. */
  readonly rivals: readonly TakenGeneration[];
  readonly parent: Take | null;
  /** 0 on the way that the story took. */
  readonly depth: number;
  /** The first line of its siblings. */
  readonly leads: boolean;
}

/** What was asked for at one place below one take. */
export interface TakeBlock {
  readonly place: TakePlace;
  readonly generations: readonly TakenGeneration[];
  readonly parent: Take | null;
  /** See {@link TakeLine}. */
  readonly rivals: readonly TakenGeneration[];
  readonly depth: number;
}

/** The lines of the open list of takes; none while it is not open, or not read yet. */
export function takeLines({ panel }: Pick<Model, "panel">): readonly TakeLine[] {
  const view = panel?.takes;
  return panel && view?.tree ? linesOf(view.tree, view.scope, panel.back.selection.head) : [];
}

/** The chosen line. */
export function chosenTake(model: Pick<Model, "panel">): TakeLine | null {
  return takeLines(model)[model.panel?.chosen ?? 0] ?? null;
}

/** Index of the line of a take; -1 where it is in no line. */
export function lineOfTake(lines: readonly TakeLine[], { generation, choice }: TakeId): number {
  return lines.findIndex(({ take }) => take.generation === generation && take.choice === choice);
}

/** The take in whose stead this one would stand: it is in the story, unbroken. */
export function standingRival({ rivals }: TakeLine): Take | null {
  for (const { takes } of rivals) {
    const standing = takes.find((take) => take.standing?.whole);
    if (standing) return standing;
  }
  return null;
}

type Known = {
  readonly scope: TakesView["scope"];
  readonly cursor: number;
  readonly lines: readonly TakeLine[];
};

const known = new WeakMap<TakeTree, Known>();

/** Kept for each tree: thousands of lines are looked at with every key. */
function linesOf(tree: TakeTree, scope: TakesView["scope"], cursor: number): readonly TakeLine[] {
  const old = known.get(tree);
  if (old?.scope === scope && old.cursor === cursor) return old.lines;
  const blocks = takeBlocks(tree);
  const lines = (scope === "story" ? blocks : nearestFirst(blocks, cursor)).flatMap(blockLines);
  known.set(tree, { scope, cursor, lines });
  return lines;
}

/**
 * All blocks in the order of the story. Below the take that is in the story, the story goes on: what was asked for in
 * its words is as deep as itself. What hangs on other takes is deeper, and comes first, like a branch in a history.
 */
export function takeBlocks(tree: TakeTree): readonly TakeBlock[] {
  const blocks: TakeBlock[] = [];
  const left: TakeBlock[] = [...tree.places]
    .reverse()
    .map((place) => ({ ...place, parent: null, rivals: allBegun(place.generations), depth: 0 }));
  for (let block = left.pop(); block; block = left.pop()) {
    blocks.push(block);
    const takes = block.generations.flatMap((generation) => generation.takes);
    const aside = takes.filter(({ standing }) => !standing);
    const ahead = takes.filter(({ standing }) => standing);
    const { depth, rivals } = block;
    const below = [
      ...aside.flatMap((take) => childBlocks(take, rivals, depth + 1)),
      ...ahead.flatMap((take) => childBlocks(take, rivals, depth)),
    ];
    left.push(...below.reverse());
  }
  return blocks;
}

function childBlocks(parent: Take, rivals: readonly TakenGeneration[], depth: number): readonly TakeBlock[] {
  const groups = new Map<string, { readonly place: TakePlace; readonly generations: TakenGeneration[] }>();
  for (const generation of parent.children) {
    const { from, to, gone } = generation.place;
    const key = `${from} ${to} ${gone} ${isBegunWith(generation, parent)}`;
    const group = groups.get(key);
    if (group) group.generations.push(generation);
    else groups.set(key, { place: generation.place, generations: [generation] });
  }
  return [...groups.values()].map(({ place, generations }) => {
    const [first] = generations;
    const isBranch = first !== undefined && isBegunWith(first, parent);
    return { place, generations, parent, rivals: isBranch ? rivals : allBegun(generations), depth };
  });
}

/** Whether a generation began with words of a take, and not behind it. */
function isBegunWith({ takes }: TakenGeneration, parent: Take): boolean {
  const [first] = takes;
  return first !== undefined && first.begun > 0 && parent.text.startsWith(first.text.slice(0, first.begun));
}

/** Generations, and all that were begun with words of their takes, and so on. */
function allBegun(generations: readonly TakenGeneration[]): readonly TakenGeneration[] {
  const found = [...generations];
  for (const { takes } of found) {
    for (const take of takes) found.push(...take.children.filter((child) => isBegunWith(child, take)));
  }
  return found;
}

/** By how far the cursor is from a place, or from what stands there; what is gone last; of two at one place the later one first. */
function nearestFirst(blocks: readonly TakeBlock[], cursor: number): readonly TakeBlock[] {
  const distance = ({ place: { from, to }, generations }: TakeBlock): number => {
    const standing = generations.flatMap(({ takes }) => takes.flatMap((take) => take.standing ?? []));
    const end = standing.reduce((last, one) => Math.max(last, one.to), to);
    return cursor < from ? from - cursor : Math.max(0, cursor - end);
  };
  const latest = ({ generations }: TakeBlock): string => generations.at(-1)?.at ?? "";
  return blocks
    .map((block) => ({ block: { ...block, depth: 0 }, away: distance(block), at: latest(block) }))
    .sort(
      (a, b) =>
        Number(a.block.place.gone) - Number(b.block.place.gone) ||
        a.away - b.away ||
        (a.at < b.at ? 1 : a.at > b.at ? -1 : 0),
    )
    .map(({ block }) => block);
}

function blockLines({ generations, parent, rivals, depth }: TakeBlock): readonly TakeLine[] {
  const lines = generations.flatMap((generation) => generation.takes.map((take) => ({ take, generation })));
  return lines.map(({ take, generation }, i) => ({
    take,
    generation,
    rivals,
    parent,
    depth,
    leads: i === 0,
  }));
}
