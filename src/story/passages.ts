import type { ChangeSet } from "@codemirror/state";

/** Name of a generation, unique in its session. */
export type GenerationId = string;

/** Who wrote a piece of text. */
export type Origin = { readonly by: "writer" } | { readonly by: "model"; readonly generation: GenerationId };

/** A run of the model's text, in UTF-16 code units, `from` < `to`; all other text is the writer's. */
export interface Passage {
  readonly from: number;
  readonly to: number;
  readonly generation: GenerationId;
}

/**
 * The passages after an edit by `origin`.
 *
 * Text that is deleted leaves its passage; text that someone else inserts splits it; what the model inserts becomes a
 * passage, joined to neighbours of the same generation. Those before the edit are shared with the list before it.
 */
export function mapPassages(
  passages: readonly Passage[],
  changes: ChangeSet,
  origin: Origin,
): readonly Passage[] {
  if (changes.empty || (passages.length === 0 && origin.by === "writer")) return passages;
  const inserted: { readonly from: number; readonly to: number }[] = [];
  let start = -1;
  let end = 0;
  changes.iterChanges((fromOld, toOld, from, to) => {
    if (start < 0) start = fromOld;
    end = toOld;
    if (to > from) inserted.push({ from, to });
  }, true);
  // A story may have thousands: what does not touch the edit stays as it is, or is moved as a whole.
  const low = firstFrom(passages, (passage) => passage.to >= start);
  const high = firstFrom(passages, (passage) => passage.from > end);
  const mapped = passages.slice(low, high).flatMap((passage) => {
    const from = changes.mapPos(passage.from, 1);
    const to = changes.mapPos(passage.to, -1);
    return from < to ? splitAround({ ...passage, from, to }, inserted) : [];
  });
  if (origin.by === "model") {
    const { generation } = origin;
    mapped.push(...inserted.map(({ from, to }) => ({ from, to, generation })));
    mapped.sort((a, b) => a.from - b.from);
  }
  const touched = mergeNeighbours(mapped);
  if (high === passages.length && low === high && touched.length === 0) return passages;
  const shift = changes.newLength - changes.length;
  const after = passages.slice(high);
  const moved =
    shift === 0 ? after : after.map((old) => ({ ...old, from: old.from + shift, to: old.to + shift }));
  return [...passages.slice(0, low), ...touched, ...moved];
}

/** The index of the first passage that fulfils a condition, which all behind it fulfil too. */
function firstFrom(passages: readonly Passage[], holds: (passage: Passage) => boolean): number {
  let low = 0;
  let high = passages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const passage = passages[middle];
    if (passage && holds(passage)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The passages that overlap `from` to `to`, in order. */
export function passagesBetween(passages: readonly Passage[], from: number, to: number): readonly Passage[] {
  let low = 0;
  let high = passages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((passages[middle]?.to ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < passages.length && (passages[end]?.from ?? to) < to) end++;
  return passages.slice(low, end);
}

/** Who wrote the character at `pos`. */
export function originAt(passages: readonly Passage[], pos: number): Origin {
  const [passage] = passagesBetween(passages, pos, pos + 1);
  return passage ? { by: "model", generation: passage.generation } : { by: "writer" };
}

function splitAround(
  passage: Passage,
  inserted: readonly { readonly from: number; readonly to: number }[],
): readonly Passage[] {
  const parts: Passage[] = [];
  let start = passage.from;
  for (const { from, to } of inserted) {
    if (to <= start || from >= passage.to) continue;
    if (from > start) parts.push({ ...passage, from: start, to: from });
    start = Math.max(start, to);
  }
  if (start < passage.to) parts.push({ ...passage, from: start });
  return parts;
}

function mergeNeighbours(passages: readonly Passage[]): readonly Passage[] {
  const merged: Passage[] = [];
  for (const passage of passages) {
    const last = merged.at(-1);
    if (last && last.to === passage.from && last.generation === passage.generation) {
      merged[merged.length - 1] = { ...last, to: passage.to };
    } else {
      merged.push(passage);
    }
  }
  return merged;
}
