/**
 * Ids of the `count` largest logits among those that `fits` allows, the largest first; of equals, the lower id first.
 */
export function likeliest(
  logits: Float32Array,
  count: number,
  fits: (id: number) => boolean = () => true,
): readonly number[] {
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const last = best[count - 1];
    if ((last !== undefined && logits[id]! <= logits[last]!) || !fits(id)) continue;
    let place = Math.min(best.length, count - 1);
    while (place > 0 && logits[best[place - 1]!]! < logits[id]!) place--;
    best.splice(place, 0, id);
    best.length = Math.min(best.length, count);
  }
  return best;
}
