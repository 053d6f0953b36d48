import { type ChangeDesc, type ChangeSet, MapMode } from "@codemirror/state";
import type { Revision, UndoTree } from "../story/history.ts";
import { itemAt } from "../story/long-list.ts";
import type { SessionRecord } from "./records.ts";
import { askedPlaces } from "./take-revisions.ts";

/** A place of the story, in UTF-16 code units; `from` equals `to` for a continuation. */
export interface TakePlace {
  readonly from: number;
  readonly to: number;
  /** What stood around it is not in the story any more; the position is where it was, as far as that can be told. */
  readonly gone: boolean;
}

/** Where a generation was asked for. */
export interface AskedPlace {
  /** The revision that the story was in. */
  readonly revision: number;
  /** In the text of that revision as it was left. */
  readonly asked: TakePlace;
  /** In the present text. */
  readonly now: TakePlace;
}

/**
 * Where the generations of a session were asked for, and where these places are now, in the order of the records; null
 * for one without a place. Places move as marks do: what is typed at an edge is outside, and a point stays in front of
 * what is put in there. The way from then to now leads through the undo tree: an edit that was taken back has moved
 * nothing.
 *
 * @param tree the session's, as `foldSession` makes it, or the editor's
 */
export function placesOf(records: readonly SessionRecord[], tree: UndoTree): readonly (AskedPlace | null)[] {
  const asked = askedPlaces(records, tree);
  const points = new Points(asked.length);
  const groups = new Map<number, number[]>();
  for (const [index, place] of asked.entries()) {
    if (!place) continue;
    points.set(index, place);
    const group = groups.get(place.revision);
    if (group) group.push(index);
    else groups.set(place.revision, [index]);
  }
  const chain = chainOf(tree);
  const onChain = new Set(chain);
  // A revision is later than the one that it grew from: what is off the way comes down to it branch by branch.
  for (let number = tree.revisions.length - 1; number >= 0; number--) {
    const group = groups.get(number);
    const revision = itemAt(tree.revisions, number);
    if (!group || onChain.has(number) || !revision) continue;
    groups.delete(number);
    if (revision.parent === number || !revision.changes) {
      for (const index of group) points.lose(index);
      continue;
    }
    const back = revision.changes.desc.invertedDesc;
    for (const index of group) points.map(index, back);
    const below = groups.get(revision.parent);
    if (below) for (const index of group) below.push(index);
    else groups.set(revision.parent, group);
  }
  const carried: number[] = [];
  for (const [step, number] of chain.entries()) {
    const changes = step > 0 ? itemAt(tree.revisions, number)?.changes : null;
    if (changes) points.mapAll(carried, changes);
    for (const index of groups.get(number) ?? []) carried.push(index);
  }
  return asked.map((place, index) =>
    place
      ? { revision: place.revision, asked: placed(place.from, place.to, place.gone), now: points.get(index) }
      : null,
  );
}

/** The revisions from a root to the present one. */
function chainOf(tree: UndoTree): readonly number[] {
  const chain: number[] = [];
  for (let number = tree.current; ; ) {
    chain.push(number);
    const revision: Revision | undefined = itemAt(tree.revisions, number);
    if (!revision || revision.parent === number) return chain.reverse();
    number = revision.parent;
  }
}

function placed(from: number, to: number, gone: boolean): TakePlace {
  return { from: Math.min(from, to), to, gone };
}

/** Places under way. In flat arrays: thousands of them pass through tens of thousands of changes. */
class Points {
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  readonly #isRange: Uint8Array;
  readonly #gone: Uint8Array;

  constructor(count: number) {
    this.#from = new Int32Array(count);
    this.#to = new Int32Array(count);
    this.#isRange = new Uint8Array(count);
    this.#gone = new Uint8Array(count);
  }

  set(index: number, { from, to, gone }: TakePlace): void {
    this.#from[index] = from;
    this.#to[index] = to;
    this.#isRange[index] = from < to ? 1 : 0;
    this.#gone[index] = gone ? 1 : 0;
  }

  get(index: number): TakePlace {
    return placed(this.#from[index] ?? 0, this.#to[index] ?? 0, this.#gone[index] === 1);
  }

  /** Nothing of the present text comes from where it was. */
  lose(index: number): void {
    this.set(index, { from: 0, to: 0, gone: true });
  }

  map(index: number, changes: ChangeDesc): void {
    const [from, to] = [this.#from[index] ?? 0, this.#to[index] ?? 0];
    if (this.#isRange[index] === 1) {
      const end = changes.mapPos(to, -1);
      this.#to[index] = end;
      this.#from[index] = Math.min(end, changes.mapPos(from, 1));
      if (this.#from[index] === end) this.#gone[index] = 1;
      return;
    }
    if (changes.mapPos(from, -1, MapMode.TrackDel) === null) this.#gone[index] = 1;
    this.#from[index] = changes.mapPos(from, -1);
    this.#to[index] = this.#from[index] ?? 0;
  }

  /** As {@link Points.map} for many; a change of one place, as nearly all are, without looking through it anew. */
  mapAll(indices: readonly number[], changes: ChangeSet): void {
    const ranges: (readonly [number, number, number])[] = [];
    changes.iterChangedRanges((from, to, newFrom, newTo) => ranges.push([from, to, newTo - newFrom]), true);
    const [only] = ranges;
    if (!only) return;
    if (ranges.length > 1) {
      for (const index of indices) this.map(index, changes);
      return;
    }
    const [start, end, inserted] = only;
    const shift = inserted - (end - start);
    for (const index of indices) {
      const from = this.#from[index] ?? 0;
      const to = this.#to[index] ?? 0;
      // Behind the change all moves alike, before it nothing does; what it touches is left to the library.
      if (from > end) {
        this.#from[index] = from + shift;
        this.#to[index] = to + shift;
      } else if (to >= start) {
        this.map(index, changes);
      }
    }
  }
}
