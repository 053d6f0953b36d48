import type { Text } from "@codemirror/state";
import type { Choice } from "../engine/types.ts";
import { openTrainingIndex } from "../models/training-index.ts";
import { copiedFromStory } from "../story/copying.ts";
import type { CommandContext } from "./context.ts";
import { excerpt, notice } from "./output.ts";
import { takeOrigin } from "./take-origin.ts";

/**
 * Tells on stderr what a writer should know of each choice before using it: what was taken back while it was written
 * and what it lacks, what it has from `story` (without the passage it replaces) and from the texts that the model in
 * `folder` was trained on. Rejects with a UserError for a damaged index.
 */
export async function warnOfTakes(
  context: CommandContext,
  choices: readonly Choice[],
  { story, folder }: { readonly story: Text; readonly folder: string },
): Promise<void> {
  const index = await openTrainingIndex(folder);
  for (const [i, choice] of choices.entries()) {
    const which = choices.length > 1 ? `${i + 1}: ` : "";
    const origin = takeOrigin(choice, index);
    if (origin === "byHeart") {
      notice(context, `${which}the model seems to know this by heart: it may be someone else's text.`);
    } else if (origin) {
      const quoted = excerpt(origin.text, 60);
      notice(
        context,
        `${which}some ${origin.words} words in a row are also in the model's training texts: "${quoted}".`,
      );
    }
    const news = takenBack(choice);
    if (news.length > 0) notice(context, `${which}${news.join("; ")}.`);
    const copied = copiedFromStory(choice.text, story);
    if (copied)
      notice(
        context,
        `${which}it copies ${copied.words} words from the story: "${excerpt(copied.text, 60)}".`,
      );
  }
}

function takenBack({ bans, loops, missing }: Choice): readonly string[] {
  return [
    ...(bans ? [`${bans} banned ${bans === 1 ? "phrase was" : "phrases were"} taken back`] : []),
    ...(loops ? ["text that repeated itself was taken back"] : []),
    ...(missing ? [`it does not have ${missing.join(", ")}`] : []),
  ];
}
