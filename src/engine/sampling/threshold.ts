/**
 * Walks through `keys` in order, from the largest or the smallest, adding up `weights`, and returns the key at which
 * they first reach `target`; the last key of any weight if they never do. What a sort would tell, in linear time:
 * one pass sorts the weight into 16 bins an octave by the first 16 bits of the keys, and only the bin that the walk
 * ends in is looked into. Keys are 0 or more, and finite. # keys and weights [tokens]
 */
export function thresholdKey(
  keys: Float64Array,
  weights: Float64Array,
  target: number,
  from: "largest" | "smallest",
): number {
  const halves = new Uint32Array(keys.buffer, keys.byteOffset, 2 * keys.length);
  // Numbers of one sign are in the order of their bits; the upper half is the second one, as processors store it.
  const bin = (i: number) => halves[2 * i + 1]! >>> 16;
  const bins = new Float64Array(0x8000);
  for (let i = 0; i < keys.length; i++) bins[bin(i)]! += weights[i]!;

  const step = from === "largest" ? -1 : 1;
  let passed = 0;
  let edge = -1;
  for (let at = step < 0 ? bins.length - 1 : 0; at >= 0 && at < bins.length; at += step) {
    if (bins[at] === 0) continue;
    if (edge >= 0) passed += bins[edge]!;
    edge = at;
    if (passed + bins[at]! >= target) break;
  }

  const edgeKeys = new Float64Array(keys.length);
  const edgeWeights = new Float64Array(keys.length);
  let count = 0;
  for (let i = 0; i < keys.length; i++) {
    if (bin(i) !== edge || weights[i] === 0) continue;
    edgeKeys[count] = step * keys[i]!;
    edgeWeights[count++] = weights[i]!;
  }
  return step * selectByWeight(edgeKeys.subarray(0, count), edgeWeights, target - passed);
}

/**
 * The smallest key up to which the weights reach `target`, else the largest: a quickselect (Hoare 1961) that counts
 * weight instead of places. Reorders both arrays.
 */
function selectByWeight(keys: Float64Array, weights: Float64Array, target: number): number {
  let from = 0;
  let to = keys.length;
  let wanted = target;
  while (to - from > 1) {
    const pivot = middle(keys[from]!, keys[(from + to) >> 1]!, keys[to - 1]!);
    // Three parts: [from, below) is smaller than the pivot, [below, above) is equal, [above, to) is larger.
    let below = from;
    let above = to;
    let smaller = 0;
    let equal = 0;
    for (let i = from; i < above; ) {
      const key = keys[i]!;
      const weight = weights[i]!;
      if (key < pivot) {
        smaller += weight;
        swap(keys, i, below);
        swap(weights, i++, below++);
      } else if (key > pivot) {
        swap(keys, i, --above);
        swap(weights, i, above);
      } else {
        equal += weight;
        i++;
      }
    }
    if (below > from && wanted <= smaller) {
      to = below;
    } else if (above === to || wanted <= smaller + equal) {
      return pivot;
    } else {
      wanted -= smaller + equal;
      from = above;
    }
  }
  return keys[from]!;
}

function middle(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function swap(values: Float64Array, i: number, j: number): void {
  const value = values[i]!;
  values[i] = values[j]!;
  values[j] = value;
}
