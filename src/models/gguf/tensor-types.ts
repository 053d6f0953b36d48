/** How a tensor of a GGUF is stored, and what becomes of it. */
export interface TensorType {
  readonly name: string;
  /** Numbers in a block, along the innermost dimension. */
  readonly block: number;
  /** Bytes of a block. */
  readonly bytes: number;
  /** The same numbers in safetensors. */
  readonly stored: "F32" | "F16" | "BF16";
}

/**
 * The types that are read, by ggml's numbers for them. The others lose more than a story should lose twice.
 *
 * A block of Q8_0 is a float16 scale and 32 whole numbers of 8 bits. Their products have up to 19 significant bits,
 * which float32 holds exactly and float16 does not.
 */
export const TENSOR_TYPES: ReadonlyMap<number, TensorType> = new Map([
  [0, { name: "F32", block: 1, bytes: 4, stored: "F32" }],
  [1, { name: "F16", block: 1, bytes: 2, stored: "F16" }],
  [8, { name: "Q8_0", block: 32, bytes: 34, stored: "F32" }],
  [30, { name: "BF16", block: 1, bytes: 2, stored: "BF16" }],
]);

/** Names of the types that are refused, by ggml's numbers for them, so that they can be told. */
const OTHERS: Readonly<Record<number, string>> = {
  2: "Q4_0",
  3: "Q4_1",
  6: "Q5_0",
  7: "Q5_1",
  9: "Q8_1",
  10: "Q2_K",
  11: "Q3_K",
  12: "Q4_K",
  13: "Q5_K",
  14: "Q6_K",
  15: "Q8_K",
  16: "IQ2_XXS",
  17: "IQ2_XS",
  18: "IQ3_XXS",
  19: "IQ1_S",
  20: "IQ4_NL",
  21: "IQ3_S",
  22: "IQ2_S",
  23: "IQ4_XS",
  24: "I8",
  25: "I16",
  26: "I32",
  27: "I64",
  28: "F64",
  29: "IQ1_M",
  34: "TQ1_0",
  35: "TQ2_0",
  39: "MXFP4",
};

/** What ggml calls the type with this number. */
export function typeName(code: number): string {
  return TENSOR_TYPES.get(code)?.name ?? OTHERS[code] ?? `type ${code}`;
}
