import { join } from "node:path";
import { keepDailyWords, readDailyWords } from "../sessions/daily-words.ts";
import { type DayCount, dayCount } from "../story/day.ts";
import type { CommandContext } from "./context.ts";

/** Milliseconds after which the words of the day are written. */
const KEEP_MS = 3000;

/** The words of the day, on disk. */
export interface DayWords {
  readonly today: DayCount;
  /** Keeps the words of a day in a story, a moment later. A failure is not worth disturbing the writer. */
  keep(day: string, story: string, words: number): void;
  /** Writes what is still waiting. */
  write(): Promise<void>;
}

/** Reads what was written today, in this story of so many words and in others. */
export async function openDayWords(
  context: Pick<CommandContext, "dataFolder" | "now">,
  story: string,
  storyWords: number,
): Promise<DayWords> {
  const path = join(context.dataFolder, "words.json");
  const begun = dayCount(context.now().getTime(), storyWords);
  const { [story]: here = 0, ...others } = (await readDailyWords(path))[begun.day] ?? {};
  const elsewhere = Object.values(others).reduce((sum, words) => sum + words, 0);
  const waiting = new Map<string, readonly [day: string, story: string, words: number]>();
  /** Where the story is: under a new name it takes the day's words along. */
  let place = story;
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> = Promise.resolve();

  function write(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    const lines = [...waiting.values()];
    waiting.clear();
    for (const [day, where, words] of lines) {
      working = working.then(() => keepDailyWords(path, day, where, words)).catch(() => {});
    }
    return working;
  }

  return {
    today: { ...begun, here, elsewhere },
    keep(day, where, words) {
      if (where !== place) waiting.set(`${day} ${place}`, [day, place, 0]);
      place = where;
      waiting.set(`${day} ${where}`, [day, where, words]);
      timer ??= setTimeout(() => void write(), KEEP_MS).unref();
    },
    write,
  };
}
