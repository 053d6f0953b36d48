import { countStoryWords } from "../story/counts.ts";
import { type Goals, wordsOfDay } from "../story/day.ts";
import { currentDocument } from "../story/history.ts";
import type { Model } from "./model.ts";

/** Cells of the bar. */
const BAR = 8;

/** Words written today, or words of the story: what the goal of that name is about. */
export function goalWords({ tree, today }: Pick<Model, "tree" | "today">, goal: keyof Goals): number {
  const words = countStoryWords(currentDocument(tree).text);
  return goal === "story" ? words : wordsOfDay(today, words);
}

/** `312 of 500`, or `312` without a goal. */
export function goalText(model: Pick<Model, "tree" | "today" | "goals">, goal: keyof Goals): string {
  const wanted = model.goals[goal];
  const words = goalWords(model, goal).toLocaleString("en");
  return wanted > 0 ? `${words} of ${wanted.toLocaleString("en")}` : words;
}

/** `▰▰▰▱▱▱▱▱`: how far the words are; full only where the goal is reached. */
export function goalBar(words: number, goal: number): string {
  const full = goal > 0 ? Math.min(BAR, Math.floor((words / goal) * BAR)) : 0;
  return "▰".repeat(full) + "▱".repeat(BAR - full);
}
