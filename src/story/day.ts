/** The words of one day, as they are counted while a story is open. All numbers are words. */
export interface DayCount {
  /** The day by the writer's clock: `2026-03-04`. */
  readonly day: string;
  /** Where it ends, in milliseconds since the epoch. */
  readonly until: number;
  /** Written today in other stories, less what was deleted there. */
  readonly elsewhere: number;
  /** Written today in this story less what was deleted, as far as it was counted: below zero where that was more. */
  readonly here: number;
  /** Words of the whole story when it was counted last. */
  readonly counted: number;
}

/** How many words the writer means to write, in a day and in all; 0 for no goal. */
export interface Goals {
  readonly daily: number;
  readonly story: number;
}

/** A day without a word, in a story of so many words. `at` in milliseconds since the epoch. */
export function dayCount(at: number, storyWords: number, here = 0, elsewhere = 0): DayCount {
  const { day, until } = dayOf(at);
  return { day, until, here, elsewhere, counted: storyWords };
}

/**
 * The count once the story has so many words: it follows the story down as far as up, so that what comes back, by undo
 * or as a chapter that is put elsewhere, was not written again.
 */
export function countDay(count: DayCount, storyWords: number): DayCount {
  if (storyWords === count.counted) return count;
  return { ...count, here: count.here + storyWords - count.counted, counted: storyWords };
}

/** Words of the day in all stories, where this one now has so many: none at least. */
export function wordsOfDay(count: DayCount, storyWords: number): number {
  return Math.max(0, count.elsewhere + countDay(count, storyWords).here);
}

/** The day of a moment by the writer's clock, and where it ends: the next midnight, 23 to 25 hours after the last. */
export function dayOf(at: number): { readonly day: string; readonly until: number } {
  const time = new Date(at);
  const [year, month, date] = [time.getFullYear(), time.getMonth(), time.getDate()];
  const two = (value: number): string => String(value).padStart(2, "0");
  return {
    day: `${year}-${two(month + 1)}-${two(date)}`,
    until: new Date(year, month, date + 1).getTime(),
  };
}
