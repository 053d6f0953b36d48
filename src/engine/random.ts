/** A source of numbers evenly spread over [0, 1), each independent of the others. */
export type Random = () => number;

/**
 * Chris Doty-Humphrey's sfc32 (PractRand), started with `seed` and `stream` and stirred 16 times: the same pair gives
 * the same numbers on every machine, and each choice of a generation draws from its own stream, so that its text does
 * not depend on how many others were asked for. Both are whole numbers from 0 to 2³² − 1, else RangeError.
 */
export function createRandom(seed: number, stream = 0): Random {
  let a = word("seed", seed);
  let b = word("stream", stream);
  let c = 0x9e37_79b9;
  let counter = 1;

  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  for (let i = 0; i < 16; i++) next();
  // 53 random bits: 27 above, 26 below.
  return () => ((next() >>> 5) * 0x400_0000 + (next() >>> 6)) / 0x20_0000_0000_0000;
}

/** A seed from 0 to 2³² − 1, drawn from `random`. */
export function drawSeed(random: Random): number {
  return Math.floor(random() * 0x1_0000_0000);
}

function word(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff) return value | 0;
  throw new RangeError(`${name} must be a whole number from 0 to 4294967295, got ${value}`);
}
