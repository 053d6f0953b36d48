import type { Choice } from "../engine/types.ts";

/** From which gain on what follows fits a candidate better than the passage itself, and from which on as well, in nats. */
const STRONG = 0.03;
const FAIR = -0.08;

/** The figures of a rewrite's candidate in words: `leads on: strong`, `keeps 40 % of your words`. */
export function figureWords({ gain, kept }: Pick<Choice, "gain" | "kept">): readonly string[] {
  return [
    ...(gain === undefined
      ? []
      : [`leads on: ${gain >= STRONG ? "strong" : gain >= FAIR ? "fair" : "weak"}`]),
    ...(kept === undefined ? [] : [`keeps ${Math.round(100 * kept)} % of your words`]),
  ];
}

/** What was done to a choice while it was written, in words; nothing for most. */
export function steeredWords({ bans, loops, missing }: Pick<Choice, "bans" | "loops" | "missing">): string {
  return [
    ...(loops ? ["a loop was broken"] : []),
    ...(bans ? [`${bans === 1 ? "a banned phrase was" : `${bans} banned phrases were`} taken back`] : []),
    ...(missing ? [`it does not have ${missing.join(", ")}`] : []),
  ].join(" · ");
}

/** What a take is but invented: words that are also in what the model learned from, or `byHeart`. */
export type TakeOrigin = { readonly words: number; readonly text: string } | "byHeart";

/** Most of a run of words that is quoted, in UTF-16 code units. */
const QUOTED = 60;

/** Says where a take may come from. */
export function originWords(origin: TakeOrigin): string {
  if (origin === "byHeart") return "the model seems to know this by heart: it may be someone else’s text";
  const words = origin.text.replaceAll(/\s+/gu, " ");
  const quoted = words.length <= QUOTED ? words : `${words.slice(0, QUOTED)}…`;
  return `some ${origin.words} words in a row are also in the texts that the model learned from: “${quoted}”`;
}
