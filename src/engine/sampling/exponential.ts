/** Steps of the table of powers for each 1 of the exponent. */
const STEPS = 64;

/** Beyond this depth a power is taken for 0: e⁻⁴⁵ is 3 · 10⁻²⁰, less than any random number can tell. */
export const DEEPEST = 45;

const POWERS = Float64Array.from({ length: STEPS * DEEPEST + 1 }, (_, k) => Math.exp(-k / STEPS));

/**
 * exp(−`depth`) for 0 or more, to 12 digits, in a fifth of the time of Math.exp: the power of the nearest 64th from a
 * table, times the first five terms of the series for what is left (|rest| ≤ 1/128, error ≤ 3 · 10⁻¹³). NaN gives NaN.
 */
export function power(depth: number): number {
  if (depth >= DEEPEST) return 0;
  const scaled = depth * STEPS;
  const k = (scaled + 0.5) | 0;
  const rest = (k - scaled) * (1 / STEPS);
  const square = rest * rest;
  return POWERS[k]! * (1 + rest + square * (1 / 2 + rest * (1 / 6) + square * (1 / 24)));
}
