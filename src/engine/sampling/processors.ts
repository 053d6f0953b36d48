/**
 * Makes every token of `seen` less likely, in place: positive scores are divided by `penalty`, negative ones
 * multiplied, once for each token however often it occurred (Keskar et al. 2019, CTRL). 1 changes nothing.
 */
export function penaliseRepetition(scores: Float64Array, seen: readonly number[], penalty: number): void {
  if (penalty === 1) return;
  for (const id of new Set(seen)) {
    const score = scores[id]!;
    scores[id] = score < 0 ? score * penalty : score / penalty;
  }
}

/**
 * Bans the tokens that would complete a run of `size` tokens that `seen` holds already (`no_repeat_ngram_size`; Paulus
 * et al. 2017), in place; where no token at all would be left, none is banned.
 */
export function banRepetition(scores: Float64Array, seen: readonly number[], size: number): void {
  banTokens(scores, repeatingTokens(seen, size));
}

/** Makes tokens impossible, in place; where no token at all would be left, none is. */
export function banTokens(scores: Float64Array, banned: ReadonlySet<number>): void {
  if (banned.size === 0) return;
  if (scores.every((score, id) => score === Number.NEGATIVE_INFINITY || banned.has(id))) return;
  for (const id of banned) scores[id] = Number.NEGATIVE_INFINITY;
}

/** The tokens that would complete such a run. With size 1 these are all that were seen; size 0 bans none. */
function repeatingTokens(seen: readonly number[], size: number): Set<number> {
  const banned = new Set<number>();
  if (size === 0) return banned;
  const start = seen.length - (size - 1);
  for (let from = 0; from + size <= seen.length; from++) {
    let same = true;
    for (let i = 0; same && i < size - 1; i++) same = seen[from + i] === seen[start + i];
    if (same) banned.add(seen[from + size - 1]!);
  }
  return banned;
}
