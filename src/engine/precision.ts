/** How the weights are held and computed with: as stored, or in 8 or 4 bits each. */
export type Precision = "fp32" | "int8" | "int4";

/** Every precision, the most exact first. */
export const PRECISIONS: readonly Precision[] = ["fp32", "int8", "int4"];

/** A precision, or what the model and the machine make the best choice. */
export type PrecisionChoice = "auto" | Precision;
