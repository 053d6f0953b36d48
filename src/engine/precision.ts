/** How the weights are held and computed with: as stored, or in 8 or 4 bits each. */
export type Precision = "fp32" | "int8" | "int4";

/** Every precision, the most exact first. */
export const PRECISIONS: readonly Precision[] = ["fp32", "int8", "int4"];

/** A precision, or what the model and the machine make the best choice. */
export type PrecisionChoice = "auto" | Precision;

/**
 * Parameters from which on `auto` means 8 bits. Below, the weights are read from the processor's caches, and float32 is
 * as fast.
 */
const LARGE = 30e6;

/** The precision that `choice` comes to for a model of so many parameters. */
export function choosePrecision(choice: PrecisionChoice, parameters: number): Precision {
  if (choice !== "auto") return choice;
  return parameters < LARGE ? "fp32" : "int8";
}
