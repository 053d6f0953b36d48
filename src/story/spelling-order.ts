/** What an edit costs; changes that fingers make easily are cheap. */
const COST = {
  swap: 0.6,
  doubled: 0.5,
  vowel: 0.7,
  gap: 0.9,
  blank: 1.6,
  other: 1,
  capital: 0.1,
  first: 0.4,
} as const;
const VOWELS = /^[aeiouyäöüàáâèéêìíîòóôùúû]$/iu;
/** Own words that are further from what was typed are no suggestion. */
const FURTHEST = 2;

/**
 * The suggestions for a misspelled word, the likeliest first: by what it takes to make one from the other, else in the
 * order given. The writer's own words are suggested too where they are near.
 *
 * @param own words of the writer's: names, mostly
 */
export function orderSuggestions(
  word: string,
  suggestions: readonly string[],
  own: Iterable<string> = [],
): readonly string[] {
  const near = [...own].filter(
    (other) => Math.abs(other.length - word.length) <= FURTHEST && spellingDistance(word, other) <= FURTHEST,
  );
  const all = [...new Set([...near, ...suggestions])].filter((other) => other !== word);
  const costs = new Map(all.map((other) => [other, spellingDistance(word, other)]));
  return all.sort((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0));
}

/**
 * How far two words are from each other: the cheapest edits that make one from the other, where letters may be left
 * out, put in, changed, or swapped with the next (the optimal string alignment of Damerau's edits, 1964).
 */
export function spellingDistance(a: string, b: string): number {
  const [from, to] = [[...a], [...b]];
  const width = to.length + 1;
  const table = new Float64Array((from.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = 0; i <= from.length; i++) {
    for (let j = 0; j <= to.length; j++) {
      if (i === 0 && j === 0) continue;
      const [mine, theirs] = [from[i - 1] ?? "", to[j - 1] ?? ""];
      let least = Number.POSITIVE_INFINITY;
      if (i > 0) least = Math.min(least, at(i - 1, j) + gapCost(mine, from, i - 1));
      if (j > 0) least = Math.min(least, at(i, j - 1) + gapCost(theirs, to, j - 1));
      if (i > 0 && j > 0)
        least = Math.min(least, at(i - 1, j - 1) + changeCost(mine, theirs, i === 1 && j === 1));
      if (i > 1 && j > 1 && sameLetter(mine, to[j - 2]) && sameLetter(from[i - 2], theirs))
        least = Math.min(least, at(i - 2, j - 2) + COST.swap);
      table[i * width + j] = least;
    }
  }
  return at(from.length, to.length);
}

/** Leaving a letter out, or putting it in: half of that next to its like. Two words are seldom meant. */
function gapCost(letter: string, letters: readonly string[], index: number): number {
  if (letter === " ") return COST.blank;
  const doubled = letters[index - 1] === letter || letters[index + 1] === letter;
  return (doubled ? COST.doubled : COST.gap) + (index === 0 ? COST.first : 0);
}

function changeCost(a: string, b: string, first: boolean): number {
  if (a === b) return 0;
  if (sameLetter(a, b)) return COST.capital;
  return (VOWELS.test(a) && VOWELS.test(b) ? COST.vowel : COST.other) + (first ? COST.first : 0);
}

function sameLetter(a = "", b = ""): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
