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

/**
 * The precision that `choice` comes to for a model of so many parameters. `auto` is float32 for small models and 8
 * bits for all others; where that does not fit into the memory, the most exact one below it that does. Throws a
 * RangeError for what is no precision.
 */
export function choosePrecision(
  choice: PrecisionChoice,
  parameters: number,
  fits: (precision: Precision) => boolean = () => true,
): Precision {
  if (choice !== "auto" && !PRECISIONS.includes(choice)) {
    throw new RangeError(`precision: "${choice}" is none of auto, ${PRECISIONS.join(", ")}`);
  }
  if (choice !== "auto") return choice;
  const wanted = parameters < LARGE ? "fp32" : "int8";
  return PRECISIONS.slice(PRECISIONS.indexOf(wanted)).find(fits) ?? wanted;
}
