/**
 * English words that say little by themselves: pronouns, articles, prepositions, auxiliaries. What is left are the
 * words by which one text resembles another.
 */
const FUNCTION_WORDS = new Set(
  (
    "a about above after again all am an and any are as at be because been before being below between both but by can " +
    "could did do does doing down during each else ever few for from further had has have having he her here hers him " +
    "his how i if in into is it its itself just me more most my no nor not now of off on once only or other our out " +
    "over own same she should so some such than that the their them then there these they this those through to too " +
    "under until up upon us very was we were what when where which while who whom why will with would yet you your"
  ).split(" "),
);

/** The words of a text that say something, in lower case; all of its words where none does. */
export function contentWords(text: string): readonly string[] {
  const words = wordsOf(text);
  const content = words.filter((word) => !FUNCTION_WORDS.has(word));
  return content.length > 0 ? content : words;
}

/** The share of the content words of `original` that `text` has too, each as often as it has it: 0 to 1. */
export function keptShare(original: string, text: string): number {
  const wanted = contentWords(original);
  if (wanted.length === 0) return 0;
  const left = new Map<string, number>();
  for (const word of wordsOf(text)) left.set(word, (left.get(word) ?? 0) + 1);
  let kept = 0;
  for (const word of wanted) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    kept++;
  }
  return kept / wanted.length;
}

/** Most words in a row that `text` has in common with one of `neighbours`. */
export function copiedRun(text: string, neighbours: readonly string[]): number {
  const words = wordsOf(text);
  let longest = 0;
  for (const neighbour of neighbours) {
    const others = wordsOf(neighbour);
    let row = new Array<number>(others.length + 1).fill(0);
    for (const word of words) {
      const next = new Array<number>(others.length + 1).fill(0);
      for (const [i, other] of others.entries()) {
        if (word !== other) continue;
        next[i + 1] = (row[i] ?? 0) + 1;
        longest = Math.max(longest, next[i + 1] ?? 0);
      }
      row = next;
    }
  }
  return longest;
}

/** The share of the runs of three words that came before in the text itself: 0 to 1. */
export function repeatedShare(text: string): number {
  const words = wordsOf(text);
  const seen = new Set<string>();
  let repeated = 0;
  for (let i = 2; i < words.length; i++) {
    const run = words.slice(i - 2, i + 1).join(" ");
    if (seen.has(run)) repeated++;
    seen.add(run);
  }
  return words.length < 3 ? 0 : repeated / (words.length - 2);
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? []).map((word) =>
    word.replaceAll("’", "'"),
  );
}
