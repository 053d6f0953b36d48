/**
 * How well `text` answers what was typed: null if its letters are not all in `text`, in order; else a score, higher for
 * letters that begin words, that follow each other, and that come early. Case and accents do not count.
 */
export function fuzzyScore(text: string, typed: string): number | null {
  const wanted = plain(typed).replaceAll(" ", "");
  if (wanted === "") return 0;
  const letters = plain(text);
  // The best way to place the letters: what a letter at each place scores, given the best way for those before it.
  let best: readonly number[] = Array.from(letters, (_, at) => -at / letters.length);
  let before: readonly number[] | null = null;
  for (const letter of wanted) {
    const scores: number[] = [];
    let reached = before === null ? 0 : Number.NEGATIVE_INFINITY;
    for (let at = 0; at < letters.length; at++) {
      if (before !== null && at > 0) reached = Math.max(reached, before[at - 1] ?? reached);
      const follows = before?.[at - 1] ?? Number.NEGATIVE_INFINITY;
      const start = at === 0 || !/[\p{L}\p{N}]/u.test(letters[at - 1]!) ? WORD_START : 0;
      const place = before === null ? (best[at] ?? 0) : Math.max(reached, follows + FOLLOWING);
      scores.push(letters[at] === letter ? place + start + 1 : Number.NEGATIVE_INFINITY);
    }
    best = scores;
    before = scores;
  }
  const score = Math.max(...best);
  return score === Number.NEGATIVE_INFINITY ? null : score;
}

/** What a letter scores for beginning a word, and for following the one before it. */
const WORD_START = 3;
const FOLLOWING = 4;

/**
 * Those of `items` that answer what was typed, the best first; all of them, in order, where nothing was typed. Of
 * several texts of an item the best counts, the first one before the others.
 */
export function fuzzyFilter<T>(
  items: readonly T[],
  typed: string,
  texts: (item: T) => string | readonly string[],
): readonly T[] {
  return items
    .flatMap((item, place) => {
      const scores = [texts(item)].flat().flatMap((text, i) => {
        const score = fuzzyScore(text, typed);
        return score === null ? [] : [score - Math.min(i, 1)];
      });
      return scores.length === 0 ? [] : [{ item, place, score: Math.max(...scores) }];
    })
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .map(({ item }) => item);
}

function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
