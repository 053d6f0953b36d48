import { type Command, InvalidArgumentError, Option } from "commander";
import { wholeNumber } from "./flags.ts";

/** The flags that say what a story's front matter can say, as commander hands them over. */
export interface SteeringFlags {
  readonly memory?: string;
  readonly note?: string;
  readonly noteParagraphs?: number;
  readonly lore?: readonly { readonly keys: readonly string[]; readonly text: string }[];
  readonly avoid?: string;
  readonly ban?: readonly string[];
  readonly bias?: readonly { readonly text: string; readonly weight: number }[];
  readonly include?: readonly string[];
}

/** Adds the flags of {@link SteeringFlags}. */
export function addSteeringFlags(command: Command): Command {
  const several = (flags: string, description: string) =>
    new Option(flags, description).argParser((text: string, before: readonly string[] | undefined) => {
      if (text.trim() === "") throw new InvalidArgumentError("It must be a text with words.");
      return [...(before ?? []), text];
    });
  return command
    .optionsGroup("Steering (over the story's front matter):")
    .option("--memory <TEXT>", "what the model reads before the story, always")
    .option("--note <TEXT>", "author's note: what the model reads a few paragraphs before the end")
    .addOption(
      new Option("--note-paragraphs <N>", "paragraphs of the story behind the note (default: 3)").argParser(
        wholeNumber(1, 1000),
      ),
    )
    .addOption(
      new Option(
        "--lore <ENTRY>",
        "keys and what the model reads where one of them occurs: 'harbour, ice: It froze.'",
      ).argParser(loreParser),
    )
    .option("--avoid <TEXT>", "what the text is led away from, with --guidance-scale over 1")
    .addOption(
      several("--ban <PHRASE>", "never write this word or phrase, in any casing; may be given several times"),
    )
    .addOption(
      new Option("--bias <PHRASE=WEIGHT>", "make a phrase likelier, or less likely: 'sea=2'").argParser(
        biasParser,
      ),
    )
    .addOption(several("--include <PHRASE>", "what is written must hold this; may be given several times"));
}

function loreParser(text: string, before: SteeringFlags["lore"]): NonNullable<SteeringFlags["lore"]> {
  const [, keys = "", told = ""] = /^(.*?[^\\]):\s+(.+)$/su.exec(text) ?? [];
  const entry = { keys: keys.split(/,\s*/u).filter((key) => key.trim() !== ""), text: told.trim() };
  if (entry.keys.length === 0 || entry.text === "") {
    throw new InvalidArgumentError("It must be keys, a colon and a text, such as 'harbour, ice: It froze.'");
  }
  return [...(before ?? []), entry];
}

function biasParser(text: string, before: SteeringFlags["bias"]): NonNullable<SteeringFlags["bias"]> {
  const [, phrase = "", number = ""] = /^(.+)=([^=]+)$/su.exec(text) ?? [];
  const weight = Number(number);
  if (phrase.trim() === "" || number.trim() === "" || !(Math.abs(weight) <= 100)) {
    throw new InvalidArgumentError("It must be a phrase, = and a number from -100 to 100, such as 'sea=2'.");
  }
  return [...(before ?? []), { text: phrase.trim(), weight }];
}
