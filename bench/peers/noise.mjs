// Random numbers, the same ones every time.

/** Numbers in the block that is drawn; prime, so that no two rows of a matrix begin at the same one. */
const BLOCK = 1_048_573;

/**
 * A sequence of normal numbers: `noise(n, mean, deviation)` gives the next `n` of them, in pieces. They repeat after
 * {@link BLOCK}, which fills gigabytes in seconds.
 */
export function createNoise() {
  const block = drawNormal(BLOCK, createRandom(1));
  const scaled = new Map();
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
function drawNormal(length, random) {
  return Float32Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/**
 * Even numbers from 0 to 1. Marsaglia, "Xorshift RNGs" (2003): 32 bits, shifts 13, 17 and 5.
 *
 * @param {number} seed a whole number from 1 to 2^32 - 1
 */
export function createRandom(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
