/** Ranges of units that are one cell each and never join with another unit of these tables. */
const ONE_CELL: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa1, 0xac],
  [0xae, 0x2ff],
  [0x370, 0x482], // Greek, Cyrillic
  [0x48a, 0x58f], // Cyrillic, Armenian
  [0x5d0, 0x5ea], // Hebrew letters
  [0x620, 0x64a], // Arabic letters
  [0x10a0, 0x10ff], // Georgian
  [0x1e00, 0x1fff],
  [0x2010, 0x2027], // dashes, quotation marks
  [0x2030, 0x203b],
  [0x203d, 0x2048],
  [0x204a, 0x205e],
  [0x20a0, 0x20bf],
  [0x2400, 0x2426], // control pictures
  [0x2500, 0x259f],
];

/** Ranges of units that are two cells each. */
const TWO_CELLS: readonly (readonly [number, number])[] = [
  [0x3001, 0x3029],
  [0x3041, 0x3096],
  [0x309b, 0x30ff],
  [0x3105, 0x312f],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
];

/**
 * The class of every UTF-16 code unit: `# [65536]`.
 *
 * Between two neighbouring units of class 1 or 2 there is always a boundary of characters, so ordinary prose is
 * measured and wrapped without `Intl.Segmenter`, which is a hundred times slower. Everything that can combine (marks,
 * joiners, emoji, surrogates, jamo) is class 0. Ambiguous widths count as one cell.
 */
export const UNIT_CLASS: Uint8Array = classify();

function classify(): Uint8Array {
  const table = new Uint8Array(0x1_0000);
  for (const [from, to] of ONE_CELL) table.fill(1, from, to + 1);
  for (const [from, to] of TWO_CELLS) table.fill(2, from, to + 1);
  return table;
}
