import { BANDS, type Band, bandOf, type Mark, type XRay } from "./xray.ts";

/** How many words and parts of words stand in each band. */
export type BandCounts = Readonly<Record<Band, number>>;

const NONE: BandCounts = { top10: 0, top100: 0, top1000: 0, beyond: 0 };

/** Those of a segment, kept for its marks: a story is counted again with every key. */
const known = new WeakMap<readonly Mark[], BandCounts>();

/** The bands in a stretch of the story, in UTF-16 code units. */
export function countBands({ segments }: XRay, from: number, to: number): BandCounts {
  let sum = NONE;
  for (const segment of segments) {
    if (segment.from >= to || segment.to <= from || segment.marks.length === 0) continue;
    const isWhole = segment.from >= from && segment.to <= to;
    const marks = isWhole
      ? segment.marks
      : segment.marks.filter((mark) => segment.from + mark.from < to && segment.from + mark.to > from);
    const counts = known.get(marks) ?? count(marks);
    known.set(marks, counts);
    sum = add(sum, counts);
  }
  return sum;
}

function count(marks: readonly Mark[]): BandCounts {
  const counts: Record<Band, number> = { ...NONE };
  for (const { rank } of marks) counts[bandOf(rank)]++;
  return counts;
}

function add(a: BandCounts, b: BandCounts): BandCounts {
  const sum: Record<Band, number> = { ...a };
  for (const band of BANDS) sum[band] += b[band];
  return sum;
}
