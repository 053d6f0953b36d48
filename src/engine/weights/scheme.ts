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
  /** Of the matrices in the layers, but for the next. */
  readonly body: BlockFormat;
  /** Of the matrices that make queries, keys and values. */
  readonly attention: BlockFormat;
  /** Of the tokens' embeddings and the head, which are one matrix in most models. */
  readonly head: BlockFormat;
}

/** 8 bits a weight, and a scale for every 128. */
export const INT8: WeightScheme = {
  name: "int8",
  body: { bits: 8, blockSize: 128 },
  attention: { bits: 8, blockSize: 128 },
  head: { bits: 8, blockSize: 128 },
};

/**
 * 4 bits a weight in most matrices of the layers, 8 in the others. Which they are was measured on the model in the box,
 * by the perplexity of held-out text against float32's: 4 bits in all layers cost 6.3 %, in blocks of 32 instead of 128
 * 3.8 %, but those decode more slowly than 8 bits for attention, which cost about the same.
 */
export const INT4: WeightScheme = {
  name: "int4",
  body: { bits: 4, blockSize: 128 },
  attention: { bits: 8, blockSize: 128 },
  head: { bits: 8, blockSize: 128 },
};

/** Throws a RangeError for a scheme that no file can have or the runtime does not multiply. */
export function checkScheme({ name, body, attention, head }: WeightScheme): void {
  if (!/^[a-z0-9-]+$/.test(name)) throw new RangeError(`"${name}" is not the name of a scheme`);
  for (const { bits, blockSize } of [body, attention, head]) {
    if (bits !== 4 && bits !== 8) throw new RangeError(`bits: ${bits} is neither 4 nor 8`);
    if (![16, 32, 64, 128, 256].includes(blockSize)) {
      throw new RangeError(`blockSize: ${blockSize} is not a power of two from 16 to 256`);
    }
  }
}

/** The format in which the tensor `name` is stored; null for one that stays float32. */
export function formatOf(name: string, shape: readonly number[], scheme: WeightScheme): BlockFormat | null {
  if (name === "wte.weight" || name === "lm_head.weight") return scheme.head;
  if (name.endsWith(".attn.c_attn.weight")) return scheme.attention;
  return shape.length === 2 && name !== "wpe.weight" ? scheme.body : null;
}

/** Whether a matrix has a row for each output, `[out, in]`; those of the layers have a column, `[in, out]`. */
export function hasOutputRows(name: string): boolean {
  return name === "wte.weight" || name === "lm_head.weight";
}
