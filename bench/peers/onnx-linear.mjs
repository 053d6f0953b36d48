// How an exported model multiplies by its weights: in float32, or in int8 as dynamic quantisation does it.
import { TYPE } from "./onnx-file.mjs";
import { readWeight, transpose } from "./weights.mjs";

/**
 * int8 numbers go to 64 and not to 127: with 7 bits, sums of products do not overflow 16 bits on processors without
 * VNNI. Source: `reduce_range`, which transformers.js' own converter sets.
 */
const REDUCED = 64;

/** Weights in float32. `weights` is the checkpoint's; `g` the model that is written. */
export function exactParts(g, weights) {
  return {
    /** Rows of an embedding. # [vocabulary, width], ids -> [.., width] */
    async rows(name, ids) {
      return g.node("Gather", [
        g.constant(name, await readWeight(weights.get(name)), weights.get(name).shape),
        ids,
      ]);
    },
    /** x · W, W as [in, out]; `turned`: the file has [out, in]. `output`: what the result is called. */
    async product(x, name, turned, output) {
      const { matrix, shape } = await readMatrix(weights.get(name), turned);
      return g.node("MatMul", [x, g.constant(`${name} matrix`, matrix, shape)], {}, output);
    },
  };
}

/** Weights in int8, one scale for each output, and the activations quantised as they come: onnxruntime's quantizer. */
export function quantisedParts(g, weights) {
  return {
    async rows(name, ids) {
      const numbers = await readWeight(weights.get(name));
      const scale = numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0) / REDUCED;
      const levels = Int8Array.from(numbers, (number) => Math.round(number / scale));
      const found = g.node("Gather", [g.constant(name, levels, weights.get(name).shape), ids]);
      return g.node("DequantizeLinear", [
        found,
        g.constant(`${name} scale`, Float32Array.of(scale)),
        g.constant("zero", Int8Array.of(0)),
      ]);
    },
    async product(x, name, turned, output) {
      const { matrix, shape } = await readMatrix(weights.get(name), turned);
      const { levels, scales } = quantiseColumns(matrix, shape);
      const [xLevels, xScale, xZero] = g.nodes("DynamicQuantizeLinear", [x], {}, 3);
      const sums = g.node("MatMulInteger", [
        xLevels,
        g.constant(`${name} levels`, levels, shape),
        xZero,
        g.constant(`${name} zeros`, new Int8Array(scales.length)),
      ]);
      const scale = g.node("Mul", [xScale, g.constant(`${name} scales`, scales)]);
      return g.node("Mul", [g.node("Cast", [sums], { to: TYPE.float32 }), scale], {}, output);
    },
  };
}

async function readMatrix(weight, turned) {
  const numbers = await readWeight(weight);
  const [rows, columns] = weight.shape;
  if (!turned) return { matrix: numbers, shape: [rows, columns] };
  return { matrix: transpose(numbers, rows, columns), shape: [columns, rows] };
}

/** @param {Float32Array} matrix [rows, columns] */
function quantiseColumns(matrix, [rows, columns]) {
  const scales = new Float32Array(columns);
  for (let i = 0; i < matrix.length; i++) {
    const column = i % columns;
    scales[column] = Math.max(scales[column], Math.abs(matrix[i]));
  }
  for (let column = 0; column < columns; column++) scales[column] = scales[column] / REDUCED || 1;
  const levels = new Int8Array(rows * columns);
  for (let i = 0; i < matrix.length; i++) levels[i] = Math.round(matrix[i] / scales[i % columns]);
  return { levels, scales };
}
