import type { Text } from "@codemirror/state";
import type { Band } from "../story/xray.ts";
import type { PageRow } from "./place.ts";
import { eachCluster } from "./terminal/clusters.ts";
import { visible } from "./terminal/widths.ts";

/** Who wrote a piece of text on the page. */
export type Voice = "text" | "model" | "ghost";

/**
 * How a piece of text on the page is painted: its voice, perhaps inside a heading, perhaps misspelled or in a band of
 * the x-ray, perhaps found, perhaps selected.
 */
export type PageStyle =
  `${"" | "heading+"}${Voice}${"" | "+misspelled" | `+${Band}`}${"" | "+match"}${"" | "+dimmed"}${"" | "+selection"}`;

/** A piece of a row in one style, ready to paint: no tabs, no control characters. */
export interface Span {
  readonly text: string;
  readonly style: PageStyle;
}

/** A stretch of the text, in UTF-16 code units. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is marked on the page, in positions of the displayed text. */
export interface Marks {
  readonly ghost: Range | null;
  /** The model's passages, in order and apart from each other. */
  readonly passages: readonly Range[];
  /** What a search found, in order and apart from each other. */
  readonly matches: readonly Range[];
  /** The bands of the x-ray, in order and apart from each other. */
  readonly bands?: readonly (Range & { readonly band: Band })[];
  /** Misspelled words, in order and apart from each other; a band of the x-ray is painted instead. */
  readonly misspelled?: readonly Range[];
  /** What is not dimmed; null for everything. */
  readonly focus: Range | null;
  /** Null if nothing is selected. */
  readonly selection: Range | null;
}

const HEADING = /^#{1,6}(?: |$)/;

/**
 * One row of the page as spans of one style each.
 *
 * Tabs become blanks and control characters symbols. Spaces that hang over the row's end are left out unless they are
 * selected. A selected line end shows as one selected blank. A character that a mark divides takes the style of its
 * first code unit.
 *
 * @param text the displayed text
 * @param row one of its rows, from `Layout.visibleRows`
 */
export function rowSpans(text: Text, row: PageRow, marks: Marks): Span[] {
  const line = text.line(row.line);
  const heading = HEADING.test(line.text.slice(0, 7));
  const { selection } = marks;
  const shown = visible(line.text.slice(row.from - line.from, row.to - line.from));
  const hidden = shown.length - shown.trimEnd().length;
  const selectedTo = selection && selection.from < row.to ? Math.min(selection.to, row.to) : row.from;
  const endsSelected = row.to === line.to && isWithin(selection, row.to);
  const end = endsSelected ? row.to : row.from + Math.max(shown.length - hidden, selectedTo - row.from);

  const spans: Span[] = [];
  const edges = edgesIn(row.from, end, marks);
  let from = row.from;
  let column = 0;
  for (const edge of [...edges, end]) {
    if (edge <= from) continue;
    const piece = wholeCharacters(shown, from - row.from, edge - row.from, column);
    column = piece.column;
    push(spans, piece.text, pageStyle(from, heading, marks));
    from = row.from + piece.end;
  }
  if (endsSelected) push(spans, " ", "text+selection");
  return spans;
}

function push(spans: Span[], text: string, style: PageStyle): void {
  const last = spans.at(-1);
  if (last?.style === style) spans[spans.length - 1] = { text: last.text + text, style };
  else if (text !== "") spans.push({ text, style });
}

/** The characters that begin at or after `from` and before `to`, tabs as blanks. */
function wholeCharacters(shown: string, from: number, to: number, column: number) {
  let text = "";
  let end = from;
  const rest = shown.slice(from);
  eachCluster(
    rest,
    (start, stop, cells, at) => {
      if (from + start >= to) return false;
      const cluster = rest.slice(start, stop);
      text += cluster === "\t" ? " ".repeat(cells) : cluster;
      end = from + stop;
      column = at + cells;
      return true;
    },
    column,
  );
  return { text, end, column };
}

/** Where the style may change between two positions, in order. */
function edgesIn(
  from: number,
  to: number,
  { ghost, passages, matches, bands = [], misspelled = [], focus, selection }: Marks,
): readonly number[] {
  const ranges = [
    ...passagesIn(from, to, passages),
    ...passagesIn(from, to, matches),
    ...passagesIn(from, to, bands),
    ...passagesIn(from, to, misspelled),
    ...(ghost ? [ghost] : []),
    ...(selection ? [selection] : []),
    ...(focus ? [focus] : []),
  ];
  const edges = ranges.flatMap((range) => [range.from, range.to]).filter((edge) => edge > from && edge < to);
  return [...new Set(edges)].sort((a, b) => a - b);
}

function passagesIn(from: number, to: number, passages: readonly Range[]): readonly Range[] {
  const first = firstEndingAfter(from, passages);
  let end = first;
  while (end < passages.length && (passages[end]?.from ?? to) < to) end++;
  return passages.slice(first, end);
}

function firstEndingAfter(pos: number, ranges: readonly Range[]): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.to ?? 0) > pos) high = middle;
    else low = middle + 1;
  }
  return low;
}

function voiceAt(pos: number, { ghost, passages }: Marks): Voice {
  if (isWithin(ghost, pos)) return "ghost";
  return isWithin(passages[firstEndingAfter(pos, passages)] ?? null, pos) ? "model" : "text";
}

function isWithin(range: Range | null, pos: number): boolean {
  return range !== null && range.from <= pos && pos < range.to;
}

function pageStyle(pos: number, heading: boolean, marks: Marks): PageStyle {
  const { matches, bands = [], misspelled = [], focus, selection } = marks;
  const matched = isWithin(matches[firstEndingAfter(pos, matches)] ?? null, pos);
  const selected = isWithin(selection, pos);
  const near = bands[firstEndingAfter(pos, bands)];
  const wrong = isWithin(misspelled[firstEndingAfter(pos, misspelled)] ?? null, pos);
  const band = near && isWithin(near, pos) ? (`+${near.band}` as const) : wrong ? "+misspelled" : "";
  const dimmed = focus !== null && !isWithin(focus, pos);
  return `${heading ? "heading+" : ""}${voiceAt(pos, marks)}${band}${matched ? "+match" : ""}${dimmed ? "+dimmed" : ""}${selected ? "+selection" : ""}`;
}
