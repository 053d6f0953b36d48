import type { ExternalData, GraphBuilder } from "../onnx/builder.ts";

/** A trained tensor, as the graph finds it in a file. */
export type GraphWeight = PlainWeight | BlockWeight;

/** Numbers as the checkpoint has them. */
export interface PlainWeight {
  readonly kind: "plain";
  readonly data: ExternalData;
}

/** A matrix in blocks of small whole numbers that share a scale. # [rows = out, columns = in] */
export interface BlockWeight {
  readonly kind: "blocks";
  readonly bits: 4 | 8;
  /** Numbers in a block, along the columns. */
  readonly blockSize: number;
  readonly rows: number;
  readonly columns: number;
  /** # [rows, blocks, blockSize · bits / 8] uint8; zero is 2^(bits−1); of two numbers in a byte the low half is first */
  readonly values: ExternalData;
  /** # [rows, blocks] float32 */
  readonly scales: ExternalData;
}

/** The weights of a graph, by their names in the checkpoint; each is declared where it is first used. */
export interface GraphWeights {
  has(name: string): boolean;
  /** A whole tensor as float32. Throws a RangeError for one that is missing or quantised. */
  plain(name: string): string;
  /** Rows of a matrix, by their indices. # [1, step] -> [1, step, width] */
  rows(name: string, width: number, indices: string): string;
  /** x · W + b, of `NAME.weight` and `NAME.bias`. # [.., in] -> [.., out] */
  linear(name: string, x: string): string;
  /** x · Wᵀ as `output`, where the rows of W are tokens. # [1, rows, width] -> [1, rows, tokens] */
  transposed(name: string, x: string, output: string): string;
}

/** How the runtime multiplies blocks: 4 rounds the other side to 8 bits, by rows and blocks. Others take 20 times as long. */
const INT8_ACTIVATIONS = 4;

/** The weights `found`, as values of the graph `g`. */
export function graphWeights(g: GraphBuilder, found: ReadonlyMap<string, GraphWeight>): GraphWeights {
  function weight(name: string): GraphWeight {
    const one = found.get(name);
    if (one === undefined) throw new RangeError(`no tensor "${name}" among the weights`);
    return one;
  }

  function plain(name: string): string {
    const one = weight(name);
    if (one.kind !== "plain") throw new RangeError(`"${name}" is quantised`);
    const stored = g.external(name, one.data);
    return one.data.type === "float32" ? stored : g.cast(stored, "float32");
  }

  function multiply(
    name: string,
    one: BlockWeight,
    x: string,
    bias: readonly string[],
    outputs?: readonly [string],
  ) {
    const { rows, columns, bits, blockSize, values, scales } = one;
    const stored = [g.external(`${name}.values`, values), g.external(`${name}.scales`, scales)];
    const attributes = { N: rows, K: columns, bits, block_size: blockSize, accuracy_level: INT8_ACTIVATIONS };
    return g.node("MatMulNBits", [x, ...stored, ...bias], attributes, outputs);
  }

  return {
    has: (name) => found.has(name),
    plain,
    rows(name, width, indices) {
      const one = weight(name);
      if (one.kind === "plain") {
        const some = g.node("Gather", [g.external(name, one.data), indices]);
        return one.data.type === "float32" ? some : g.cast(some, "float32");
      }
      const { rows, bits, blockSize, values, scales } = one;
      const padded = Math.ceil(one.columns / blockSize) * blockSize;
      const table = g.external(`${name}.table`, { ...values, shape: [rows, (padded * bits) / 8] });
      const some = g.node("GatherBlockQuantized", [table, indices, g.external(`${name}.scales`, scales)], {
        bits,
        block_size: blockSize,
        gather_axis: 0,
        quantize_axis: 1,
      });
      if (padded === width) return some;
      return g.node("Slice", [some, g.integers(0), g.integers(width), g.integers(2)]);
    },
    linear(name, x) {
      const one = weight(`${name}.weight`);
      const bias = plain(`${name}.bias`);
      if (one.kind === "blocks") return multiply(`${name}.weight`, one, x, ["", "", bias]);
      return g.node("Add", [g.node("MatMul", [x, plain(`${name}.weight`)]), bias]);
    },
    transposed(name, x, output) {
      const one = weight(name);
      if (one.kind === "blocks") return multiply(name, one, x, [], [output]);
      return g.node("FusedMatMul", [x, plain(name)], { transB: 1 }, [output]);
    },
  };
}
