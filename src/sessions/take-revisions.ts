import { ChangeSet, MapMode } from "@codemirror/state";
import type { UndoTree } from "../story/history.ts";
import { itemAt } from "../story/long-list.ts";
import { passagesBetween } from "../story/passages.ts";
import type { EditRecord, GenerationRecord, SessionRecord } from "./records.ts";

/** Where a generation was asked for: in the text that its revision was left with. */
export interface RevisionPlace {
  readonly revision: number;
  readonly from: number;
  readonly to: number;
  readonly gone: boolean;
}

/** A revision as far as its number depends on it. */
interface Numbered {
  readonly isRoot: boolean;
  readonly byWriter: boolean;
  hasChildren: boolean;
  length: number;
}

/**
 * The revision of each generation, in the order of the records; null for one that has no place. Revisions are counted
 * as `foldSession` counts them, but no text is built: the texts are in the tree.
 */
export function askedPlaces(
  records: readonly SessionRecord[],
  tree: UndoTree,
): readonly (RevisionPlace | null)[] {
  const revisions: Numbered[] = [{ isRoot: true, byWriter: true, hasChildren: false, length: 0 }];
  const found: (RevisionPlace | null)[] = [];
  /** Those of the present revision, which may grow. */
  let fresh: number[] = [];
  let current = 0;
  let followed = true;
  const enter = (revision: number): void => {
    current = revision;
    fresh = [];
  };
  for (const record of records) {
    if (record.type === "generation") {
      const place = placeIn(record, current, revisions[current]?.length ?? 0);
      if (place) fresh.push(found.length);
      found.push(place);
    } else if (record.type === "jump" && followed) {
      if (revisions[record.to]) enter(record.to);
      else followed = false;
    } else if (record.type === "edit") {
      const isRoot = record.cause === "opened";
      if (isRoot) followed = true;
      if (!followed) continue;
      if (isRoot) enter(0);
      const here = revisions[current];
      const size = sizeOf(record.changes);
      if (!here || size?.before !== here.length) {
        followed = false;
        continue;
      }
      const byWriter = record.origin.by === "writer";
      if (record.joins && byWriter && here.byWriter && !here.isRoot && !here.hasChildren) {
        here.length = size.after;
        if (fresh.length > 0) grow(found, fresh, record);
        continue;
      }
      if (!isRoot) here.hasChildren = true;
      revisions.push({ isRoot, byWriter, hasChildren: false, length: size.after });
      enter(revisions.length - 1);
    }
  }
  return behindOwnWords(found, records, tree);
}

function placeIn(record: GenerationRecord, revision: number, length: number): RevisionPlace | null {
  if (!record.place) return null;
  const from = Math.max(0, Math.min(record.place.from, length));
  const to = record.task === "continue" ? from : Math.max(from, Math.min(record.place.to, length));
  return { revision, from, to, gone: record.place.to > length };
}

/** The places of a revision that was typed on. */
function grow(places: (RevisionPlace | null)[], fresh: readonly number[], record: EditRecord): void {
  const changes = ChangeSet.fromJSON(record.changes);
  for (const index of fresh) {
    const place = places[index];
    if (!place) continue;
    const gone = place.from === place.to && changes.mapPos(place.from, -1, MapMode.TrackDel) === null;
    const isRange = place.from < place.to;
    const to = changes.mapPos(place.to, -1);
    const from = isRange ? Math.min(to, changes.mapPos(place.from, 1)) : to;
    places[index] = { ...place, from, to, gone: place.gone || gone || (isRange && from === to) };
  }
}

/** A generation is recorded when it ends: where words of it are in the story by then, they are its place. */
function behindOwnWords(
  places: readonly (RevisionPlace | null)[],
  records: readonly SessionRecord[],
  tree: UndoTree,
): readonly (RevisionPlace | null)[] {
  const generations = records.filter((record) => record.type === "generation");
  return places.map((place, index) => {
    const generation = generations[index];
    if (!place || !generation) return place;
    const { passages = [] } = itemAt(tree.revisions, place.revision)?.document ?? {};
    const isOwn = (passage: { readonly generation: string }): boolean => passage.generation === generation.id;
    if (!passagesBetween(passages, place.from - 1, place.to + 1).some(isOwn)) return place;
    const own = passages.filter(isOwn);
    const first = own[0];
    const last = own.at(-1);
    if (!first || !last) return place;
    return generation.task === "continue"
      ? { ...place, from: first.from, to: first.from }
      : { ...place, from: first.from, to: last.to };
  });
}

/** The lengths that a recorded change leads from and to; null where it is none. */
function sizeOf(changes: unknown): { readonly before: number; readonly after: number } | null {
  if (!Array.isArray(changes)) return null;
  let before = 0;
  let after = 0;
  for (const part of changes) {
    if (typeof part === "number" && part >= 0) {
      before += part;
      after += part;
    } else if (Array.isArray(part) && typeof part[0] === "number") {
      const [removed, ...lines] = part;
      before += removed;
      if (!lines.every((line) => typeof line === "string")) return null;
      after += lines.length === 0 ? 0 : lines.reduce((sum, line) => sum + line.length, lines.length - 1);
    } else return null;
  }
  return { before, after };
}
