import { blockBytes, type QuantiseBlock } from "./block.ts";
import type { BlockFormat } from "./scheme.ts";

/** Columns that are turned into rows at a time: as many float32 as a cache line holds. */
const TILE = 16;

/**
 * Quantises whole rows.
 * # x [rows, columns] -> values [rows, blocks, bytes of a block], scales [rows, blocks]
 */
export function quantiseRows(
  x: Float32Array,
  columns: number,
  format: BlockFormat,
  quantise: QuantiseBlock,
  values: Uint8Array,
  scales: Float32Array,
): void {
  const { blockSize } = format;
  const bytes = blockBytes(format);
  let block = 0;
  for (let row = 0; row < x.length; row += columns) {
    for (let from = 0; from < columns; from += blockSize, block++) {
      scales[block] = quantise(x, row + from, Math.min(blockSize, columns - from), values, block * bytes);
    }
  }
}

/**
 * Quantises one block of every row of the transpose: block number `block` of `blocks`, which is made of the rows of `x`.
 * # x [at most blockSize, rows] -> values [rows, blocks, bytes of a block], scales [rows, blocks]
 */
export function quantiseColumns(
  x: Float32Array,
  rows: number,
  place: { readonly block: number; readonly blocks: number },
  format: BlockFormat,
  quantise: QuantiseBlock,
  values: Uint8Array,
  scales: Float32Array,
): void {
  const { block, blocks } = place;
  const { blockSize } = format;
  const bytes = blockBytes(format);
  const count = x.length / rows;
  const tile = new Float32Array(TILE * blockSize);
  for (let first = 0; first < rows; first += TILE) {
    const wide = Math.min(TILE, rows - first);
    for (let k = 0; k < count; k++) {
      for (let j = 0; j < wide; j++) tile[j * blockSize + k] = x[k * rows + first + j]!;
    }
    for (let j = 0; j < wide; j++) {
      const at = (first + j) * blocks + block;
      scales[at] = quantise(tile, j * blockSize, count, values, at * bytes);
    }
  }
}
