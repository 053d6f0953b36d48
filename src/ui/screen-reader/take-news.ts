import type { Model } from "../model.ts";
import { takeWords } from "../takes.ts";
import { chosenTake } from "../takes-list.ts";

/** What happened to the chosen take while the list stayed on it: the word that is chosen, its mark, its name. */
export function takeNews(before: Model, after: Model): readonly string[] {
  const [old, now] = [before.panel?.takes, after.panel?.takes];
  if (!old || !now || before.panel?.chosen !== after.panel?.chosen) return [];
  const take = chosenTake(after)?.take;
  if (!take) return [];
  const { mode } = now;
  if (mode.kind === "name") return old.mode.kind === "name" ? [] : ["Type its name; Enter keeps it."];
  if (mode.kind === "word") {
    if (old.mode.kind === "word" && old.mode.word === mode.word) return [];
    const word = takeWords(take.text)[mode.word];
    const words = { branch: "Go on behind", upTo: "Accept up to", from: "Accept from" };
    return [`${words[mode.purpose]}: ${word ? take.text.slice(word.from, word.to).trim() : ""}.`];
  }
  const was = chosenTake(before)?.take;
  if (was?.generation !== take.generation || was.choice !== take.choice) return [];
  return [
    ...(was.marked === take.marked ? [] : [take.marked ? "Marked." : "Not marked any more."]),
    ...(was.name === take.name ? [] : [take.name === null ? "No name any more." : `Named ${take.name}.`]),
  ];
}
