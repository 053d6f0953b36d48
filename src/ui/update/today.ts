import { countStoryWords } from "../../story/counts.ts";
import { countDay, dayCount, wordsOfDay } from "../../story/day.ts";
import { currentDocument } from "../../story/history.ts";
import { goalWords } from "../goals.ts";
import type { Message } from "../message.ts";
import type { Model } from "../model.ts";
import type { Step } from "./step.ts";

/** Counts the words of the day up to now, has them kept, and says so where a goal has just been reached. */
export function countToday(model: Model): Step {
  const today = countDay(model.today, storyWords(model));
  // While a list is open the writer does not write.
  if (today === model.today || model.panel) return [model, []];
  const { daily, story } = model.goals;
  const before = { daily: wordsOfDay(model.today, model.today.counted), story: model.today.counted };
  const now = { daily: goalWords(model, "daily"), story: today.counted };
  const reached = (goal: number, was: number, is: number): boolean => goal > 0 && was < goal && is >= goal;
  const news = reached(story, before.story, now.story)
    ? `${story.toLocaleString("en")} words: the story's goal is reached`
    : reached(daily, before.daily, now.daily)
      ? `${daily.toLocaleString("en")} words today: the day's goal is reached`
      : null;
  const notice =
    news !== null && model.notice?.kind !== "warning" ? { kind: "info" as const, text: news } : model.notice;
  return [
    { ...model, today, notice },
    [{ type: "keepDay", day: today.day, story: model.file.path, words: today.here }],
  ];
}

/** At midnight a new day begins; what was written before belongs to the old one. */
export function beginDay(model: Model, message: Message): Step {
  if (!("at" in message) || message.at < model.today.until) return [model, []];
  const [counted, effects] = countToday(model);
  return [{ ...counted, today: dayCount(message.at, counted.today.counted) }, effects];
}

/** What another program has written into the story is not the day's work. */
export function passOver(before: Model, model: Model, { type }: Message): Step {
  if (model.tree === before.tree || (type !== "reloaded" && type !== "fileChanged")) return [model, []];
  const [counted, effects] = countToday(before);
  return [{ ...model, today: { ...counted.today, counted: storyWords(model) } }, effects];
}

function storyWords({ tree }: Model): number {
  return countStoryWords(currentDocument(tree).text);
}
