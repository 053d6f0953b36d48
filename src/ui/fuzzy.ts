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

/** Those of `items` that answer what was typed, the best first; all of them, in order, where nothing was typed. */
export function fuzzyFilter<T>(items: readonly T[], typed: string, text: (item: T) => string): readonly T[] {
  return items
    .map((item, place) => ({ item, place, score: fuzzyScore(text(item), typed) }))
    .filter(({ score }) => score !== null)
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.place - b.place)
    .map(({ item }) => item);
}

function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
