import { createRandom } from "../engine/random.ts";

/** Numbers that are drawn; prime, so that no two rows of a matrix begin at the same one. */
const BLOCK = 1_048_573;

/** The next `length` numbers of a sequence with this mean and standard deviation, in pieces. */
export type Noise = (length: number, mean: number, deviation: number) => Iterable<Float32Array>;

/** A sequence of normal numbers, the same every time. They repeat after 2^20 or so, which fills gigabytes in seconds. */
export function createNoise(): Noise {
  const block = drawNormal(BLOCK);
  const scaled = new Map<string, Float32Array>();
  let at = 0;
  return function* noise(length, mean, deviation) {
    const key = `${mean} ${deviation}`;
    const numbers = scaled.get(key) ?? block.map((value) => mean + deviation * value);
    scaled.set(key, numbers);
    for (let left = length; left > 0; ) {
      const piece = numbers.subarray(at, Math.min(BLOCK, at + left));
      yield piece;
      left -= piece.length;
      at = (at + piece.length) % BLOCK;
    }
  };
}

/** Normal numbers from even ones. Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958). */
function drawNormal(length: number): Float32Array {
  const random = createRandom(1);
  const radius = () => Math.sqrt(-2 * Math.log(1 - random()));
  return Float32Array.from({ length }, () => radius() * Math.cos(2 * Math.PI * random()));
}
