/** How a matrix is stored: in blocks of whole numbers along its inputs, each block with a scale of its own. */
export interface BlockFormat {
  readonly bits: 4 | 8;
  /** Numbers in a block: a power of two from 16 to 256, which is what the runtime multiplies. */
  readonly blockSize: number;
}

/** How all matrices of a model are stored; biases, norms and the embeddings of positions stay float32. */
export interface WeightScheme {
  /** Part of the name of the file that holds such weights: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Of the matrices in the layers. */
  readonly body: BlockFormat;
  /** Of the tokens' embeddings and the head, which are one matrix in most models. */
  readonly head: BlockFormat;
}

/** 8 bits a weight, and a scale for every 128. */
export const INT8: WeightScheme = {
  name: "int8",
  body: { bits: 8, blockSize: 128 },
  head: { bits: 8, blockSize: 128 },
};

/** 4 bits a weight in the layers, 8 in the embeddings and the head. */
export const INT4: WeightScheme = {
  name: "int4",
  body: { bits: 4, blockSize: 32 },
  head: { bits: 8, blockSize: 128 },
};

/** Throws a RangeError for a scheme that no file can have or the runtime does not multiply. */
export function checkScheme({ name, body, head }: WeightScheme): void {
  if (!/^[a-z0-9-]+$/.test(name)) throw new RangeError(`"${name}" is not the name of a scheme`);
  for (const { bits, blockSize } of [body, head]) {
    if (bits !== 4 && bits !== 8) throw new RangeError(`bits: ${bits} is neither 4 nor 8`);
    if (![16, 32, 64, 128, 256].includes(blockSize)) {
      throw new RangeError(`blockSize: ${blockSize} is not a power of two from 16 to 256`);
    }
  }
}

/** The format in which the tensor `name` is stored; null for one that stays float32. */
export function formatOf(name: string, shape: readonly number[], scheme: WeightScheme): BlockFormat | null {
  if (name === "wte.weight" || name === "lm_head.weight") return scheme.head;
  return shape.length === 2 && name !== "wpe.weight" ? scheme.body : null;
}

/** Whether a matrix has a row for each output, `[out, in]`; those of the layers have a column, `[in, out]`. */
export function hasOutputRows(name: string): boolean {
  return name === "wte.weight" || name === "lm_head.weight";
}
