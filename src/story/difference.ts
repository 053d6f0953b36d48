import { ChangeSet, Text } from "@codemirror/state";

/** Lines `from` to `to` (not included) of the old text that became lines `newFrom` to `newTo` of the new one. */
interface Gap {
  readonly from: number;
  readonly to: number;
  readonly newFrom: number;
  readonly newTo: number;
}

/**
 * A change that turns one text into another and leaves alone the paragraphs that both have, so that marks on them
 * survive. Paragraphs that each text has once are its fixed points, as in Bram Cohen's patience diff; between two of
 * them, all is replaced but what both begin and end with.
 */
export function changesBetween(old: Text, next: Text): ChangeSet {
  const [before, after] = [[...old.iterLines()], [...next.iterLines()]];
  const whole = shrink({ from: 0, to: before.length, newFrom: 0, newTo: after.length }, before, after);
  const specs: { readonly from: number; readonly to: number; readonly insert: Text }[] = [];
  let gap = whole;
  let offset = before.slice(0, whole.from).reduce((sum, line) => sum + line.length + 1, 0);
  for (const [line, newLine] of [...commonLines(whole, before, after), [whole.to, whole.newTo] as const]) {
    const { from, newFrom } = gap;
    const removed = before.slice(from, line).map(withBreak).join("");
    const inserted = after.slice(newFrom, newLine).map(withBreak).join("");
    const change = trimmed(offset, removed, inserted, old.length);
    if (change) specs.push(change);
    offset += removed.length + (before[line]?.length ?? 0) + 1;
    gap = { ...gap, from: line + 1, newFrom: newLine + 1 };
  }
  return ChangeSet.of(specs, old.length);
}

/** A gap without the lines that both sides begin or end with. */
function shrink(gap: Gap, before: readonly string[], after: readonly string[]): Gap {
  let { from, to, newFrom, newTo } = gap;
  for (; from < to && newFrom < newTo && before[from] === after[newFrom]; from++) newFrom++;
  for (; to > from && newTo > newFrom && before[to - 1] === after[newTo - 1]; to--) newTo--;
  return { from, to, newFrom, newTo };
}

/** Pairs of equal lines inside a gap, rising on both sides: the longest such row of those that occur once on each. */
function commonLines(
  gap: Gap,
  before: readonly string[],
  after: readonly string[],
): readonly (readonly [number, number])[] {
  const old = onlyOnce(before, gap.from, gap.to);
  const fresh = onlyOnce(after, gap.newFrom, gap.newTo);
  const pairs = [...old].flatMap(([line, number]) => {
    const other = fresh.get(line);
    return other === undefined ? [] : [{ number, other }];
  });
  // Patience sorting: the top of each pile, and what lay on top of the pile before when a card was put there.
  interface Card {
    readonly pair: readonly [number, number];
    readonly previous: Card | undefined;
  }
  const tops: Card[] = [];
  for (const { number, other } of pairs) {
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tops[middle]?.pair[1] ?? 0) < other) low = middle + 1;
      else high = middle;
    }
    tops[low] = { pair: [number, other], previous: tops[low - 1] };
  }
  const row: (readonly [number, number])[] = [];
  for (let card = tops.at(-1); card; card = card.previous) row.unshift(card.pair);
  return row;
}

/** Numbers of the lines that occur once, in order. */
function onlyOnce(lines: readonly string[], from: number, to: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  for (let number = from; number < to; number++) {
    const line = lines[number] ?? "";
    if (found.has(line)) twice.add(line);
    else found.set(line, number);
  }
  for (const line of twice) found.delete(line);
  return found;
}

/** One replacement without what both sides begin and end with; null where they are the same. */
function trimmed(offset: number, removed: string, inserted: string, length: number) {
  const most = Math.min(removed.length, inserted.length);
  let start = 0;
  while (start < most && removed[start] === inserted[start]) start++;
  if (start === removed.length && start === inserted.length) return null;
  if (isHigh(removed.charCodeAt(start - 1))) start--;
  let end = 0;
  while (end < most - start && removed.at(-1 - end) === inserted.at(-1 - end)) end++;
  if (isLow(removed.charCodeAt(removed.length - end))) end--;
  const from = offset + start;
  const to = offset + removed.length - end;
  const insert = inserted.slice(start, inserted.length - end);
  // The last line has no break of its own: what stands after it takes the break in front instead.
  const shift = to > length ? 1 : 0;
  const lines = shift && insert !== "" ? `\n${insert.slice(0, -1)}` : insert;
  return { from: from - shift, to: to - shift, insert: Text.of(lines.split("\n")) };
}

function withBreak(line: string): string {
  return `${line}\n`;
}

/** Whether a code unit is the first half of a character. */
function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Whether a code unit is the second half of a character. */
function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
